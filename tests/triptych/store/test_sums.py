"""What is counted over everything is counted by the database, or seldom: room and spending at any size."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any, Literal

import pytest
from sqlalchemy import delete, event, insert, select

from tests.triptych.store.drawn import draw, entry
from triptych.store import Store
from triptych.store.db.tables import drawings, parts, records
from triptych.store.db.units import now, stamp
from triptych.store.files import room as module
from triptych.store.history.spending import By, unsettled
from triptych.store.ledger.books import recompute
from triptych.store.values import Latency, Made, Spending

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
        (tuple(map(float, range(1, 11))), (5.0, 9.0, 10.0)),
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

    assert 3 == sum(each.startswith("SELECT") for each in asked)
    assert [{1}] * 2 == [{len(rows) for rows in vars(spent).values()} for spent in (one, many)]
    (first,), (all_of_them,) = (spent.by("tier", charged=True) for spent in (one, many))
    assert (1001 * first.dollars, 1001) == (all_of_them.dollars, all_of_them.drawings)
    assert Made(images=1001, kept=1001) == many.made(charged=True)


def varied(store: Store, runs: int) -> tuple[list[dict[str, Any]], ...]:
    """So many runs that differ in all that Spending looks at: their rows, those of their answers and their records'."""
    draw(store, "first")
    chance, tables = random.Random(11), (drawings, parts, records)
    with store.database.write() as connection:
        firsts = [dict(connection.execute(select(table)).mappings().one()) for table in tables]
        made: tuple[list[dict[str, Any]], ...] = ([], [], [])
        for number in range(runs):
            for rows, more in zip(made, any_run(chance, f"c{number}", firsts), strict=True):
                rows.extend(more)
        for table, rows in zip(tables, made, strict=True):
            connection.execute(delete(table))
            connection.execute(insert(table), rows)
        recompute(connection, store.caps)
    return made


def any_run(chance: random.Random, ticket: str, firsts: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], ...]:
    """A run of up to two answers, with none, one or two images of each."""
    drawing, part, record = ({**first, "ticket": ticket} for first in firsts)
    day = now() - timedelta(seconds=chance.randrange(200 * 86_400))
    dollars, high = (chance.choice((None, chance.randrange(200_000))) for _ in range(2))
    drawing |= {
        "owner": chance.choice(("local", "local", "ada")),
        "page": chance.choice(("generate", "edit")),
        "engine": chance.choice(("openai", "openai", "local")),
        "imported": chance.random() < 0.1,
        "created": stamp(day),
        "day": f"{day:%Y-%m-%d}",
        "model": chance.choice(("gpt-image-2", "own: a b")),
        "quality": chance.choice(("low", "high")),
        "status": chance.choice(("done", "done", "failed", "unknown", "cancelled")),
        "settled": chance.choice((None, stamp(day))),
        "charged": chance.random() < 0.8,
        "dollars": dollars,
        "low": high and high // 2,
        "high": high,
        "held": chance.randrange(9_000),
    }
    answers = [{**part, "part": at, "pictures": chance.randrange(3)} for at in range(chance.randrange(3))]
    for answer in answers:
        answer["seconds"] = chance.choice((None, chance.randrange(1, 90_000) / 1_000))
    images = [(answer["part"], at) for answer in answers for at in range(answer["pictures"])]
    kept = [
        {
            **record,
            "id": f"{ticket}-{at}-{position}",
            "part": at,
            "position": position,
            "sha256": chance.choice((None, "a" * 64)),
            "trashed": chance.choice((None, None, 1)),
        }
        for at, position in images
    ]
    return [drawing], answers, kept


def test_all_sums_are_what_a_plain_recount_of_three_thousand_varied_runs_gives(store: Store) -> None:
    runs, answers, images = varied(store, 3_000)
    since, until = now() - timedelta(days=120), now() - timedelta(days=10)

    spent, learned = store.history.spent("local", since, until), store.history.learned("local")

    own = [run for run in runs if run["owner"] == "local" and not run["imported"]]
    mine = {run["ticket"]: run for run in own if run["engine"] != "local" and stamp(since) <= run["created"]}
    mine = {ticket: run for ticket, run in mine.items() if run["created"] < stamp(until)}
    assert len(mine) > 500
    for charged in (None, True, False):
        chosen = {ticket: run for ticket, run in mine.items() if charged in (None, run["charged"])}
        for by, key in KEYS.items():
            assert recounted(chosen.values(), key, free=charged is False) == spent.by(by, charged=charged)
        here = [one for one in images if one["ticket"] in chosen and one["sha256"] and one["trashed"] is None]
        came = sum(answer["pictures"] for answer in answers if answer["ticket"] in chosen)
        assert Made(images=came, kept=len(here)) == spent.made(charged=charged)
    assert timed(mine, answers) == spent.latencies()
    assert ratios(own) == learned


KEYS: dict[By, Callable[[Any], str]] = {
    "day": itemgetter("day"),
    "model": itemgetter("model"),
    "quality": itemgetter("quality"),
    "page": itemgetter("page"),
    "tier": lambda run: f"{run['model']} {run['quality']}",
}


def recounted(runs: Iterable[dict[str, Any]], key: Callable[[Any], str], *, free: bool) -> tuple[Spending, ...]:
    """What they come to by that key, one run after the other."""
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for run in runs:
        groups[key(run)].append(run)
    return tuple(Spending(key=each, **recount(groups[each], free=free)) for each in sorted(groups))


def recount(runs: Sequence[dict[str, Any]], *, free: bool) -> dict[str, Any]:
    """The sums of all of them; with ``free`` none is charged, and what they would have cost is told."""
    billed = [run for run in runs if run["charged"]]
    priced = [run for run in runs if run["dollars"] is not None and run["high"] is not None]
    measured = [run for run in priced if run["charged"]]
    unsaid = [run for run in billed if run["status"] in {"unknown", "cancelled"} and run["settled"] is None]
    unpriced = [run for run in billed if (run["status"], run["dollars"]) == ("done", None)]
    return {
        "dollars": Decimal(sum(run["dollars"] or 0 for run in billed)) / 1_000_000,
        "estimated": Decimal(sum(run["high"] for run in (priced if free else measured))) / 1_000_000,
        "reserved": Decimal(sum(run["held"] for run in billed)) / 1_000_000,
        "drawings": len(runs),
        "measured": len(measured),
        "failed": sum(run["status"] == "failed" for run in runs),
        "unknown": len(unsaid) + len(unpriced),
    }


def timed(runs: dict[str, dict[str, Any]], answers: Iterable[dict[str, Any]]) -> tuple[Latency, ...]:
    """The smallest times within which at least half and nine tenths of each tier's answers came, and the slowest."""
    tiers: defaultdict[str, list[float]] = defaultdict(list)
    for answer in answers:
        run = runs.get(answer["ticket"])
        if run and run["charged"] and answer["seconds"] is not None:
            tiers[KEYS["tier"](run)].append(answer["seconds"])

    def within(seconds: list[float], tenths: int) -> float:
        return min(each for each in seconds if 10 * sum(other <= each for other in seconds) >= tenths * len(seconds))

    return tuple(
        Latency(
            key=key, answers=len(all_of), half=within(all_of, 5), nine_tenths=within(all_of, 9), slowest=max(all_of)
        )
        for key, all_of in sorted(tiers.items())
    )


def ratios(runs: Iterable[dict[str, Any]]) -> dict[str, float]:
    young = [run for run in runs if run["created"] >= stamp(now() - timedelta(days=90)) and run["status"] == "done"]
    known = [run for run in young if run["charged"] and run["dollars"] is not None and run["high"]]
    tiers = {KEYS["tier"](run): [each for each in known if KEYS["tier"](each) == KEYS["tier"](run)] for run in known}
    return {
        key: 2 * sum(run["dollars"] for run in each) / sum(run["low"] + run["high"] for run in each)
        for key, each in tiers.items()
    }


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

    assert 4 == len(plans)
    read = [step for plan in plans for step in plan if any(name in step for name in ("drawings", "parts", "records"))]
    assert 6 == len(read)
    assert [] == [step for step in read if "COVERING INDEX" not in step]
    assert [] == [step for plan in plans for step in plan if "TEMP B-TREE" in step]


def lost(store: Store, ticket: str, status: Literal["unknown", "cancelled"] = "unknown", **more: Any) -> None:
    """A run that was sent and not answered."""
    store.journal.open(entry(ticket, **more))
    store.journal.sent(ticket, 0, 1)
    store.journal.closed(ticket, status)


def test_what_is_to_be_settled_is_found_whole_and_the_newest_first(store: Store) -> None:
    draw(store, "done")
    lost(store, "first")
    lost(store, "stopped", "cancelled")
    lost(store, "free", charged=False, engine="demo")
    lost(store, "theirs", owner="ada")
    lost(store, "told")
    lost(store, "last")
    store.journal.resolve("local", "told", Decimal(0))
    store.history.trash("local", [each.id for each in store.history.unsettled("local", 9).records])

    every, newest = store.history.unsettled("local", 9), store.history.unsettled("local", 1)

    assert (["last", "stopped", "first"], 3) == ([each.ticket for each in every.records], every.total)
    assert (["last"], 3) == ([each.ticket for each in newest.records], newest.total)


def test_what_is_to_be_settled_is_looked_up_and_no_other_run_is_read(local: Store) -> None:
    with local.database.read() as connection:
        asked = unsettled("local").compile(connection, compile_kwargs={"literal_binds": True})
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]

    (runs,) = (step for step in plan if "drawings" in step)
    assert "drawings_by_outcome (owner=? AND status=? AND charged=? AND settled=?)" in runs
    assert [True] == ["(ticket=?" in step for step in plan if "records" in step]


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
