"""How often the database is asked for each run: with many of them, the statements are most of what a run costs us."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from sqlalchemy import event

from tests.triptych.store.drawn import entry, keep, noted
from triptych.errors import NotSaved
from triptych.results import Picture
from triptych.store import Ending, Going, Kept, Store
from triptych.store.values import Query

IMAGE = Picture(b"an image", "png", 8, 8)
AROUND = ("BEGIN", "SELECT pg_advisory")  # what only one kind of database is told


@contextmanager
def asked(store: Store) -> Iterator[list[str]]:
    """The first words of the statements that are run within."""
    words: list[str] = []

    def hear(*told: object) -> None:
        if not (statement := str(told[2])).startswith(AROUND):
            words.append(statement.split(maxsplit=1)[0])

    event.listen(store.database.engine, "before_cursor_execute", hear)
    try:
        yield words
    finally:
        event.remove(store.database.engine, "before_cursor_execute", hear)


def test_many_runs_that_go_out_together_take_as_many_statements_as_one(store: Store) -> None:
    store.journal.open_many([entry(f"t{number}", run="r") for number in range(8)])

    with asked(store) as words:
        refused = store.journal.sent_many([Going(f"t{number}", 0, 1) for number in range(8)])

    assert (None,) * 8 == refused
    assert ["SELECT", "INSERT", "UPDATE"] == words


def test_the_end_of_a_run_takes_six_statements(store: Store) -> None:
    store.journal.open(entry())
    store.journal.sent("t", 0, 1)
    kept = Kept(0, store.save(IMAGE), noted(IMAGE))

    with asked(store) as words:
        store.journal.finished("t", 0, [kept], Decimal("0.015"), 2.5)

    # the run; its image and its answer; its money in three periods, and what no sidecar tells of it; its end
    assert ["SELECT", "INSERT", "INSERT", "UPDATE", "SELECT", "UPDATE"] == words


def test_the_ends_of_many_runs_take_as_many_statements_as_that_of_one(store: Store) -> None:
    """One whose image is gone is refused alone, and the books are right for the others."""
    tickets = [f"t{number}" for number in range(8)]
    store.journal.open_many([entry(ticket, run="r") for ticket in tickets])
    store.journal.sent_many([Going(ticket, 0, 1) for ticket in tickets])
    kept, gone = Kept(0, store.save(IMAGE), noted(IMAGE)), store.save(Picture(b"another", "png", 8, 8))
    store.files.forget(gone)
    pieces = {**dict.fromkeys(tickets, kept), "t3": Kept(0, gone, noted(IMAGE))}

    with asked(store) as words:
        refused = store.journal.finished_many(
            [Ending(ticket, 0, (pieces[ticket],), Decimal("0.015"), 2.5) for ticket in tickets]
        )

    assert ["SELECT", "INSERT", "INSERT", "UPDATE", "SELECT", "UPDATE"] == words
    assert ["t3"] == [ticket for ticket, why in zip(tickets, refused, strict=True) if isinstance(why, NotSaved)]
    assert {**dict.fromkeys(tickets, "done"), "t3": "sent"} == store.journal.statuses(tickets)
    assert Decimal("0.105") == store.journal.money("run", "r").spent
    assert () == store.journal.imbalance()


def test_a_run_that_ended_without_an_image_has_one_record_once_its_image_comes(store: Store) -> None:
    store.journal.open(entry())
    store.journal.sent("t", 0, 1)
    store.journal.closed("t", "unknown")
    keep(store, "t")

    store.journal.closed("t", "done", Decimal("0.015"))

    assert ["done"] == [record.status for record in store.history.search("local", Query()).records]
