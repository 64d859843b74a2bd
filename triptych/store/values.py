"""What goes into the records and what comes out of them, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from triptych.ranges import Range
from triptych.request import ImageRequest
from triptych.results import Usage
from triptych.sidecar import Sidecar
from triptych.store.files.names import Stored

Status = Literal["queued", "sent", "done", "failed", "unknown", "cancelled", "batched"]
OPEN: tuple[Status, ...] = ("queued", "sent")  # what a drawing of a process is until it has ended
UNENDED: tuple[Status, ...] = (*OPEN, "batched")  # and one that is a line of a batch at the server
LOCAL = "local"  # the engine of what was made here, without any server
Sort = Literal["newest", "oldest", "rating", "cost", "time"]
Period = Literal["run", "day", "month"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A drawing before it is sent. ``estimate`` is in dollars, None where the price is unknown.

    ``charged`` is False where nothing is ever billed (the demo engine). ``run`` names what one click began, where that
    is more than one ticket. ``parents`` are the SHA-256 of the pictures it is made from. ``allow_unknown`` is the
    user's word that an unknown price is fine. ``page_cap`` is what the page's runs may cost in a day, in dollars.
    ``instead_of`` is the ticket of a run that was interrupted before it was sent, whose place this one takes.
    """

    ticket: str
    request: ImageRequest
    engine: str
    estimate: Range[Decimal] | None = None
    charged: bool = True
    owner: str = "local"
    page: str = "generate"
    run: str | None = None
    parents: tuple[str, ...] = ()
    allow_unknown: bool = False
    page_cap: Decimal | None = None
    instead_of: str | None = None


@dataclass(frozen=True)
class Unsent:
    """A run that was queued when its process ended: nothing of it was sent, and nobody sends it unasked."""

    ticket: str
    engine: str
    request: ImageRequest


@dataclass(frozen=True)
class Word:
    """A person's word that a run of unknown outcome cost ``dollars`` beside what was ``known``.

    ``said`` is when; ``held`` are the dollars that it released.
    """

    ticket: str
    dollars: Decimal
    said: datetime
    known: Decimal | None
    held: Decimal


@dataclass(frozen=True)
class Going:
    """A part of a drawing that is about to go out for the ``attempt``-th time."""

    ticket: str
    part: int
    attempt: int


@dataclass(frozen=True)
class Kept:
    """One picture of an answer whose bytes are on disk, with its sidecar."""

    index: int
    stored: Stored
    sidecar: Sidecar


@dataclass(frozen=True)
class Told:
    """What an answer says beside its images: all there is of one that has none, which may have cost something."""

    got: Mapping[str, str]
    usage: Usage | None
    dollars: Decimal | None
    seconds: float | None
    request_id: str | None


@dataclass(frozen=True)
class Ending:
    """The last answer to a run, with which it is done; all its images are on disk. ``dollars`` are the whole run's."""

    ticket: str
    part: int
    pieces: tuple[Kept, ...]
    dollars: Decimal | None
    seconds: float | None
    told: Told | None = None


@dataclass(frozen=True)
class Lost:
    """A drawing whose outcome is not known: it may have been charged. ``request_id`` where the server gave one."""

    ticket: str
    owner: str
    request_id: str | None


@dataclass(frozen=True)
class Recovery:
    """What was left behind by processes that are gone: drawings ``unknown``, and ``saved`` that had all their bytes."""

    unknown: tuple[Lost, ...] = ()
    saved: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rebuilt:
    """What the sidecars tell: dollars of all times, pictures whose price nobody knows, pictures new in the history."""

    dollars: Decimal = Decimal(0)
    unknown: int = 0
    pictures: int = 0


@dataclass(frozen=True)
class Held:
    """Dollars of one period: spent, and promised to what is being drawn or whose outcome is unknown."""

    spent: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Query:
    """What to find. Empty means anything; ``text`` is words that must all be in the prompt. Times are UTC."""

    text: str = ""
    models: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    cost_from: Decimal | None = None
    cost_to: Decimal | None = None
    rating_from: int | None = None
    favourite: bool | None = None
    tags: tuple[str, ...] = ()
    status: Status | None = None
    trashed: bool = False
    sort: Sort = "newest"


@dataclass(frozen=True, kw_only=True)
class Record:
    """One picture of a drawing, or a drawing of which no picture came (``stored`` is None).

    ``dollars`` is this picture's share of the answer's price, ``estimate`` the whole drawing's,
    ``reserved`` what is held for it until its outcome is known, ``usage`` the answer's tokens, ``seconds`` its time.
    ``settled`` says that a person has told what an unknown outcome cost.
    ``error`` is (next move, what happened). ``unreadable`` says why its request could not be read; ``request`` is then
    what little else is known of it.
    """

    id: str
    ticket: str
    owner: str
    page: str
    created: datetime
    engine: str
    status: Status
    request: ImageRequest
    fingerprint: str
    stored: Stored | None
    part: int
    index: int
    got: Mapping[str, str] = field(default_factory=dict)
    usage: Usage | None = None
    dollars: Decimal | None = None
    charged: bool = True
    estimate: Range[Decimal] | None = None
    reserved: Decimal = Decimal(0)
    settled: bool = False
    seconds: float | None = None
    request_id: str | None = None
    error: tuple[str, str] | None = None
    rating: int = 0
    favourite: bool = False
    tags: tuple[str, ...] = ()
    note: str = ""
    parents: tuple[str, ...] = ()
    trashed_at: datetime | None = None
    unreadable: str | None = None


@dataclass(frozen=True)
class Found:
    """One page of what was found, and how many there are on all pages."""

    records: tuple[Record, ...]
    total: int


@dataclass(frozen=True)
class Choices:
    """What an owner's records differ in, for the filters."""

    models: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Spending:
    """Money and time of one day, model, quality, tier ("model quality") or page: the ``key``.

    Dollars are of drawings that were billed.
    ``estimated`` sums the upper ends of the estimates of the drawings whose ``dollars`` are known (``measured`` many).
    ``unknown`` counts drawings that may have been charged an amount nobody knows, ``reserved`` what is held for them.
    """

    key: str
    dollars: Decimal
    estimated: Decimal
    reserved: Decimal
    drawings: int
    measured: int
    failed: int
    unknown: int


@dataclass(frozen=True)
class Made:
    """How many images came of runs, and how many of these are kept: in history and not in the trash."""

    images: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class Latency:
    """The seconds in which half, nine tenths and all of so many ``answers`` of one tier ("model quality") came."""

    key: str
    answers: int
    half: float
    nine_tenths: float
    slowest: float
