"""Money spent: what the pictures of a day cost, by their sidecars."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from triptych.settings import settings


@dataclass(frozen=True)
class Spent:
    """Dollars, and how many pictures there are whose price is unknown."""

    dollars: Decimal = Decimal(0)
    unknown: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.dollars + other.dollars, self.unknown + other.unknown)


class Ledger:
    """Reads the sidecars under ``root``; each file once, since a sidecar is never written again."""

    def __init__(self, root: Path) -> None:
        self._root = root / "sidecars"
        self._read: dict[Path, tuple[datetime, Spent]] = {}

    def on(self, day: date, zone: tzinfo) -> Spent:
        """What was spent between two midnights of ``zone``. Sidecars lie by UTC day, so three folders may hold it."""
        near = {(day + timedelta(days=away)).isoformat() for away in (-1, 0, 1)}
        self._read = {path: entry for path, entry in self._read.items() if path.parent.name in near}
        unreadable = 0
        for path in (path for name in near for path in (self._root / name).glob("*.json")):
            if path not in self._read:
                try:
                    self._read[path] = _entry(path)
                except OSError:  # it may be readable again next time
                    unreadable += path.parent.name == day.isoformat()
        read = (spent for when, spent in self._read.values() if when.astimezone(zone).date() == day)
        return sum(read, Spent(unknown=unreadable))


def today() -> tuple[date, tzinfo]:
    """The day it is, and the time zone whose midnight ends it: the setting's, else the machine's."""
    name = settings().timezone
    now = datetime.now(ZoneInfo(name)) if name else datetime.now().astimezone()
    return now.date(), now.tzinfo or ZoneInfo("UTC")


def _entry(path: Path) -> tuple[datetime, Spent]:
    """When a sidecar's picture was drawn and its share of the answer's price; a damaged one counts as unknown."""
    try:
        facts = json.loads(path.read_text("utf-8"))
        when = datetime.fromisoformat(facts["created"])
        cost = facts["cost_usd"]
        share = Decimal(cost) / facts["pictures"] if cost is not None else None
        return when, Spent(share) if share is not None and share.is_finite() else Spent(unknown=1)
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError):
        return datetime.fromisoformat(f"{path.parent.name}T12:00:00+00:00"), Spent(unknown=1)
