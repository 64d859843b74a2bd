"""Where one drawing of a cell stands."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from triptych.errors import RateLimited, TriptychError
from triptych.experiment.design import Cell
from triptych.jobs import Job
from triptych.many import Place, Status, status_of
from triptych.pricing import Estimate, charged
from triptych.results import Event, Partial, Retrying
from triptych.servers import Server
from triptych.store import Stored
from triptych.studio import Saved
from triptych.timing import Seconds


@dataclass(frozen=True)
class CellState:
    """One drawing of a cell. ``cost`` and ``should`` were estimated before; the rest is known as it comes.

    ``missing`` was never drawn; ``elsewhere`` another process draws it; ``unknown`` may have been charged and has no
    picture. ``dollars`` is what its tokens cost by the price list, None while or where that is unknown; ``paid`` says
    whether anyone is billed for them, ``cached`` that it came from history and cost nothing now. ``reason`` is why
    there is no picture: (next move, what happened). ``sent_at`` is when it went out, by ``time.monotonic()``.
    ``record_ids`` are there once the records have been read.
    """

    cell: Cell
    repeat: int
    status: Status
    cost: Estimate
    should: Seconds
    ticket: str | None = None
    partial: Partial | None = None
    last: Event | None = None
    saved: tuple[Saved, ...] = ()
    error: TriptychError | None = None
    reason: tuple[str, str] | None = None
    sent_at: float | None = None
    seconds: float | None = None
    dollars: Decimal | None = None
    paid: bool = True
    cached: bool = False
    record_ids: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        """What names it within the experiment."""
        return self.cell.key, self.repeat

    @property
    def pictures(self) -> tuple[Stored, ...]:
        """Its pictures on disk."""
        return tuple(piece.stored for saved in self.saved for piece in saved.pieces if piece.stored)

    @property
    def output_tokens(self) -> int | None:
        """Output tokens as the server counted them, None where it did not say."""
        counts = [saved.usage.output_tokens if saved.usage else None for saved in self.saved]
        return sum(count for count in counts if count is not None) if counts and None not in counts else None

    @property
    def waits_for_limit(self) -> float | None:
        """Seconds for which the API's rate limit holds it back, as told at ``last.at``; None where it does not."""
        limited = isinstance(self.last, Retrying) and isinstance(self.last.error, RateLimited)
        return self.last.seconds if limited and isinstance(self.last, Retrying) else None


def busy(states: Iterable[CellState]) -> float:
    """Seconds in which any of ``states`` was drawn, several at once counting once, history not at all.

    As the sidecars tell it: when each answer came, to the second, and what it took.
    """
    told = [piece.sidecar for state in states if not state.cached for saved in state.saved for piece in saved.pieces]
    ends = sorted((one.created.timestamp(), one.seconds or 0.0) for one in told)
    seconds, free = 0.0, math.inf  # read backwards: where what was drawn later began
    for end, took in reversed(ends):
        seconds += max(0.0, min(end, free) - (end - took))
        free = min(free, end - took)
    return seconds


def of_job(cell: Cell, repeat: int, job: Job, server: Server) -> CellState:
    """The state of a drawing that this process draws, or has drawn."""
    error = next(iter(job.errors), None)
    newest = max(job.parts, key=lambda part: part.last.at if part.last else 0.0)
    return CellState(
        cell,
        repeat,
        status_of(job),
        job.cost,
        job.should,
        ticket=job.ticket,
        partial=next((part.partial for part in job.parts if part.partial), None),
        last=newest.last,
        saved=job.saved,
        error=error,
        reason=(error.next_move, error.message) if error else None,
        sent_at=min((part.sent_at for part in job.parts if part.sent_at is not None), default=None),
        seconds=_took(job),
        dollars=priced(job.saved, cell, server),
        paid=server.charged,
        cached=job.cached,
    )


def priced(answers: tuple[Saved, ...], cell: Cell, server: Server) -> Decimal | None:
    """Dollars of the tokens of these answers; what history says they cost where their tokens are not known."""
    costs = []
    for saved in answers:
        by_tokens = charged(cell.request, saved.usage, server)
        costs.append(saved.dollars if by_tokens is None else by_tokens)
    return sum((cost for cost in costs if cost is not None), Decimal(0)) if costs and None not in costs else None


def _took(job: Job) -> float | None:
    """Seconds from sending to the answer, without the wait for a turn; None until there is one."""
    if job.saved:
        return max(saved.seconds for saved in job.saved)
    return job.seconds if job.done else None
