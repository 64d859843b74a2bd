"""A process that was silent sends nothing whose money another gave back, on both homes (TRUST.md M11, M12)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, update

from tests import forks
from tests.clock import stop_at
from tests.serving import ROOT
from tests.triptych.client.raw import PATIENCE, Visit, raw, whole
from tests.triptych.store.cradle import run
from tests.triptych.store.drawn import NO_CAPS, REQUEST, Home, entry
from triptych.budget import Budget
from triptych.client import ImageClient, Pace
from triptych.errors import GivenBack
from triptych.results import Event, Failed, Queued
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Going, Held, Store
from triptych.store.db.statements import clock
from triptych.store.db.tables import drawings, processes
from triptych.store.ledger.presence import GONE_MICROS
from triptych.studio import Order, Saved, Studio

RECOVERS = """
import sys
from pathlib import Path
from tests.triptych.store.drawn import Home
images, database = sys.argv[1:]
store = Home(images if "://" in images else Path(images), database).store()
store.journal.recover()
store.close()
"""


RECOVERS_AT_A_WORD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.triptych.store.drawn import Home
images = sys.argv[2]
store = Home(images if "://" in images else Path(images), sys.argv[3]).store()
store.journal.money("day")
print("ready", flush=True)
sys.stdin.readline()
print(*(lost.ticket for lost in store.journal.recover().unknown))
store.close()
"""


def fall_silent(store: Store) -> None:
    """Be a process that has not been heard of for longer than a minute, and whose beat does not come back."""
    store.journal.presence._over.set()
    with store.database.write() as connection:
        connection.execute(update(processes).values(heartbeat=clock(connection) - GONE_MICROS - 1))


def another_recovers(place: Home) -> None:
    """Another process on the same records gives back what was left."""
    run(RECOVERS, str(place.images), place.database).check_returncode()


def test_two_that_recover_at_once_settle_each_run_once(place: Home, store: Store) -> None:
    tickets = [f"t{number}" for number in range(20)]
    store.journal.open_many([entry(ticket, run="r") for ticket in tickets])
    for ticket in tickets[:10]:
        store.journal.sent(ticket, 0, 1)
    fall_silent(store)
    command = ("-c", RECOVERS_AT_A_WORD, str(ROOT), str(place.images), place.database)
    with forks.talking(*command) as first, forks.talking(*command) as second:
        both = (first, second)
        assert ["ready\n"] * 2 == [one.stdout.readline() for one in both]
        for one in both:
            one.stdin.write("go\n")
        said = [one.stdout.read().split() for one in both]

    assert [0, 0] == [one.returncode for one in both]
    assert tickets[:10] == sorted(said[0] + said[1], key=tickets.index)
    assert {"unknown", "cancelled"} == set(store.journal.statuses(tickets).values())
    assert Held(Decimal(0), Decimal("0.2")) == store.journal.money("run", "r")
    assert () == store.journal.imbalance()


@dataclass
class Run:
    """A run that is followed: its events, and the moment when it waits for its turn."""

    events: list[Event] = field(default_factory=list)
    waits: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, store: Store, client: ImageClient, ticket: str) -> None:
        studio = Studio(store, Budget(store, {}))
        request = replace(REQUEST, prompt=ticket)
        async for event in studio.draw(client, Order(request, ticket, redraw=True, any_price=True)):
            self.events.append(event)
            if isinstance(event, Queued):
                self.waits.set()


async def posts_of_a_silent_process(
    store: Store, meanwhile: Callable[[], None], answer: Callable[[Visit], Awaitable[None]]
) -> tuple[int, Run]:
    """One run is in flight and another waits behind it; ``meanwhile`` happens; then the first is answered."""
    flying, go = asyncio.Event(), asyncio.Event()

    async def park(visit: Visit) -> None:
        flying.set()
        await go.wait()
        await answer(visit)

    async with raw(park) as server:
        client = ImageClient(Account(server.base_url, "sk-test", server=LIKE_OPENAI), Pace(1))
        first, second = Run(), Run()
        one = asyncio.create_task(first.follow(store, client, "first"))
        await asyncio.wait_for(flying.wait(), PATIENCE)
        two = asyncio.create_task(second.follow(store, client, "second"))
        await asyncio.wait_for(second.waits.wait(), PATIENCE)
        await asyncio.to_thread(meanwhile)
        go.set()
        await asyncio.gather(one, two)
        await client.aclose()
        return server.posts, second


async def test_a_run_that_another_gave_back_is_not_sent(place: Home, store: Store) -> None:
    def meanwhile() -> None:
        fall_silent(store)
        another_recovers(place)

    posts, second = await posts_of_a_silent_process(store, meanwhile, lambda visit: visit.say(whole({}, 400)))

    assert 1 == posts
    (*_, last) = second.events
    assert isinstance(last, Failed)
    assert isinstance(last.error, GivenBack)
    assert not last.error.may_be_charged
    assert {"second": "cancelled"} == store.journal.statuses(["second"])
    assert Decimal(0) == store.journal.money("run", "second").reserved


async def test_a_process_that_others_may_take_for_gone_sends_nothing(store: Store) -> None:
    posts, second = await posts_of_a_silent_process(
        store, lambda: fall_silent(store), lambda visit: visit.say(whole({}, 400))
    )

    assert 1 == posts
    assert isinstance(second.events[-1], Failed)
    assert isinstance(second.events[-1].error, GivenBack)


async def test_what_was_given_back_while_it_waited_to_be_sent_again_is_not(place: Home, store: Store) -> None:
    limit = whole({"error": {"message": "slow", "code": "rate_limit_exceeded"}}, 429, retry_after="0")

    async def answer(visit: Visit) -> None:
        if visit.number == 1:
            await asyncio.to_thread(fall_silent, store)
            await asyncio.to_thread(another_recovers, place)
        await visit.say(limit)

    async with raw(answer) as server:
        client = ImageClient(Account(server.base_url, "sk-test", server=LIKE_OPENAI))
        run = Run()
        await run.follow(store, client, "t")
        await client.aclose()

    assert 1 == server.posts
    assert isinstance(run.events[-1], Failed)
    assert isinstance(run.events[-1].error, GivenBack)


def test_each_of_many_that_go_out_together_is_answered_for_itself(store: Store) -> None:
    store.journal.open_many([entry(ticket, run="r") for ticket in ("mine", "ended", "theirs")])
    store.journal.closed("ended", "failed")
    with store.database.write() as connection:
        connection.execute(update(drawings).where(drawings.c.ticket == "theirs").values(process="another"))

    said = store.journal.sent_many([Going(ticket, 0, 1) for ticket in ("ended", "mine", "theirs", "never opened")])

    assert [True, False, True, True] == [isinstance(one, GivenBack) for one in said]
    statuses = store.journal.statuses(["mine", "ended", "theirs"])
    assert {"mine": "sent", "ended": "failed", "theirs": "queued"} == statuses


def test_an_answer_that_comes_after_its_run_was_given_back_counts_once(store: Store) -> None:
    store.journal.open(entry("t"))
    store.journal.sent("t", 0, 1)
    store.journal.closed("t", "unknown", Decimal("0.005"))

    store.journal.closed("t", "done", Decimal("0.015"))

    assert Held(Decimal("0.015"), Decimal(0)) == store.journal.money("day")
    assert () == store.journal.imbalance()


def test_an_answer_that_comes_after_a_persons_word_leaves_the_word(store: Store) -> None:
    store.journal.open(entry("t"))
    store.journal.sent("t", 0, 1)
    store.journal.closed("t", "unknown")
    store.journal.resolve("local", "t", Decimal("0.01"))

    store.journal.closed("t", "done", Decimal("0.015"))

    assert Held(Decimal("0.01"), Decimal(0)) == store.journal.money("day")


def left_by(store: Store, *, home: str) -> None:
    """A run of a process on another host that said a moment ago that it lives."""
    store.journal.open(entry("t"))
    store.journal.sent("t", 0, 1)
    with store.database.write() as connection:
        at = clock(connection)
        row = {"id": "other", "host": "elsewhere", "pid": 1, "home": home}
        connection.execute(insert(processes).values(**row, started=at, heartbeat=at))
        connection.execute(update(drawings).values(process="other"))


def test_who_holds_the_home_of_a_process_knows_at_once_that_it_is_gone(place: Home) -> None:
    store = Store(place.images, place.database, caps=NO_CAPS, home=lambda: "home")
    left_by(store, home="home")

    assert ["t"] == [lost.ticket for lost in store.journal.recover().unknown]
    store.close()


def test_a_process_of_another_home_is_given_its_minute_by_the_clock_of_the_database(place: Home) -> None:
    store = Store(place.images, place.database, caps=NO_CAPS, home=lambda: "home")
    left_by(store, home="another")
    assert () == store.journal.recover().unknown

    with store.database.write() as connection:
        connection.execute(update(processes).values(heartbeat=clock(connection) - GONE_MICROS - 1))

    assert ["t"] == [lost.ticket for lost in store.journal.recover().unknown]
    store.close()


@pytest.mark.parametrize("day", ["2020-01-01", "2036-01-01"])
def test_a_clock_that_was_set_neither_takes_a_run_from_who_lives_nor_leaves_that_of_who_is_gone(
    store: Store, monkeypatch: pytest.MonkeyPatch, day: str
) -> None:
    left_by(store, home="")
    stop_at(monkeypatch, day, "triptych.store.db.units")
    store.journal.open(entry("mine"))
    store.journal.sent("mine", 0, 1)
    assert () == store.journal.recover().unknown

    with store.database.write() as connection:
        silent = update(processes).where(processes.c.id == "other")
        connection.execute(silent.values(heartbeat=clock(connection) - GONE_MICROS - 1))

    assert ["t"] == [lost.ticket for lost in store.journal.recover().unknown]


def test_a_beat_is_told_by_the_clock_of_the_database(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_at(monkeypatch, "2020-01-01", "triptych.store.db.units")
    with store.database.read() as connection:
        before = connection.execute(select(clock(connection))).scalar_one()
    store.journal.open(entry("t"))

    with store.database.read() as connection:
        beat = connection.execute(select(processes.c.heartbeat)).scalar_one()
        after = connection.execute(select(clock(connection))).scalar_one()
    assert before <= beat <= after


async def test_the_answers_of_a_living_process_are_saved_as_ever(store: Store) -> None:
    from tests.triptych.client.raw import b64

    body = whole({"created": 1, "data": [{"b64_json": b64()}], "usage": {"input_tokens": 9, "output_tokens": 196}})
    posts, second = await posts_of_a_silent_process(store, lambda: None, lambda visit: visit.say(body))

    assert 2 == posts
    assert isinstance(second.events[-1], Saved)
