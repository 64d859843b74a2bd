"""Runs that were queued when their process ended, as the records know them: sent once, by their owner's word."""

from decimal import Decimal

import pytest

from tests.triptych.store.drawn import Home, entry
from tests.triptych.studio.conftest import forget_process
from triptych.errors import Cancelled, Duplicate, NeverSent, OverBudget
from triptych.store import Caps, Store


def left(store: Store, owner: str = "local", page: str = "generate") -> list[str]:
    return [one.ticket for one in store.journal.unsent(owner, page)]


@pytest.fixture
def store(place: Home) -> Store:
    """Records of a process that is gone: two runs that waited, one that was out, and one that a person stopped."""
    store = place.store()
    for ticket in ("first", "second", "out", "stopped"):
        store.journal.open(entry(ticket))
    store.journal.sent("out", 0, 1)
    store.journal.closed("stopped", "cancelled", error=NeverSent("You canceled it before it was sent."))
    forget_process(store)
    store.journal.recover()
    return store


def test_only_what_waited_is_offered_to_its_owner_on_its_page(store: Store) -> None:
    assert ["first", "second"] == left(store)
    assert [] == left(store, owner="bob") + left(store, page="edit")
    assert Decimal("0.02") == store.journal.money("day").reserved  # of what was out
    store.close()


def test_a_run_takes_the_place_of_an_interrupted_one_once(store: Store) -> None:
    store.journal.open(entry("again", instead_of="first"))

    assert ["second"] == left(store)
    for ticket, more in (("third", {}), ("bobs", {"owner": "bob"})):
        with pytest.raises(Duplicate, match="another tab"):
            store.journal.open(entry(ticket, instead_of="first", **more))
    with pytest.raises(Duplicate):
        store.journal.open(entry("bobs", instead_of="second", owner="bob"))
    assert ["second"] == left(store)
    assert {"again": "queued"} == store.journal.statuses(["again", "third", "bobs"])
    store.close()


def test_what_a_cap_refuses_is_still_offered(store: Store) -> None:
    store.journal.caps = Caps(day=Decimal("0.03"))

    with pytest.raises(OverBudget):
        store.journal.open(entry("again", instead_of="first"))

    assert ["first", "second"] == left(store)
    store.close()


def test_what_is_discarded_is_offered_no_more(store: Store) -> None:
    assert () == store.journal.discard_unsent("bob", ["first"])
    assert ("second",) == store.journal.discard_unsent("local", ["second", "out"])

    assert ["first"] == left(store)
    store.journal.reinstate_unsent("bob", ["second"])
    assert ["first"] == left(store)
    store.journal.reinstate_unsent("local", ["second"])
    assert ["first", "second"] == left(store)
    store.journal.discard_unsent("local", ["second"])
    store.journal.closed("first", "cancelled", error=Cancelled("Too late."))
    assert ["first"] == left(store)
    store.close()
