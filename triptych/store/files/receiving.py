"""The answers to one run on their way to the disk, and what becomes of each once it has been read."""

import logging
import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from triptych.errors import Cancelled, NotSaved, OutcomeUnknown, TriptychError
from triptych.store.files.kept_answer import Answer, Asked
from triptych.store.files.spool import Spool

if TYPE_CHECKING:  # the SDK stands behind it
    from triptych.client.spool import Head

log = logging.getLogger(__name__)

FULL = "the kept answers would take more than half of the free disk"


class Receiving:
    """One answer as it comes; what the client writes to."""

    def __init__(self, spool: Spool, answer: Answer, *, in_haste: bool = True) -> None:
        self.is_safe = False  # until all of it is on the disk, even if the power fails
        self._in_haste = in_haste
        self._spool = spool
        self._name = answer.name
        path = spool.begin(answer)
        try:
            self._room = spool.room()
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise NotSaved(f"An answer could not be kept: {error.strerror}.") from None
        self._file = os.fdopen(handle, "wb", buffering=0)  # who is killed leaves all that had come

    def write(self, chunk: bytes) -> None:
        """Append ``chunk``. Raises NotSaved where the disk takes no more, and then nothing of the answer stays."""
        if self._file.closed:
            raise NotSaved("The answer is not kept any more.")
        self._room -= len(chunk)
        try:
            if self._room < 0:
                raise OSError(0, FULL)
            left = memoryview(chunk)
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            self._file.close()
            with suppress(NotSaved):  # what is said is why it is not kept
                self._spool.remove(self._name)
            raise NotSaved(f"An answer could not be kept: {error.strerror}.") from None

    def close(self) -> None:
        """See it onto the disk, with its head and their places in the folder. It blocks.

        In haste all at once: that takes a third of the time of one after the other, and three times the threads.
        """
        if self._file.closed:
            return
        try:
            with self._spool.synced(self._spool.head(self._name), self._spool.root, at_once=self._in_haste):
                os.fsync(self._file.fileno())
            self.is_safe = True
        except OSError as error:  # it outlives this process, and its images stay in memory too
            log.warning("a kept answer may not outlive a power failure: %s", error)
        finally:
            self._file.close()


@dataclass
class Desk:
    """Receives the answers to one run, as its client's Spool, and keeps each until its images are saved."""

    spool: Spool
    asked: Asked
    in_haste: bool = True  # whether somebody waits for this very answer
    _sent: dict[int, datetime] = field(default_factory=dict)
    _received: dict[int, Receiving] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)
    _saved: set[int] = field(default_factory=set)

    def open(self, part: int, head: "Head") -> Receiving:
        """The place of the answer to request number ``part``; a later attempt's takes a former one's. NotSaved."""
        answer = Answer(
            asked=self.asked,
            part=part,
            status=head.status,
            media_type=head.media_type,
            request_id=head.request_id,
            sent=self.sent(part),
        )
        self._names[part] = answer.name
        self._received[part] = Receiving(self.spool, answer, in_haste=self.in_haste)
        return self._received[part]

    def sending(self, part: int) -> None:
        """Note that it goes out now."""
        self._sent[part] = datetime.now(UTC)

    def sent(self, part: int) -> datetime:
        """When it went out for the last time."""
        return self._sent.setdefault(part, datetime.now(UTC))

    def is_safe(self, part: int) -> bool:
        """Whether all of the answer is on the disk."""
        return part in self._received and self._received[part].is_safe

    def saved(self, part: int) -> None:
        """Its images and their records are saved: when the run ends it goes."""
        self._saved.add(part)

    def done(self, part: int) -> None:
        """It is needed no more."""
        if part in self._names:
            try:
                self.spool.remove(self._names[part])
            except NotSaved as error:  # it is read again, which changes nothing, and removed then
                log.warning("ticket %s part %d: %s", self.asked.ticket, part, error)

    def wait(self, part: int, reason: str) -> None:
        """Its images are to be written later, for this reason."""
        self._note(part, state="waiting", reason=reason)

    def keep(self, part: int, reason: str) -> None:
        """Some of it could not be read, for this reason; a person decides on it."""
        self._note(part, state="unreadable", reason=reason)

    def failed(self, part: int, error: TriptychError) -> None:
        """Nothing could be read of it, or it said no."""
        if isinstance(error, OutcomeUnknown):
            self.keep(part, error.message)
        elif isinstance(error, Cancelled):
            self._note(part, state="cancelled", reason=error.message)
        else:
            self.done(part)

    def leave(self, unsettled: Collection[int]) -> None:
        """The run has ended and these of its parts are open: what is kept here is for who comes later."""
        for part in self._names:
            if part in self._saved:
                self.done(part)
            else:
                self._note(part, unsettled=tuple(sorted(unsettled)))
        self.spool.let_go(self._names.values())

    def _note(self, part: int, **changed: Any) -> None:
        if part in self._names and (answer := self.spool.read(self._names[part])):
            try:
                self.spool.put(replace(answer, **changed))
            except NotSaved as error:  # its head says less, and the answer is read again all the same
                log.warning("ticket %s part %d: %s", self.asked.ticket, part, error)
