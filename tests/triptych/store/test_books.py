"""The books are the sum of the runs, and are made anew from them (TRUST.md M13)."""

from decimal import Decimal

from sqlalchemy import delete, update

from tests.triptych.store.drawn import NO_CAPS, draw, entry
from triptych.store import Held, Store
from triptych.store.db.tables import budgets
from triptych.store.ledger.books import recompute


def standings(store: Store) -> list[Held]:
    return [store.journal.money(kind, "r") for kind in ("month", "day", "run")]


def runs_of_every_kind(store: Store) -> None:
    draw(store, "paid", run="r")
    draw(store, "free", charged=False, run="r")
    store.journal.open(entry("at an unknown price", run="r"))
    store.journal.closed("at an unknown price", "done")
    store.journal.open(entry("half", run="r"))
    store.journal.sent("half", 0, 1)
    store.journal.closed("half", "unknown", Decimal("0.005"))
    store.journal.open(entry("told", run="r"))
    store.journal.sent("told", 0, 1)
    store.journal.closed("told", "unknown")
    store.journal.resolve("local", "told", Decimal("0.007"))
    store.journal.open(entry("failed", run="r"))
    store.journal.closed("failed", "failed")
    store.journal.open(entry("open", run="r"))


def test_the_books_of_every_kind_of_run_are_their_sum(store: Store) -> None:
    runs_of_every_kind(store)

    assert () == store.journal.imbalance()
    assert [Held(Decimal("0.047"), Decimal("0.035"))] * 3 == standings(store)


def test_lost_books_are_made_anew_from_the_runs(store: Store) -> None:
    runs_of_every_kind(store)
    before = standings(store)
    with store.database.write() as connection:
        connection.execute(delete(budgets).where(budgets.c.kind == "day"))
        connection.execute(update(budgets).values(spent=1, reserved=-5_000_000))
    assert 3 == len(store.journal.imbalance())

    with store.database.write() as connection:
        recompute(connection, NO_CAPS)

    assert before == standings(store)
    assert () == store.journal.imbalance()


def test_books_of_a_period_without_runs_are_told_and_go(store: Store) -> None:
    draw(store)
    with store.database.write() as connection:
        connection.execute(budgets.insert().values(kind="month", key="1999-12", spent=1_000_000, reserved=0))
    (told,) = store.journal.imbalance()
    assert "the month 1999-12" in told

    with store.database.write() as connection:
        recompute(connection, NO_CAPS)

    assert () == store.journal.imbalance()
