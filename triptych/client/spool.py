"""Where an answer goes, byte for byte, before anything interprets it: what a store gives the client for that."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from triptych.client.redaction import Masking
from triptych.errors import NotSaved

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Head:
    """How an answer began: its status, its media type as the server said it, the server's own id of the request."""

    status: int
    media_type: str
    request_id: str | None


class Body(Protocol):
    """One answer on its way to the disk."""

    def write(self, chunk: bytes) -> None:
        """Append ``chunk``, without an fsync.

        Raises NotSaved where the disk takes no more: reading goes on in memory, and nothing is lost by it.
        """

    def close(self) -> None:
        """See what was written onto the disk (fsync). It blocks; called before the final image is interpreted."""


class Spool(Protocol):
    """Keeps the answers to one drawing until their images are saved."""

    def open(self, part: int, head: Head) -> Body:
        """The place of the answer to request number ``part``; a later attempt's answer takes a former one's place.

        Raises NotSaved where there is none.
        """


class Keeping:
    """An answer on its way to the disk as far as the disk takes it: where it does not, the reading goes on."""

    def __init__(self, spool: Spool | None, part: int, head: Head, masking: Masking) -> None:
        self._body: Body | None = None
        self._masking = masking
        self._full = False
        try:
            self._body = spool.open(part, head) if spool else None
        except (NotSaved, OSError) as error:
            self._missed(error)

    def write(self, chunk: bytes) -> None:
        """Append ``chunk`` while there is room, without the account's key."""
        self._append(self._masking.feed(chunk))

    def _append(self, chunk: bytes) -> None:
        if chunk and self._body and not self._full:
            try:
                self._body.write(chunk)
            except (NotSaved, OSError) as error:
                self._full = True
                self._missed(error)

    async def close(self) -> None:
        """Have on the disk what was written."""
        self._append(self._masking.end())
        if self._body:
            try:
                await _aside(self._body.close)
            except (NotSaved, OSError) as error:
                self._missed(error)

    @staticmethod
    def _missed(error: Exception) -> None:
        log.warning("an answer is read without being kept first: %s", error)


async def _aside(work: Callable[[], None]) -> None:
    """Do ``work`` in a thread; here and now where the interpreter is going down and its executors with it."""
    try:
        done = asyncio.get_running_loop().run_in_executor(None, work)
    except RuntimeError:
        return work()
    await done
    return None
