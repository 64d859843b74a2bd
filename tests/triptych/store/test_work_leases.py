"""A piece of work that one process at a time does, on both homes: taken, held on, given back and succeeded."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from tests import forks
from tests.clock import stop_at
from tests.triptych.store.cradle import run
from tests.triptych.store.drawn import Home
from triptych.store import Store
from triptych.store.db.statements import clock
from triptych.store.db.tables import leases, processes
from triptych.store.ledger.presence import GONE_MICROS, me

TAKES = """
import sys
from pathlib import Path
from tests.triptych.store.drawn import Home
images, database = sys.argv[1:]
store = Home(images if "://" in images else Path(images), database).store()
print(store.leases.take("work"), flush=True)
"""

TAKES_AT_A_WORD = """
import sys
from pathlib import Path
from tests.triptych.store.drawn import Home
images, database = sys.argv[1:]
store = Home(images if "://" in images else Path(images), database).store()
store.leases.take("something else")
print("ready", flush=True)
sys.stdin.readline()
print(store.leases.take("work"), flush=True)
sys.stdin.readline()
"""


def another_takes(place: Home) -> str:
    """What another process that tries, and then is gone without a word, is told."""
    done = run(TAKES, str(place.images), place.database)
    done.check_returncode()
    return done.stdout.strip()


def held_by_another(store: Store, heartbeat: int = 0, until: int = 60_000_000) -> None:
    """A process of another host has it, ``heartbeat`` and ``until`` in microseconds from now."""
    with store.database.write() as connection:
        at = clock(connection)
        row = {"id": "other", "host": "elsewhere", "pid": 1, "home": ""}
        connection.execute(insert(processes).values(**row, started=at, heartbeat=at + heartbeat))
        connection.execute(insert(leases).values(name="work", holder="other", until=at + until))


def test_what_one_process_holds_no_other_takes_until_it_is_given_back(place: Home, store: Store) -> None:
    assert store.leases.take("work")
    assert store.leases.take("work")
    assert "False" == another_takes(place)

    store.leases.give_back("work")

    assert "True" == another_takes(place)


def test_of_many_that_want_it_at_once_one_has_it(place: Home, store: Store) -> None:
    store.leases.take("another work")
    command = ("-c", TAKES_AT_A_WORD, str(place.images), place.database)
    with ExitStack() as running:
        all_of_them = [running.enter_context(forks.talking(*command)) for _ in range(3)]
        assert ["ready\n"] * 3 == [one.stdout.readline() for one in all_of_them]
        for one in all_of_them:
            one.stdin.write("go\n")
        said = [one.stdout.readline().strip() for one in all_of_them]

    assert ["False", "False", "True"] == sorted(said)


def test_one_that_is_known_to_be_gone_is_succeeded_at_once(place: Home, store: Store) -> None:
    assert "True" == another_takes(place)

    assert store.leases.take("work")


def test_one_that_lives_elsewhere_keeps_it_and_one_that_fell_silent_does_not(store: Store) -> None:
    held_by_another(store)
    assert not store.leases.take("work")

    with store.database.write() as connection:
        silent = update(processes).where(processes.c.id == "other")
        connection.execute(silent.values(heartbeat=clock(connection) - GONE_MICROS - 1))

    assert store.leases.take("work")


def test_one_that_lives_and_is_stuck_is_succeeded_when_its_seconds_are_over(store: Store) -> None:
    held_by_another(store, until=-1)

    assert store.leases.take("work")
    store.leases.give_back("work")


def test_who_has_lost_it_gives_nothing_back(store: Store) -> None:
    held_by_another(store)

    store.leases.give_back("work")

    assert not store.leases.take("work")


@pytest.mark.parametrize("day", ["2020-01-01", "2036-01-01"])
def test_it_is_held_by_the_clock_of_the_database(store: Store, monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    stop_at(monkeypatch, day, "triptych.store.db.units")

    assert store.leases.take("work", timedelta(seconds=90))

    with store.database.read() as connection:
        row = connection.execute(select(leases, (leases.c.until - clock(connection)).label("left"))).one()
    assert me() == row.holder
    assert 80_000_000 < row.left <= 90_000_000
