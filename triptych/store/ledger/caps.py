"""What a run, a day and a month may cost, and whose midnight ends them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from triptych.settings import Settings
from triptych.store.db.units import zone_of
from triptych.store.values import Period


@dataclass(frozen=True)
class Caps:
    """Dollars that a run, a day and a month may cost, None for no cap; the time zone whose midnight ends the latter."""

    run: Decimal | None = None
    day: Decimal | None = None
    month: Decimal | None = None
    timezone: str | None = None

    @classmethod
    def of(cls, chosen: Settings) -> "Caps":
        """The caps of the settings."""
        return cls(chosen.budget_run, chosen.budget_day, chosen.budget_month, chosen.timezone)

    def by_period(self) -> tuple[tuple[Period, Decimal | None], ...]:
        """Each period's cap, in the one order in which all transactions lock them."""
        return (("month", self.month), ("day", self.day), ("run", self.run))

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return any(cap is not None for _, cap in self.by_period())

    def keys(self, when: datetime, run: str) -> dict[Period, str]:
        """What names the month, the day and the run at a time: "2026-11", "2026-11-23" and ``run``."""
        local = when.astimezone(zone_of(self.timezone, when))
        return {"month": f"{local:%Y-%m}", "day": f"{local:%Y-%m-%d}", "run": run}


def lower(one: Mapping[Period, Decimal | None], other: Mapping[Period, Decimal]) -> dict[Period, Decimal]:
    """Of each period the lower cap; a period that neither names has none."""
    known = {kind: cap for kind, cap in one.items() if cap is not None}
    return {kind: min(caps[kind] for caps in (known, other) if kind in caps) for kind in {**known, **other}}
