"""Money promised and money left, beside the books that all replicas share."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from triptych.budget import Budget, Left, Today, promise, today
from triptych.pricing import estimate
from triptych.ranges import exactly
from triptych.request import ImageRequest
from triptych.servers import GENERIC, OPENAI
from triptych.settings import settings
from triptych.store import Entry, Store
from triptych.store.ledger.money import Caps

REQUEST = ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024", quality="medium")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "images", caps=Caps(Decimal(1), Decimal(5), Decimal(20)))
    yield store
    store.close()


@pytest.fixture
def budget(store: Store) -> Budget:
    return Budget(store, {"run": Decimal(1), "day": Decimal(5), "month": Decimal(20)})


def begin(store: Store, ticket: str, dollars: str, **facts: bool) -> None:
    ends = exactly(Decimal(dollars))
    store.journal.open(Entry(ticket=ticket, request=REQUEST, engine="openai", estimate=ends, **facts))


def test_nothing_drawn_leaves_the_caps(budget: Budget) -> None:
    assert Left(Decimal(1), Decimal(5), Decimal(20)) == budget.left()
    assert Today(Decimal(0), Decimal(0), Decimal(5)) == budget.today()


def test_what_is_promised_is_not_left(budget: Budget, store: Store) -> None:
    begin(store, "a", "0.75")

    assert Left(Decimal(1), Decimal("4.25"), Decimal("19.25")) == budget.left()
    assert Today(Decimal(0), Decimal("0.75"), Decimal(5)) == budget.today()


def test_what_was_paid_is_spent_and_the_rest_is_left_again(budget: Budget, store: Store) -> None:
    begin(store, "a", "0.75")

    store.journal.closed("a", "done", Decimal("0.50"), None, 1.0)

    assert Left(Decimal(1), Decimal("4.50"), Decimal("19.50")) == budget.left()
    assert Today(Decimal("0.50"), Decimal(0), Decimal(5)) == budget.today()


def test_what_may_have_been_charged_stays_promised(budget: Budget, store: Store) -> None:
    begin(store, "a", "0.75")

    store.journal.closed("a", "unknown")

    assert Today(Decimal(0), Decimal("0.75"), Decimal(5)) == budget.today()


def test_the_demo_is_never_counted(budget: Budget, store: Store) -> None:
    begin(store, "a", "0.75", charged=False)
    store.journal.closed("a", "done", Decimal("0.75"), None, 1.0)

    assert Today(Decimal(0), Decimal(0), Decimal(5)) == budget.today()


def test_without_a_cap_there_is_nothing_to_be_left(store: Store) -> None:
    assert Left() == Budget(store, {}).left()
    assert Left().tightest is None


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (Left(day=Decimal(3)), ("today", Decimal(3))),
        (Left(Decimal(9), Decimal(3), Decimal(2)), ("this month", Decimal(2))),
        (Left(Decimal(1), Decimal(3), Decimal(2)), ("for a run", Decimal(1))),
    ],
)
def test_the_cap_that_ends_first_is_named(left: Left, expected: tuple[str, Decimal]) -> None:
    assert expected == left.tightest


def test_the_caps_are_the_settings(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_BUDGET_DAY", "2.50")
    settings.cache_clear()

    assert {"day": Decimal("2.50")} == Budget.of(store, settings()).caps


def test_a_promise_is_the_estimates_upper_end_and_a_margin_for_the_text() -> None:
    cost, promised = estimate(REQUEST), promise(REQUEST, OPENAI)

    reading = Decimal(cost.input_tokens.high) * 5 / 1_000_000
    assert promised
    assert exactly(promised.low) == cost.dollars
    assert cost.most
    assert cost.most + reading / 4 == promised.high


def test_a_promise_of_a_range_holds_its_upper_end() -> None:
    auto = ImageRequest(model="gpt-image-2", prompt="a red square")
    cost, promised = estimate(auto), promise(auto, OPENAI)

    assert cost.dollars
    assert promised
    assert not cost.dollars.is_exact
    assert cost.dollars.low == promised.low
    assert cost.dollars.high <= promised.high


def test_an_unknown_price_cannot_be_promised() -> None:
    assert promise(REQUEST, GENERIC) is None


def test_the_day_is_the_settings_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_TIMEZONE", "Pacific/Kiritimati")
    settings.cache_clear()

    there = ZoneInfo("Pacific/Kiritimati")
    before = datetime.now(there).date()

    day, zone = today()

    assert before <= day <= datetime.now(there).date()
    assert "Pacific/Kiritimati" == str(zone)
