"""Runs that may have been charged: a person settles them on the Spending page, and takes it back."""

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages.made import lost
from tests.pages.spending_tab import look
from tests.pages.tabs import words
from triptych.store import Store


@pytest.fixture
def store(process: Services) -> Store:
    """Where the pages of this test keep what was made."""
    return process.store


@pytest.mark.parametrize(("button", "spent"), [("charged", "0.04"), ("free", "0")])
def test_a_person_says_whether_an_unknown_outcome_was_charged(
    app: AppTest, store: Store, button: str, spent: str
) -> None:
    record = lost(store, "a lost square")
    page = look(app)
    assert "$0.040 held" in words(page)
    assert str(Decimal("0.04")) == str(store.journal.money("day").reserved.normalize())

    page.button(key=f"{button}_{record.ticket}").click().run()

    held = store.journal.money("day")
    assert (Decimal(spent), Decimal(0)) == (held.spent, held.reserved)
    assert "Were these charged?" not in [header.value for header in page.header]


def test_what_was_settled_is_taken_back_by_undo(app: AppTest, store: Store) -> None:
    lost_ones, held = [lost(store, f"lost {name}") for name in ("one", "two")], store.journal.money("day")
    page = look(app)
    for button, record in zip(("charged", "free"), lost_ones, strict=True):
        page.button(key=f"{button}_{record.ticket}").click().run()
    assert "“lost two” · not charged" in words(page)

    page.button(key="undo_settled").click().run()
    assert "“lost one” · $0.040 charged" in words(page)
    assert f"free_{lost_ones[1].ticket}" in {button.key for button in page.button}
    page.button(key="undo_settled").click().run()

    assert held == store.journal.money("day")
    assert "undo_settled" not in {button.key for button in page.button}


def test_undo_of_what_has_changed_since_says_that_it_stays(app: AppTest, store: Store) -> None:
    record = lost(store, "a lost square")
    page = look(app)
    page.button(key=f"free_{record.ticket}").click().run()
    store.journal.closed(record.ticket, "done", Decimal("0.04"))

    page.button(key="undo_settled").click().run()

    assert "“a lost square” has changed since, so it stays settled." in words(page)
    assert "undo_settled" not in {button.key for button in page.button}


def test_an_unknown_outcome_of_unknown_price_is_settled_by_what_the_bill_says(app: AppTest, store: Store) -> None:
    record = lost(store, "a lost square", is_priced=False)
    page = look(app)
    assert "price unknown, nothing held" in words(page)
    assert page.button(key=f"charged_{record.ticket}").disabled

    page.number_input(key=f"cost_{record.ticket}").set_value(0.0712).run()
    page.button(key=f"charged_{record.ticket}").click().run()

    held = store.journal.money("day")
    assert (Decimal("0.0712"), Decimal(0)) == (held.spent, held.reserved)
    assert "$0.07" == next(one.value for one in page.main.metric if one.label == "Spent")
    assert "Were these charged?" not in [header.value for header in page.header]


def test_an_unknown_outcome_of_unknown_price_that_was_free_is_settled_too(app: AppTest, store: Store) -> None:
    record = lost(store, is_priced=False)
    page = look(app)

    page.button(key=f"free_{record.ticket}").click().run()

    assert Decimal(0) == store.journal.money("day").spent
    assert "Were these charged?" not in [header.value for header in page.header]


def test_an_unknown_outcome_in_the_trash_is_still_to_be_settled(app: AppTest, store: Store) -> None:
    record = lost(store)
    store.history.trash("local", [record.id])

    page = look(app)

    assert f"charged_{record.ticket}" in {button.key for button in page.button}
