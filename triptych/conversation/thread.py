"""A thread and its turns as plain frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from triptych.inputs import Attachment
from triptych.request import ImageRequest
from triptych.store import Record
from triptych.store.values import Status


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A thread. ``style`` is its pinned style line, ``reference`` its pinned image; both go with every turn.

    ``changed`` is when it was last written to (UTC), ``trashed`` when it was thrown away, None: it was not.
    """

    id: str
    owner: str
    name: str
    created: datetime
    changed: datetime
    style: str = ""
    reference: Attachment | None = None
    trashed: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One turn. Its ``id`` is the ticket of its run; ``parent`` is the id of the turn it goes on from, None: the first.

    ``state`` is its run's. ``records`` are its images (none: the answer is text, or has not come). Dollars are None
    where unknown: ``text_cost`` the text model's, ``image_cost`` the image tool's. ``note`` says what is to be known of
    the answer, such as why it holds no image; ``error`` is (next move, what happened). ``engine`` names the place that
    answered, as `engine_of` does. ``is_stored`` says whether it said that it keeps its answer,
    ``is_fetchable`` that the answer did not come, and is being asked for again: nothing is paid twice.
    """

    id: str
    thread: str
    parent: str | None
    message: str
    created: datetime
    request: ImageRequest
    state: Status
    engine: str = ""
    answer: str = ""
    revised_prompt: str | None = None
    records: tuple[Record, ...] = ()
    text_cost: Decimal | None = None
    image_cost: Decimal | None = None
    response_id: str | None = None
    note: str | None = None
    error: tuple[str, str] | None = None
    seconds: float | None = None
    is_stored: bool = True
    is_imported: bool = False
    is_fetchable: bool = False
    context: int = field(default=0, repr=False)  # tokens of the text model that the whole conversation took so far

    @property
    def ticket(self) -> str:
        """The ticket of its run."""
        return self.id


def path(turns: Sequence[Turn], last: str | None) -> tuple[Turn, ...]:
    """The turns from the first to the one with the id ``last``, along their parents; empty for None."""
    by_id, found = {turn.id: turn for turn in turns}, list[Turn]()
    while last and (turn := by_id.pop(last, None)):
        found.append(turn)
        last = turn.parent
    return tuple(reversed(found))
