"""How one of many requests stands, and what all of them have come to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol

from triptych.errors import Cancelled
from triptych.jobs import Job
from triptych.pricing import Estimate
from triptych.timing import Seconds

Status = Literal[
    "impossible",
    "missing",
    "queued",
    "drawing",
    "elsewhere",
    "batched",
    "done",
    "failed",
    "unknown",
    "cancelled",
]
RUNNING: tuple[Status, ...] = ("queued", "drawing", "elsewhere", "batched")
TO_RUN: tuple[Status, ...] = ("missing", "failed", "cancelled")  # what "run missing" draws; unknown may be paid for
Place = tuple[str, int]  # what names a request among many, and which of its repeats, from 0


class Standing(Protocol):
    """What is told of one place.

    ``missing`` was never drawn; ``elsewhere`` another process draws it; ``batched`` a server has it in a
    batch; ``unknown`` may have been charged and has no picture. ``cost`` and ``should`` are what it was expected to
    cost and take; ``dollars`` and ``seconds`` what it came to, None while or where that is unknown.
    """

    @property
    def place(self) -> Place: ...
    @property
    def status(self) -> Status: ...
    @property
    def ticket(self) -> str | None: ...
    @property
    def cost(self) -> Estimate: ...
    @property
    def should(self) -> Seconds: ...
    @property
    def dollars(self) -> Decimal | None: ...
    @property
    def seconds(self) -> float | None: ...


@dataclass(frozen=True)
class Progress:
    """How many drawings stand how, and what the done ones came to. ``dollars`` and ``seconds`` are sums."""

    counts: dict[Status, int] = field(default_factory=dict)
    dollars: Decimal = Decimal(0)
    seconds: float = 0.0

    def count(self, *statuses: Status) -> int:
        """How many stand like this."""
        return sum(self.counts.get(status, 0) for status in statuses)

    @property
    def possible(self) -> int:
        """How many there are that can be drawn."""
        return sum(self.counts.values()) - self.count("impossible")

    @property
    def ended(self) -> int:
        """How many need no more waiting."""
        return self.possible - self.count("missing", *RUNNING)


def progress(states: Iterable[Standing]) -> Progress:
    """What ``states`` come to."""
    counts: dict[Status, int] = {}
    dollars, seconds = Decimal(0), 0.0
    for state in states:
        counts[state.status] = counts.get(state.status, 0) + 1
        dollars += state.dollars or 0
        seconds += state.seconds or 0.0
    return Progress(counts, dollars, seconds)


def status_of(job: Job) -> Status:
    """How a place stands that this process draws, or has drawn."""
    if not job.done:
        return "drawing" if any(part.sent or part.done for part in job.parts) else "queued"
    if any(error.may_be_charged and not isinstance(error, Cancelled) for error in job.errors):
        return "unknown"
    if job.saved and not job.errors:
        return "done"
    return "cancelled" if any(isinstance(error, Cancelled) for error in job.errors) else "failed"
