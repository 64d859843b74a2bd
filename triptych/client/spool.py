"""Where an answer goes, byte for byte, before anything interprets it: what a store gives the client for that."""

from dataclasses import dataclass
from typing import Protocol


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
