"""What is counted over everything is counted by the database, or seldom: room and spending at any size."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select

from tests.triptych.store.drawn import draw
from triptych.store import Store
from triptych.store import room as module
from triptych.store.books import recompute
from triptych.store.entries import Latency, Made
from triptych.store.tables import drawings, parts, records
from triptych.store.units import now

PERIOD = (now() - timedelta(days=2), now() + timedelta(days=2))


def copied(store: Store, times: int) -> None:
    """The one run there is, so many times over."""
    with store.database.write() as connection:
        for table in (drawings, parts, records):
            row = dict(connection.execute(select(table)).mappings().one())
            again = [{**row, "ticket": f"c{n}", **({"id": f"c{n}"} if table is records else {})} for n in range(times)]
            connection.execute(insert(table), again)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ((7.0,), (7.0, 7.0, 7.0)),
        ((1.0, 2.0, 3.0, 4.0), (2.0, 4.0, 4.0)),
        (tuple(map(float, range(1, 21))), (10.0, 18.0, 20.0)),
    ],
)
def test_half_and_nine_tenths_are_times_that_were_seen(
    store: Store, seconds: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    for number, took in enumerate(reversed(seconds)):
        draw(store, f"t{number}", of={"seconds": took})

    half, most, slowest = expected
    told = Latency(key="gpt-image-2 low", answers=len(seconds), half=half, nine_tenths=most, slowest=slowest)
    assert (told,) == store.history.spent("local", *PERIOD).latencies()


def test_spending_over_many_runs_takes_as_many_statements_and_rows_as_over_one(store: Store) -> None:
    draw(store, "first")
    asked: list[str] = []
    event.listen(store.database.engine, "after_cursor_execute", lambda *told: asked.append(told[2]))

    one = store.history.spent("local", *PERIOD)
    copied(store, 1_000)
    with store.database.write() as connection:
        recompute(connection, store.caps)
    asked.clear()
    many = store.history.spent("local", *PERIOD)

    assert 4 == sum(each.startswith("SELECT") for each in asked)
    assert [{1}] * 2 == [{len(rows) for rows in vars(spent).values()} for spent in (one, many)]
    (first,), (all_of_them,) = (spent.by("tier", charged=True) for spent in (one, many))
    assert (1001 * first.dollars, 1001) == (all_of_them.dollars, all_of_them.drawings)
    assert Made(images=1001, kept=1001) == many.made(charged=True)


def test_spending_sums_what_indexes_hold_and_reads_no_row_of_a_run(local: Store) -> None:
    draw(local)
    asked: list[tuple[str, tuple[object, ...]]] = []
    event.listen(local.database.engine, "after_cursor_execute", lambda *told: asked.append((told[2], told[3])))
    local.history.spent("local", *PERIOD)
    local.history.learned("local")
    sums = [each for each in asked if each[0].startswith("SELECT")]

    with local.database.read() as connection:
        plans = [
            [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            for statement, values in sums
        ]

    assert 5 == len(plans)
    read = [step for plan in plans for step in plan if any(name in step for name in ("drawings", "parts", "records"))]
    assert 7 == len(read)
    assert [] == [step for step in read if "COVERING INDEX" not in step]
    assert [] == [step for plan in plans for step in plan if "TEMP B-TREE" in step]


def test_the_room_is_listed_once_in_an_hour(local: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(local)
    listed: list[str] = []
    names = local.files.place.names

    def listing(below: str) -> Iterator[tuple[str, int]]:
        listed.append(below)
        return names(below)

    monkeypatch.setattr(local.files.place, "names", listing)
    first, again = local.room.taken(), local.room.taken()
    draw(local, "b", data=b"more")
    monkeypatch.setattr(module, "FRESH", -1.0)
    later = local.room.taken()

    assert (first, ["originals", "thumbnails"] * 2) == (again, listed)
    assert (1, 2, 0) == (first.space.pictures, later.space.pictures, later.orphans)
