"""Money promised and money left: what a request must hold ready, and how much of each cap there still is."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from triptych.errors import DatabaseDown
from triptych.pricing import FULL, MILLION, estimate
from triptych.ranges import Range
from triptych.request import ImageRequest
from triptych.servers import Server
from triptych.settings import Settings, settings
from triptych.store import Store
from triptych.store.ledger.caps import lower
from triptych.store.values import Period

TEXT_MARGIN = Decimal("0.25")  # of the text tokens: counted without the tokenizer they were up to 15 % off


@dataclass(frozen=True)
class Left:
    """Dollars that are left of the caps of one run, of the day and of the month; None where there is no cap."""

    run: Decimal | None = None
    day: Decimal | None = None
    month: Decimal | None = None

    @property
    def tightest(self) -> tuple[str, Decimal] | None:
        """What is left of the cap that ends first, and of which: "today", "this month" or "for a run"."""
        left = (("today", self.day), ("this month", self.month), ("for a run", self.run))
        known = [(dollars, name) for name, dollars in left if dollars is not None]
        return min(((name, dollars) for dollars, name in known), key=lambda one: one[1], default=None)


@dataclass(frozen=True)
class Today:
    """Dollars spent since midnight, held for what has no known outcome yet, and the day's cap, None for none."""

    spent: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)
    cap: Decimal | None = None


class Budget:
    """The caps beside the books of all replicas; ``ceilings`` are the settings' own. What it asks the records raises
    DatabaseDown as the journal does."""

    def __init__(self, store: Store, ceilings: Mapping[Period, Decimal]) -> None:
        self.ceilings = ceilings
        self._store = store

    @property
    def caps(self) -> Mapping[Period, Decimal]:
        """The caps in force: of each period the lower of the settings' and the one that was set on the page."""
        return lower(self.ceilings, self._store.limits.recorded())

    @property
    def is_capped(self) -> bool:
        """Whether a cap holds; while the records cannot be reached, by the settings alone: then nothing is paid for."""
        with suppress(DatabaseDown):
            return bool(self.caps)
        return bool(self.ceilings)

    @classmethod
    def of(cls, store: Store, chosen: Settings) -> "Budget":
        """With the caps of the settings."""
        caps: dict[Period, Decimal | None] = {
            "run": chosen.budget_run,
            "day": chosen.budget_day,
            "month": chosen.budget_month,
        }
        return cls(store, {kind: cap for kind, cap in caps.items() if cap is not None})

    def left(self) -> Left:
        """What may still be promised. Nobody else is kept from promising it first: only `Journal.open` decides."""
        return Left(**dict(self._left()))

    def today(self) -> Today:
        """How the day stands."""
        held = self._store.journal.money("day")
        return Today(held.spent, held.reserved, self.caps.get("day"))

    def _left(self) -> Iterator[tuple[str, Decimal]]:
        for kind, cap in self.caps.items():
            held = self._store.journal.money(kind)
            yield kind, max(cap - held.spent - held.reserved, Decimal(0))


def today() -> tuple[date, tzinfo]:
    """The day it is, and the time zone whose midnight ends it: the setting's, else the machine's."""
    name = settings().timezone
    now = datetime.now(ZoneInfo(name)) if name else datetime.now().astimezone()
    return now.date(), now.tzinfo or ZoneInfo("UTC")


def promise(request: ImageRequest, server: Server, share: Decimal = FULL) -> Range[Decimal] | None:
    """The least and the most dollars that ``request`` should cost at that ``share`` of its price, the most with a
    margin; None: unknown.

    The most is what is reserved, so what like requests cost before does not lower it.
    """
    cost = estimate(request, server)
    if cost.dollars is None:
        return None
    reading = cost.reading * (request.entry.rates.text_in or Decimal(0)) / MILLION
    return Range(cost.dollars.low, cost.dollars.high + reading * TEXT_MARGIN) * share
