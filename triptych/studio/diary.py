"""A drawing's life as it is written into the journal: in its order, and beside the event loop, never on it."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from triptych.errors import Cancelled, Interrupted, NeverSent, TriptychError
from triptych.results import Event, Failed, Retrying, Sent
from triptych.store import Ending, Going, Kept
from triptych.studio.gate import ENDING, Gate
from triptych.studio.line import Line
from triptych.studio.saved import Saved, told_by, total

if TYPE_CHECKING:
    from triptych.store.ledger.journal import Journal

log = logging.getLogger(__name__)

Result = TypeVar("Result")


async def aside(executor: Executor, work: Callable[[], Result]) -> Result:
    """Do ``work`` in a thread; here and now where the interpreter is going down and its executors with it."""
    try:
        future = executor.submit(work)
    except RuntimeError:
        return work()
    return await asyncio.wrap_future(future)


@dataclass
class Diary:
    """Hears what happens to the drawing ``ticket`` of ``parts`` and knows how it ended; a Witness of its client."""

    journal: "Journal"
    line: Line
    ticket: str
    parts: int
    gate: Gate = field(default_factory=Gate)
    _began: float = field(default_factory=time.monotonic)
    _closed: bool = False
    _sent: set[int] = field(default_factory=set)
    _attempts: dict[int, int] = field(default_factory=dict)  # by part: the last that may have gone out
    _saved: dict[int, Saved] = field(default_factory=dict)
    _errors: dict[int, TriptychError] = field(default_factory=dict)
    _late: set[int] = field(default_factory=set)  # answers whose images or records are still to be written

    async def sending(self, part: int, attempt: int) -> None:
        """Commit that it goes out. Raises DatabaseDown, GivenBack or NeverSent, and then it does not."""
        self.gate.check()
        self._attempts[part] = attempt
        await self.line.sending(Going(self.ticket, part, attempt))
        self.gate.passes(self.ticket, part)  # closed while it was written: its money goes back all the same

    def answering(self, part: int, request_id: str) -> None:
        """Note the server's name for it, soon: `closed` comes after it in the same line."""
        self._note(self.journal.request_id, part, request_id)  # else the answer itself brings the id again

    def responding(self, part: int, response_id: str) -> None:
        """Note by what id its answer can be fetched again, as soon as that is known."""
        self._note(self.journal.response_id, part, response_id)

    def _note(self, what: Callable[[str, int, Any], None], part: int, said: str | int) -> None:
        """Have it written soon, unless the interpreter is going down."""
        try:
            noted = self.line.submit(what, self.ticket, part, said)
        except RuntimeError:
            return
        noted.add_done_callback(self._complain)

    async def kept(self, saved: Saved) -> None:
        """Note the pictures that are on disk, with the last of them the end. Raises DatabaseDown or NotSaved."""
        pieces = [Kept(index, piece.stored, piece.sidecar) for index, piece in enumerate(saved.pieces) if piece.stored]
        answers = {**self._saved, saved.part: saved}
        is_whole = not self._late and all(piece.stored for piece in saved.pieces)
        if not is_whole or len(answers) < self.parts:
            await aside(self.line, lambda: self.journal.kept(self.ticket, saved.part, pieces))
            return
        dollars, seconds = total(one.dollars for one in answers.values()), time.monotonic() - self._began
        ending = Ending(self.ticket, saved.part, tuple(pieces), dollars, seconds, told_by(saved))
        await self.line.ending(ending)
        self._closed = True

    def heard(self, event: Event) -> None:
        """Take in what happened."""
        match event:
            case Sent():
                self._sent.add(event.part)
            case Saved():
                self._saved[event.part] = event
                if event.trouble:
                    self._late.add(event.part)
            case Failed():
                self._errors[event.part] = event.error
        if isinstance(event, Saved | Failed | Retrying):
            self.gate.back(self.ticket, event.part)
        if self._is_free(event) and event.part in self._attempts:
            self._note(self.journal.back, event.part, self._attempts[event.part])

    def _is_free(self, event: Event) -> bool:
        """Whether an attempt came back that is not charged, and the run goes on: who finds it then must know."""
        return isinstance(event, Retrying) or (
            isinstance(event, Failed) and not event.error.may_be_charged and self.parts > 1
        )

    def told(self, event: Event) -> Event:
        """The event as people are told it: what the end of the process stopped was stopped by that, not by them."""
        if self.gate.closed and isinstance(event, Failed) and type(event.error) is NeverSent:
            return replace(event, error=Interrupted(ENDING))
        return event

    async def close(self) -> bool:
        """Settle it, unless it is. Where the database is down it stays open; whether it is settled."""
        return self._closed or await aside(self.line, partial(self.close_now, time.monotonic() - self._began))

    def close_now(self, seconds: float | None = None) -> bool:
        """The same in this very thread, after so many ``seconds`` where that is known."""
        status, error = self.outcome()
        dollars = total(saved.dollars for saved in self._saved.values())
        try:
            self.journal.closed(self.ticket, status, dollars, error, seconds)
        except TriptychError as down:
            log.error("ticket %s could not be closed: %s", self.ticket, down)
            return False
        self._closed = True
        return True

    def unsettled(self) -> set[int]:
        """The parts that nobody can say the end of: they may have been charged, or are still to be saved."""
        charged = {part for part, error in self._errors.items() if error.may_be_charged}
        return charged | self._late | (self._sent - set(self._saved) - set(self._errors))

    def outcome(self) -> tuple[Literal["done", "failed", "unknown", "cancelled"], TriptychError | None]:
        """How the whole of it ended, by the part that went worst, and why."""
        errors = list(self._errors.values())
        silent = self._sent - set(self._saved) - set(self._errors)
        charged = [error for error in errors if error.may_be_charged]
        if unknown := [error for error in charged if not isinstance(error, Cancelled)]:
            return "unknown", unknown[0]
        if silent or self._late:
            return "unknown", next((one.trouble for one in self._saved.values() if one.trouble), None)
        if charged:
            return "cancelled", charged[0]
        if self._saved:
            return "done", errors[0] if errors else None
        if errors and not any(isinstance(error, Cancelled) for error in errors):
            return "failed", errors[0]
        return "cancelled", errors[0] if errors else None

    def _complain(self, noted: "Future[None]") -> None:
        if error := noted.exception():
            log.warning("ticket %s: what came of a request could not be noted: %s", self.ticket, error)
