"""What a run, a day and a month may cost, and whose midnight ends them."""

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

    def keys(self, when: datetime, run: str) -> dict[Period, str]:
        """What names the month, the day and the run at a time: "2026-11", "2026-11-23" and ``run``."""
        local = when.astimezone(zone_of(self.timezone, when))
        return {"month": f"{local:%Y-%m}", "day": f"{local:%Y-%m-%d}", "run": run}
