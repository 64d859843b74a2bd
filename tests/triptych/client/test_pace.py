"""How hard the client presses: within the limits it was given, and fair between owners (TRUST.md N6)."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

import pytest

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import PATIENCE, Answer, Visit, b64, raw, whole
from triptych.client import ImageClient, Pace, pace
from triptych.results import Finished, Queued, Retrying

LIMIT, WINDOW = 10, 0.4  # pictures in so many seconds
JOBS = 50


def limited(window: float, limit: int) -> tuple[Answer, list[int]]:
    """A server that draws ``limit`` pictures in any ``window`` seconds, and the statuses it has answered with."""
    taken: deque[float] = deque()
    statuses: list[int] = []

    async def answer(visit: Visit) -> None:
        now = time.monotonic()
        while taken and taken[0] <= now - window:
            taken.popleft()
        statuses.append(200 if len(taken) < limit else 429)
        if len(taken) < limit:
            taken.append(now)
            await visit.say(whole({"data": [{"b64_json": b64()}]}))
        else:
            wait = f"{taken[0] + window - now:.3f}"
            await visit.say(whole({"error": {"code": "rate_limit_exceeded"}}, 429, retry_after=wait))

    return answer, statuses


async def finishes(client: ImageClient, owner: str, done: Callable[[str], None]) -> bool:
    finished = False
    async for event in client.draw(asking(), owner=owner):
        finished = finished or isinstance(event, Finished)
    done(owner)
    return finished


@pytest.mark.parametrize(
    # The minute is shorter here, the way to the server is not: hence the wider margin of the short count.
    ("limit", "window", "margin"),
    [(10, 0.6, 0.4), pytest.param(5, 6.0, pace.MARGIN, marks=pytest.mark.trust)],
)
async def test_a_known_limit_is_kept_and_all_finish_in_fair_turns(
    make: Make, monkeypatch: pytest.MonkeyPatch, *, limit: int, window: float, margin: float
) -> None:
    monkeypatch.setattr(pace, "MINUTE", window)
    monkeypatch.setattr(pace, "MARGIN", margin)
    answer, statuses = limited(window, limit)
    order: list[str] = []
    async with raw(answer) as server, asyncio.timeout(20 * PATIENCE):
        client = make(server.base_url, pace=Pace(8, limit))
        owners = ["many"] * (JOBS - 10) + ["few"] * 10
        done = await asyncio.gather(*(finishes(client, owner, order.append) for owner in owners))

    assert all(done)
    assert 2 >= statuses.count(429)
    last_of_few = max(place for place, owner in enumerate(order) if owner == "few")
    assert JOBS - 10 > last_of_few  # and not after the other's forty, which were asked for before


@pytest.mark.parametrize("images", [3, 4, 10])
async def test_pictures_are_counted_not_requests(monkeypatch: pytest.MonkeyPatch, images: int) -> None:
    monkeypatch.setattr(pace, "MINUTE", 0.2)
    here, waits, started = Pace(8, 5), [], time.monotonic()
    for _ in range(3):
        async with here.turn("me", images, lambda reason, _: waits.append(reason)):
            pass

    assert ["at most 5 images a minute"] * 2 == waits
    assert 0.4 <= time.monotonic() - started


async def test_less_than_one_a_minute_is_a_rate_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MINUTE", 0.1)
    here, started = Pace(8, 0.5), time.monotonic()
    for _ in range(2):
        async with here.turn("me", 1, lambda *_: None):
            pass

    assert 0.2 <= time.monotonic() - started


async def test_an_unknown_limit_is_learned_without_hammering(make: Make) -> None:
    answer, statuses = limited(WINDOW, LIMIT)
    async with raw(answer) as server, asyncio.timeout(4 * PATIENCE):
        client = make(server.base_url, pace=Pace(8))
        done = await asyncio.gather(*(finishes(client, "me", lambda _: None) for _ in range(JOBS)))

    assert all(done)
    assert JOBS == statuses.count(200)
    assert JOBS > statuses.count(429)


async def test_no_more_are_in_flight_than_allowed(make: Make) -> None:
    flying, most = 0, 0

    async def answer(visit: Visit) -> None:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0.02)
        flying -= 1
        await visit.say(whole({"data": [{"b64_json": b64()}]}))

    async with raw(answer) as server:
        client = make(server.base_url, pace=Pace(3))
        assert all(await asyncio.gather(*(finishes(client, "me", lambda _: None) for _ in range(20))))

    assert 3 == most


async def test_who_waits_hears_why(make: Make) -> None:
    async def answer(visit: Visit) -> None:
        await asyncio.sleep(0.02)
        await visit.say(whole({"data": [{"b64_json": b64()}]}))

    async with raw(answer) as server:
        client = make(server.base_url, pace=Pace(1))
        first, second = await asyncio.gather(drawn(client), drawn(client))

    waits = [event for event in (*first, *second) if isinstance(event, Queued)]
    assert ["1 request is in flight"] == [event.reason for event in waits]


async def test_a_limit_hit_by_one_holds_back_all(make: Make) -> None:
    async def answer(visit: Visit) -> None:
        limit = whole({"error": {"code": "rate_limit_exceeded"}}, 429, retry_after="0.3")
        await visit.say(limit if visit.number == 1 else whole({"data": [{"b64_json": b64()}]}))

    async with raw(answer) as server:
        client = make(server.base_url, pace=Pace(2))
        events = client.draw(asking())
        await anext(event async for event in events if isinstance(event, Retrying))
        started = time.monotonic()
        others = [event async for event in client.draw(asking(), owner="another")]
        held = time.monotonic() - started
        await events.aclose()

    assert "the rate limit" == next(event.reason for event in others if isinstance(event, Queued))
    assert 0.2 < held


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
