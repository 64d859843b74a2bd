"""Money spent, read from the sidecars: whatever lies there, the page still opens."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from triptych.budget import Ledger, Spent, today
from triptych.settings import settings

DAY = date(2026, 11, 23)
FACTS = {"created": "2026-11-23T10:00:00Z", "cost_usd": "0.05", "pictures": 1}


def note(root: Path, name: str, day: date = DAY, **facts: object) -> Path:
    path = root / "sidecars" / day.isoformat() / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**FACTS, **facts}))
    return path


def test_nothing_spent_is_zero(tmp_path: Path) -> None:
    assert Spent() == Ledger(tmp_path).on(DAY, UTC)


def test_the_prices_of_a_day_add_up_exactly(tmp_path: Path) -> None:
    for number in range(100):
        note(tmp_path, f"{number}", cost_usd="0.01")

    assert Spent(Decimal("1.00")) == Ledger(tmp_path).on(DAY, UTC)


def test_an_answer_of_several_pictures_is_counted_once(tmp_path: Path) -> None:
    for number in range(4):
        note(tmp_path, f"{number}", cost_usd="0.20", pictures=4)

    assert Spent(Decimal("0.20")) == Ledger(tmp_path).on(DAY, UTC)


def test_an_unknown_price_is_counted_as_unknown(tmp_path: Path) -> None:
    note(tmp_path, "known")
    note(tmp_path, "unknown", cost_usd=None)

    assert Spent(Decimal("0.05"), 1) == Ledger(tmp_path).on(DAY, UTC)


def test_midnight_is_the_zones_own(tmp_path: Path) -> None:
    note(tmp_path, "late", created="2026-11-23T23:30:00Z")
    berlin = ZoneInfo("Europe/Berlin")

    assert Spent() == Ledger(tmp_path).on(DAY, berlin)
    assert Spent(Decimal("0.05")) == Ledger(tmp_path).on(DAY + timedelta(days=1), berlin)


def test_what_comes_later_is_seen_and_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    first = note(tmp_path, "first")
    assert Decimal("0.05") == ledger.on(DAY, UTC).dollars

    first.write_text("changed")
    note(tmp_path, "second")

    assert Spent(Decimal("0.10")) == ledger.on(DAY, UTC)


def test_other_days_are_forgotten(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    note(tmp_path, "old")
    ledger.on(DAY, UTC)

    ledger.on(DAY + timedelta(days=9), UTC)

    assert {} == ledger._read


DAMAGED = (
    b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"created": "2026-11-23T10:00:00Z"}',
    json.dumps({**FACTS, "cost_usd": "much"}).encode(), json.dumps({**FACTS, "cost_usd": "NaN"}).encode(),
    json.dumps({**FACTS, "cost_usd": "Infinity"}).encode(), json.dumps({**FACTS, "pictures": 0}).encode(),
    json.dumps({**FACTS, "pictures": "two"}).encode(), json.dumps({**FACTS, "created": 5}).encode(),
    json.dumps({**FACTS, "created": "soon"}).encode(), json.dumps({**FACTS, "cost_usd": {}}).encode(), b"[" * 100_000,
)  # fmt: skip


@pytest.mark.parametrize("data", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_sidecar_counts_as_unknown(tmp_path: Path, data: bytes) -> None:
    note(tmp_path, "good")
    note(tmp_path, "bad").write_bytes(data)

    assert Spent(Decimal("0.05"), 1) == Ledger(tmp_path).on(DAY, UTC)


def test_a_sidecar_that_cannot_be_read_counts_as_unknown(tmp_path: Path) -> None:
    note(tmp_path, "good")
    (tmp_path / "sidecars" / DAY.isoformat() / "folder.json").mkdir()

    assert Spent(Decimal("0.05"), 1) == Ledger(tmp_path).on(DAY, UTC)


def test_what_is_being_written_is_not_counted(tmp_path: Path) -> None:
    note(tmp_path, "good")
    (tmp_path / "sidecars" / DAY.isoformat() / ".tmp123").write_text("{")

    assert Spent(Decimal("0.05")) == Ledger(tmp_path).on(DAY, UTC)


def test_the_day_is_the_settings_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_TIMEZONE", "Pacific/Kiritimati")
    settings.cache_clear()

    day, zone = today()

    assert datetime.now(ZoneInfo("Pacific/Kiritimati")).date() == day
    assert "Pacific/Kiritimati" == str(zone)
