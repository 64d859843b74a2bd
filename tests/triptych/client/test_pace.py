"""How hard the client presses: within the limits it was given, and fair between owners (TRUST.md N6)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from types import SimpleNamespace

import pytest

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import PATIENCE, Answer, Visit, b64, raw, whole
from triptych.client import ImageClient, Pace, Paces, pace
from triptych.errors import RateLimited
from triptych.results import Event, Failed, Finished, Queued, Retrying
from triptych.servers import Account

LIMIT, WINDOW = 10, 0.125  # pictures in so many seconds
JOBS = 50
START = 1000.0  # seconds: when a test's own clock begins


Now = Callable[[], float]


def limited(window: float, limit: int, now: Now) -> tuple[Answer, list[int]]:
    """A server that draws ``limit`` pictures in any ``window`` seconds, and the statuses it has answered with."""
    taken: list[float] = []
    statuses: list[int] = []

    async def answer(visit: Visit) -> None:
        at = now()
        taken[:] = [one for one in taken if one > at - window]
        statuses.append(200 if len(taken) < limit else 429)
        if len(taken) < limit:
            taken.append(at)
            await visit.say(whole({"data": [{"b64_json": b64()}]}))
        else:
            wait = f"{min(taken) + window - at:.3f}"
            await visit.say(whole({"error": {"code": "rate_limit_exceeded"}}, 429, retry_after=wait))

    return answer, statuses


@dataclass
class Clock:
    """The time of one pace: it stands still while anything is in flight, then goes on to when the line may go on."""

    here: Pace
    now: float = START

    def monotonic(self) -> float:
        return self.now

    def get_running_loop(self) -> "Clock":
        return self

    def create_future(self) -> asyncio.Future[None]:
        return asyncio.get_running_loop().create_future()

    def call_later(self, seconds: float, then: Callable[[], None]) -> asyncio.Handle:
        """What is in flight calls anew when it has ended, so only the last one's call lets the time pass."""

        def pass_on() -> None:
            if not self.here._flying:
                self.now += seconds
                then()

        return asyncio.get_running_loop().call_soon(pass_on)

    @classmethod
    def rule(cls, here: Pace, monkeypatch: pytest.MonkeyPatch) -> "Clock":
        """Let ``here``, the one pace of the test, go by such a clock."""
        clock = cls(here)
        monkeypatch.setattr(pace, "time", clock)
        names = {"get_running_loop": clock.get_running_loop, "CancelledError": asyncio.CancelledError}
        monkeypatch.setattr(pace, "asyncio", SimpleNamespace(**names))
        return clock


async def heard(client: ImageClient, owner: str, hear: Callable[[Event], None]) -> bool:
    """Whether a drawing of ``owner`` finishes; each of its events is told to ``hear`` as it comes."""
    finished = False
    async for event in client.draw(asking(), owner=owner):
        hear(event)
        finished = finished or isinstance(event, Finished)
    return finished


async def finishes(client: ImageClient, owner: str, done: Callable[[str], None]) -> bool:
    finished = await heard(client, owner, lambda _: None)
    done(owner)
    return finished


@pytest.mark.parametrize("limit", [5, 10])
async def test_a_known_limit_is_kept_and_all_finish_in_fair_turns(
    make: Make, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    here = Pace(8, limit)
    clock = Clock.rule(here, monkeypatch)
    ways = cycle([0.9] * limit + [0.0] * limit)  # seconds to the server: a slow minute, then one that overtakes it
    answer, statuses = limited(pace.MINUTE, limit, lambda: clock.now + next(ways))
    order: list[str] = []
    async with raw(answer) as server, asyncio.timeout(20 * PATIENCE):
        client = make(server.base_url, pace=here)
        owners = ["many"] * (JOBS - 10) + ["few"] * 10
        done = await asyncio.gather(*(finishes(client, owner, order.append) for owner in owners))

    assert all(done)
    assert [200] * JOBS == statuses
    assert JOBS // limit - 1 == (clock.now - START) // pace.MINUTE  # and no longer than the limit asks for
    last_of_few = max(place for place, owner in enumerate(order) if owner == "few")
    assert JOBS - 10 > last_of_few  # and not after the other's forty, which were asked for before


@pytest.mark.parametrize("images", [3, 4, 10])
async def test_pictures_are_counted_not_requests(monkeypatch: pytest.MonkeyPatch, images: int) -> None:
    here, waits = Pace(8, 5), []
    clock = Clock.rule(here, monkeypatch)
    for _ in range(3):
        async with here.turn("me", images, lambda reason, _: waits.append(reason)):
            pass

    assert ["at most 5 images a minute"] * 2 == waits
    assert START + 2 * pace.MINUTE <= clock.now


async def test_less_than_one_a_minute_is_a_rate_too(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Pace(8, 0.5)
    clock = Clock.rule(here, monkeypatch)
    for _ in range(2):
        async with here.turn("me", 1, lambda *_: None):
            pass

    assert START + 2 * pace.MINUTE <= clock.now


async def test_an_unknown_limit_is_learned_without_hammering(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Pace(8)
    clock = Clock.rule(here, monkeypatch)
    answer, statuses = limited(WINDOW, LIMIT, lambda: clock.now)
    async with raw(answer) as server, asyncio.timeout(4 * PATIENCE):
        client = make(server.base_url, pace=here)
        done = await asyncio.gather(*(finishes(client, "me", lambda _: None) for _ in range(JOBS)))

    assert all(done)
    assert JOBS == statuses.count(200)
    assert START + (JOBS // LIMIT - 1) * WINDOW == clock.now  # and no longer than the limit asks for
    assert (JOBS // LIMIT - 1) * here.most >= statuses.count(429)  # what was in flight at each hit, and none after it


@pytest.mark.parametrize(("places", "why"), [(1, "1 request is in flight"), (3, "3 requests are in flight")])
async def test_no_more_are_in_flight_than_allowed_and_who_waits_hears_why(make: Make, places: int, why: str) -> None:
    flying, most, waits = 0, 0, list[Queued]()
    all_are_there = asyncio.Event()

    def look() -> None:
        if flying + len(waits) == JOBS:
            all_are_there.set()

    def hear(event: Event) -> None:
        waits.extend([event] if isinstance(event, Queued) else [])
        look()

    async def answer(visit: Visit) -> None:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        look()
        await all_are_there.wait()
        flying -= 1
        await visit.say(whole({"data": [{"b64_json": b64()}]}))

    async with raw(answer) as server, asyncio.timeout(4 * PATIENCE):
        client = make(server.base_url, pace=Pace(places))
        assert all(await asyncio.gather(*(heard(client, "me", hear) for _ in range(JOBS))))

    assert places == most
    assert [(why, None)] * (JOBS - places) == [(event.reason, event.seconds) for event in waits]


async def test_a_limit_hit_by_one_owner_holds_back_all_who_use_this_key(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, arrived = Pace(2), []
    clock = Clock.rule(here, monkeypatch)

    async def answer(visit: Visit) -> None:
        arrived.append(clock.now)
        limit = whole({"error": {"code": "rate_limit_exceeded"}}, 429, retry_after="800")
        await visit.say(limit if visit.number == 1 else whole({"data": [{"b64_json": b64()}]}))

    async with raw(answer) as server, asyncio.timeout(PATIENCE):
        client = make(server.base_url, pace=here)
        events = client.draw(asking())
        await anext(event async for event in events if isinstance(event, Retrying))
        others = [event async for event in client.draw(asking(), owner="another")]
        await events.aclose()

    assert [("the rate limit", 800)] == [(each.reason, each.seconds) for each in others if isinstance(each, Queued)]
    assert isinstance(others[-1], Finished)
    assert [START, START + 800] == arrived


async def test_a_limit_of_one_account_holds_no_other(make: Make) -> None:
    async def answer(visit: Visit) -> None:
        limit = whole({"error": {"code": "rate_limit_exceeded"}}, 429, retry_after="800")
        await visit.say(limit if "sk-limited" in visit.head else whole({"data": [{"b64_json": b64()}]}))

    paces = Paces(2)
    async with raw(answer) as server, raw(answer) as elsewhere, asyncio.timeout(PATIENCE):
        clients = [
            make(url, key, pace=paces.of(Account(url, key)))
            for url, key in (
                (server.base_url, "sk-limited"),
                (server.base_url, "sk-free"),
                (elsewhere.base_url, "sk-x"),
            )
        ]
        events = clients[0].draw(asking())
        await anext(event async for event in events if isinstance(event, Retrying))
        others = [event for client in clients[1:] for event in await drawn(client)]
        await events.aclose()

    assert 2 == sum(isinstance(event, Finished) for event in others)
    assert not any(isinstance(event, Queued) for event in others)
    assert (2, 1) == (server.posts, elsewhere.posts)


async def test_a_limit_longer_than_the_longest_is_refused_at_once_to_all_in_line_and_says_when(make: Make) -> None:
    arrived, line_is_full = asyncio.Event(), asyncio.Event()

    async def answer(visit: Visit) -> None:
        arrived.set()
        await line_is_full.wait()
        await visit.say(whole({"error": {"code": "rate_limit_exceeded"}}, 429, retry_after="4997"))

    async with raw(answer) as server, asyncio.timeout(PATIENCE):
        client = make(server.base_url, pace=Pace(1))
        first = asyncio.create_task(drawn(client))
        await arrived.wait()
        line = [client.draw(asking()) for _ in range(2)]
        assert all([isinstance(await anext(events), Queued) for events in line])
        line_is_full.set()
        ends = [(await first)[-1], *[[event async for event in events][-1] for events in line]]

    assert all(isinstance(end, Failed) and isinstance(end.error, RateLimited) for end in ends)
    assert all("83 minutes" in end.error.message and "UTC" in end.error.message for end in ends)
    assert 1 == server.posts


async def test_one_key_has_one_pace_and_what_is_idle_is_forgotten() -> None:
    paces = Paces(2)
    first = paces.of(Account("http://a/v1", "sk-1"))

    assert first is paces.of(Account("http://a/v1/", "sk-1"))
    assert first is not paces.of(Account("http://b/v1", "sk-1"))
    for number in range(5000):
        paces.of(Account("http://a/v1", f"sk-of-{number}"))
    assert 2 >= len(paces)
    assert first is paces.of(Account("http://a/v1", "sk-1"))  # whom a client holds is never made twice


async def test_a_pace_that_knows_of_a_limit_is_kept_until_it_is_over_and_so_many_at_most() -> None:
    paces = Paces(2)
    for number in range(Paces.MOST + 50):
        paces.of(Account("http://a/v1", f"sk-{number}")).slow_down(600)
    last = Account("http://a/v1", f"sk-{Paces.MOST + 49}")

    assert not paces.of(last).idle
    assert Paces.MOST + 1 >= len(paces)


async def test_cancelling_those_who_wait_leaves_every_place_free() -> None:
    here = Pace(2)
    ready = asyncio.Event()

    async def hold() -> None:
        async with here.turn("me", 1, lambda *_: None):
            await ready.wait()

    tasks = [asyncio.create_task(hold()) for _ in range(6)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    for task in tasks[1:]:
        task.cancel()
    await asyncio.gather(*tasks[1:], return_exceptions=True)
    ready.set()
    await tasks[0]

    async with asyncio.timeout(1):
        async with here.turn("me", 1, lambda *_: None), here.turn("you", 1, lambda *_: None):
            pass
