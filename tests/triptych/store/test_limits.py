"""Caps that are set while others pay: lower than the settings' or not at all, and in force at once."""

import io
from decimal import Decimal
from pathlib import Path

import pytest

from tests.triptych.store.drawn import Home, entry
from triptych.errors import OverBudget, UnknownPrice
from triptych.ranges import exactly
from triptych.store import Caps, Store

DOLLAR = exactly(Decimal(1))


def test_a_cap_holds_at_once_in_a_process_that_was_paying_already(place: Home) -> None:
    paying, other = place.store(), place.store()
    paying.journal.open(entry("a", estimate=DOLLAR))

    other.limits.set({"day": Decimal("1.50")})

    with pytest.raises(OverBudget) as refused:
        paying.journal.open(entry("b", estimate=DOLLAR))
    assert ("day", Decimal("0.5")) == (refused.value.cap, refused.value.left)
    other.limits.set({"day": None})
    paying.journal.open(entry("b", estimate=DOLLAR))
    for store in (paying, other):
        store.close()


def test_a_cap_of_the_environment_is_lowered_here_and_never_raised(place: Home) -> None:
    store = place.store(Caps(day=Decimal(2)))

    store.limits.set({"day": Decimal(100), "run": Decimal("0.5")})

    with pytest.raises(OverBudget) as by_run:
        store.journal.open(entry("a", estimate=DOLLAR))
    store.limits.set({"run": None})
    with pytest.raises(OverBudget) as by_day:
        store.journal.open(entry("a", estimate=DOLLAR * 3))
    assert ("run", "day") == (by_run.value.cap, by_day.value.cap)
    store.close()


def test_a_backup_that_is_brought_back_changes_no_cap(tmp_path: Path) -> None:
    old, new = Store(tmp_path / "old" / "images"), Store(tmp_path / "new" / "images")
    old.limits.set({"day": Decimal(100), "month": Decimal(1000)})
    new.limits.set({"day": Decimal(1)})
    saved = io.BytesIO()
    old.transfer.backup(saved)

    new.transfer.restore(saved)

    assert {"day": Decimal(1)} == new.limits.recorded()
    for store in (old, new):
        store.close()


def test_an_unknown_price_is_refused_under_a_cap_unless_the_user_says_otherwise(place: Home) -> None:
    store = place.store()
    store.limits.set({"day": Decimal(1)})

    with pytest.raises(UnknownPrice):
        store.journal.open(entry(estimate=None))
    store.journal.open(entry(estimate=None, allow_unknown=True))

    assert {"t": "queued"} == store.journal.statuses(["t"])
    store.close()
