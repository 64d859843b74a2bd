"""The keys under which programs ask, on both homes: one run for a key, for a day; and the cap that a page has."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.triptych.store.drawn import entry
from triptych.errors import Cancelled, Duplicate, NeverSent, OverBudget, TriptychError
from triptych.ranges import Range
from triptych.store import Store
from triptych.store.ledger import idempotency

DOLLAR = Range(Decimal("0.5"), Decimal(1))


def test_whoever_asks_again_under_a_key_gets_the_first_ones_ticket(store: Store) -> None:
    keys = store.idempotency

    assert ["a", "a"] == [keys.claim("ci", "k", "body", ticket) for ticket in "ab"]
    assert "c" == keys.claim("shop", "k", "other body", "c")


def test_many_at_once_get_one_ticket(store: Store) -> None:
    together, found = threading.Barrier(8), set[str]()

    def claim(ticket: str) -> None:
        together.wait(60)
        found.add(store.idempotency.claim("ci", "k", "body", ticket))

    threads = [threading.Thread(target=claim, args=(ticket,)) for ticket in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 1 == len(found)


def test_a_key_that_was_used_for_something_else_is_refused(store: Store) -> None:
    store.idempotency.claim("ci", "k", "body", "a")

    with pytest.raises(Duplicate, match="another request"):
        store.idempotency.claim("ci", "k", "other body", "b")


def test_a_key_that_was_freed_begins_another_run_and_no_other_is_freed_with_it(store: Store) -> None:
    keys = store.idempotency
    keys.claim("ci", "k", "body", "a")

    keys.free("ci", "k", "b")
    assert "a" == keys.claim("ci", "k", "body", "c")
    keys.free("ci", "k", "a")
    assert "d" == keys.claim("ci", "k", "body", "d")


def test_a_key_is_kept_for_a_day(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    began = datetime.now(UTC)
    store.idempotency.claim("ci", "k", "body", "a")

    for hours, ticket in ((23, "a"), (25, "c")):
        monkeypatch.setattr(idempotency, "now", lambda after=hours: began + timedelta(hours=after))
        assert ticket == store.idempotency.claim("ci", "k", "body", "c")


@pytest.mark.parametrize(("error", "is_out"), [(Cancelled("stopped"), True), (NeverSent("stopped"), False)])
def test_what_was_cancelled_on_its_way_may_have_been_charged(store: Store, error: TriptychError, is_out: bool) -> None:
    store.journal.open(entry(estimate=DOLLAR))
    if is_out:
        store.journal.sent("t", 0, 1)
    store.journal.closed("t", "cancelled", None, error)

    assert is_out == store.journal.is_out("t")


def test_a_page_with_a_cap_of_its_own_keeps_to_it_and_no_other_page_does(store: Store) -> None:
    capped = {"estimate": DOLLAR, "page": "api: ci", "page_cap": Decimal("2.5")}
    for ticket in "ab":
        store.journal.open(entry(ticket, **capped))

    with pytest.raises(OverBudget) as refused:
        store.journal.open(entry("c", **capped))

    assert Decimal("0.5") == refused.value.left
    store.journal.open(entry("d", **{**capped, "page": "api: shop"}))
    store.journal.closed("a", "done", Decimal("0.5"), None, 1.0)
    store.journal.open(entry("c", **capped))
