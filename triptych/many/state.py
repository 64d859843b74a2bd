"""How one run of many stands: as this process runs it, or as the records tell of it."""

from dataclasses import dataclass
from decimal import Decimal

from triptych.errors import RateLimited, TriptychError
from triptych.jobs import Job
from triptych.many.standing import Place, Status, status_of
from triptych.pricing import Estimate, charged, share_of
from triptych.request import ImageRequest
from triptych.results import Event, Partial, Retrying
from triptych.servers import Server
from triptych.store import Stored
from triptych.store.saved import Drawn
from triptych.studio import Saved, remembered
from triptych.timing import Seconds

NOT_HERE: dict[str, Status] = {"queued": "elsewhere", "sent": "elsewhere"}  # what this process does not run itself


@dataclass(frozen=True, kw_only=True)
class RunState:
    """The run of one place. ``cost`` and ``should`` were estimated before; the rest is known as it comes.

    ``missing`` was never sent; ``elsewhere`` another process runs it; ``batched`` a server has it in
    a batch; ``unknown`` may have been charged and has no image. ``dollars`` is what its tokens cost by the price list,
    None while or where that is unknown; ``paid`` says whether anyone is billed for them, ``cached`` that it came from
    history and cost nothing now. ``reason`` is why there is no image: (next move, what happened). ``sent_at`` is when
    it went out, by ``time.monotonic()``. ``record_ids`` are there once the records have been read.
    """

    place: Place
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
    def pictures(self) -> tuple[Stored, ...]:
        """Its images on disk."""
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


def of_job(place: Place, job: Job, request: ImageRequest, server: Server, known: Drawn | None) -> RunState:
    """A run that this process has under way, or had; ``known`` is what the records said when they were last read."""
    error = next(iter(job.errors), None)
    newest = max(job.parts, key=lambda part: part.last.at if part.last else 0.0)
    ids = tuple(record.id for record in known.records) if known and known.ticket == job.ticket else ()
    return RunState(
        place=place,
        status=status_of(job),
        cost=job.cost,
        should=job.should,
        ticket=job.ticket,
        partial=next((part.partial for part in job.parts if part.partial), None),
        last=newest.last,
        saved=job.saved,
        error=error,
        reason=(error.next_move, error.message) if error else None,
        sent_at=min((part.sent_at for part in job.parts if part.sent_at is not None), default=None),
        seconds=_took(job),
        dollars=priced(job.saved, request, server),
        paid=server.charged,
        cached=job.cached,
        record_ids=ids,
    )


def of_record(
    bare: RunState, drawn: Drawn, request: ImageRequest, server: Server, *, from_history: bool = False
) -> RunState:
    """A run as the records tell of it; ``bare`` is its place before anything was sent."""
    if drawn.status == "done" and not drawn.records:
        status: Status = "missing"  # its images are in the trash, or purged
    else:
        status = NOT_HERE.get(drawn.status) or drawn.status  # type: ignore[assignment]
    saved = tuple(remembered(request, drawn.records, cached=False))
    return RunState(
        place=bare.place,
        status=status,
        cost=bare.cost,
        should=bare.should,
        ticket=drawn.ticket,
        saved=saved,
        reason=drawn.error if drawn.status != "done" else None,
        seconds=max((answer.seconds for answer in saved), default=None) or None,  # of a batch nobody knows
        dollars=priced(saved, request, server),
        paid=server.charged,
        cached=from_history,
        record_ids=tuple(record.id for record in drawn.records),
    )


def priced(answers: tuple[Saved, ...], request: ImageRequest, server: Server) -> Decimal | None:
    """Dollars of the tokens of these answers; what history says they cost where their tokens are not known."""
    costs = []
    for saved in answers:
        by_tokens = charged(request, saved.usage, server, share_of(saved.got))
        costs.append(saved.dollars if by_tokens is None else by_tokens)
    return sum((cost for cost in costs if cost is not None), Decimal(0)) if costs and None not in costs else None


def _took(job: Job) -> float | None:
    """Seconds from sending to the answer, without the wait for a turn; None until there is one."""
    if job.saved:
        return max(saved.seconds for saved in job.saved)
    return job.seconds if job.done else None
