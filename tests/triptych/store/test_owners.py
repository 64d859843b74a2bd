"""What an older version kept under another name of the same person becomes theirs, all of it and once."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Boolean, Float, Integer, Table, insert, select

from triptych.errors import DatabaseDown
from triptych.store import Store
from triptych.store.db.tables import metadata, votes
from triptych.store.saved import voter_of

OLD, NEW, OTHER = "ada@example.org", "https://login.example.org#ada", "bob@example.org"
OWNED = {table: "owner" for table in metadata.sorted_tables if "owner" in table.c} | {votes: "voter"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "images")


def row(table: Table, owner: str) -> dict[str, object]:
    """A row of ``owner``, whose own key it has."""
    values: dict[str, object] = {}
    for column in table.c:
        numbers = isinstance(column.type, BigInteger | Integer | Float)
        values[column.name] = 1 if numbers else False if isinstance(column.type, Boolean) else owner
    return values | {OWNED[table]: voter_of(owner) if table is votes else owner}


def fill(store: Store, owner: str) -> None:
    """One row of ``owner`` in every table that names an owner."""
    with store.database.write() as connection:
        for table in OWNED:
            connection.execute(insert(table).values(row(table, owner)))


def owners(store: Store) -> dict[str, list[str]]:
    with store.database.read() as connection:
        return {
            table.name: sorted(
                one.removeprefix("owner ") for one in connection.execute(select(table.c[name])).scalars()
            )
            for table, name in OWNED.items()
        }


def test_every_table_that_names_an_owner_is_taken_over_and_others_are_left_alone(store: Store) -> None:
    fill(store, OLD)
    fill(store, OTHER)
    assert 1 == store.owners.images([OLD])

    assert 1 == store.owners.take_over([OLD, "never there"], NEW)

    assert {table.name: sorted([NEW, OTHER]) for table in OWNED} == owners(store)
    assert (0, 1) == (store.owners.images([OLD]), store.owners.images([NEW]))


def test_taking_over_once_more_changes_nothing(store: Store) -> None:
    fill(store, OLD)
    store.owners.take_over([OLD], NEW)
    before = owners(store)

    assert 0 == store.owners.take_over([OLD, NEW], NEW)

    assert before == owners(store)


def test_two_tabs_that_take_over_at_once_take_over_once(store: Store) -> None:
    fill(store, OLD)
    ready, given = threading.Barrier(8), list[int]()

    def take() -> None:
        ready.wait()
        given.append(store.owners.take_over([OLD], NEW))

    tabs = [threading.Thread(target=take) for _ in range(8)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()

    assert [0] * 7 + [1] == sorted(given)


def test_what_cannot_be_taken_over_whole_is_not_taken_over_at_all(store: Store) -> None:
    fill(store, OLD)
    with store.database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no_votes BEFORE UPDATE ON votes BEGIN SELECT RAISE(ABORT, 'no'); END"
        )

    with pytest.raises(DatabaseDown):
        store.owners.take_over([OLD], NEW)

    assert {table.name: [OLD] for table in OWNED} == owners(store)


def test_a_takeover_is_in_the_log(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    fill(store, OLD)

    store.owners.take_over([OLD], NEW)

    assert [f"{NEW} took over 1 images of '{OLD}'"] == [record.getMessage() for record in caplog.records]
