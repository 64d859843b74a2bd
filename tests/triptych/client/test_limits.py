"""What a server says of its limits is heeded before it refuses anything (TRUST.md N6)."""

import asyncio
from collections.abc import Callable

import pytest

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import PATIENCE, Answer, Visit, b64, raw, whole
from tests.triptych.client.test_pace import JOBS, START, Clock, finishes
from triptych.client import ImageClient, Pace, Paces, pace
from triptych.results import Finished, Queued, Retrying
from triptych.servers import Account

IMAGE = {"data": [{"b64_json": b64()}]}
LIMIT, MINUTE = 10, pace.MINUTE


def limits(left: float, reset: float, of: str = "requests", limit: int = LIMIT) -> dict[str, str]:
    told = {"limit": f"{limit}", "remaining": f"{int(left)}", "reset": f"{reset:.3f}s"}
    return {f"x_ratelimit_{what}_{of}": value for what, value in told.items()}


def leaking(now: Callable[[], float]) -> tuple[Answer, list[int]]:
    """A server whose limit comes back a little at a time, as OpenAI's does, and the statuses it answered with."""
    level, at, statuses = float(LIMIT), now(), list[int]()

    async def answer(visit: Visit) -> None:
        nonlocal level, at
        level, at = min(LIMIT, level + (now() - at) * LIMIT / MINUTE), now()
        statuses.append(200 if level >= 1 else 429)
        level -= level >= 1
        told = limits(level, (LIMIT - level) * MINUTE / LIMIT)
        body = IMAGE if statuses[-1] == 200 else {"error": {"code": "rate_limit_exceeded"}}
        await visit.say(whole(body, statuses[-1], **told))

    return answer, statuses


def in_windows(now: Callable[[], float]) -> tuple[Answer, list[int]]:
    """A server whose limit comes back at once when a minute is over."""
    begun, count, statuses = now(), 0, list[int]()

    async def answer(visit: Visit) -> None:
        nonlocal begun, count
        if now() >= begun + MINUTE:
            begun, count = now(), 0
        statuses.append(200 if count < LIMIT else 429)
        count += count < LIMIT
        told = limits(LIMIT - count, begun + MINUTE - now())
        body = IMAGE if statuses[-1] == 200 else {"error": {"code": "rate_limit_exceeded"}}
        await visit.say(whole(body, statuses[-1], **told))

    return answer, statuses


@pytest.mark.parametrize(("server_of", "refusals"), [(leaking, 0), (in_windows, 1)])
async def test_a_told_limit_is_kept_without_being_refused_and_all_of_it_is_used(
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    server_of: Callable[[Callable[[], float]], tuple[Answer, list[int]]],
    refusals: int,
) -> None:
    here = Pace(4)
    clock = Clock.rule(here, monkeypatch)
    monkeypatch.setattr(ImageClient, "_seconds_to_wait", lambda *_: 0.0)  # it waits in line, by the clock
    answer, statuses = server_of(lambda: clock.now)
    async with raw(answer) as server, asyncio.timeout(4 * PATIENCE):
        client = make(server.base_url, pace=here)
        done = await asyncio.gather(*(finishes(client, "me", lambda _: None) for _ in range(JOBS)))

    assert all(done)
    assert (JOBS, refusals) == (statuses.count(200), statuses.count(429))
    assert clock.now - START <= (JOBS / LIMIT - 1) * MINUTE * 1.1


async def test_what_one_client_hears_holds_all_of_the_same_server_and_key_and_nobody_else(make: Make) -> None:
    async def answer(visit: Visit) -> None:
        await visit.say(whole(IMAGE, **limits(0, 600, limit=1)))

    paces = Paces(2)
    async with raw(answer) as server, asyncio.timeout(PATIENCE):
        url = server.base_url
        one, same, other = (make(url, key, pace=paces.of(Account(url, key))) for key in ("sk-a", "sk-a", "sk-b"))
        assert isinstance((await drawn(one))[-1], Finished)
        held = same.draw(asking(), owner="another")
        first = await anext(held)
        free = await drawn(other)
        await held.aclose()

    assert isinstance(first, Queued)
    assert "the rate limit" == first.reason
    assert 600 - PATIENCE < (first.seconds or 0) <= 612
    assert isinstance(free[-1], Finished)
    assert not any(isinstance(event, Queued) for event in free)
    assert 2 == server.posts


@pytest.mark.parametrize("of", ["images", "input_images"])
async def test_a_limit_on_images_counts_images(monkeypatch: pytest.MonkeyPatch, of: str) -> None:
    here, waits = Pace(8), []
    clock = Clock.rule(here, monkeypatch)
    told = {name.replace("_", "-"): value for name, value in limits(4, 36, of).items()}
    for images in (1, 3, 2):
        async with here.turn("me", images, lambda reason, seconds: waits.append((reason, seconds))) as turn:
            if images == 1:
                turn.heard(told)

    ((reason, seconds),) = waits
    assert "the rate limit" == reason
    assert 6 < seconds < 7  # one of the two is left, and one comes back in six seconds
    assert START + 6 < clock.now < START + 7


async def test_what_was_sent_since_is_not_left_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    here, waits = Pace(8), []
    Clock.rule(here, monkeypatch)
    told = {name.replace("_", "-"): value for name, value in limits(2, 48).items()}
    turns = [here.turn("me", 1, lambda *_: None) for _ in range(3)]
    async with turns[0] as first, turns[1], turns[2]:
        first.heard(told)
    async with here.turn("me", 1, lambda reason, _: waits.append(reason)):
        pass

    assert ["the rate limit"] == waits


async def test_a_refusal_that_names_no_time_is_over_at_the_reset_it_tells(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Pace(2)
    Clock.rule(here, monkeypatch)

    async def answer(visit: Visit) -> None:
        refusal = whole({"error": {"code": "rate_limit_exceeded"}}, 429, **limits(0, 300))
        await visit.say(refusal if visit.number == 1 else whole(IMAGE))

    async with raw(answer) as server, asyncio.timeout(PATIENCE):
        events = make(server.base_url, pace=here).draw(asking())
        retrying = await anext(event async for event in events if isinstance(event, Retrying))
        await events.aclose()

    assert 300 <= retrying.seconds < 301


ODD = {
    "nothing": {},
    "a day": limits(0, 86_400),
    "no limit": {"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "60s"},
    "a limit of none": limits(0, 60, limit=0),
    "less than nothing": {**limits(0, 60), "x_ratelimit_remaining_requests": "-1"},
    "words": dict.fromkeys(limits(0, 60), "soon"),
    "no end": dict.fromkeys(limits(0, 60), "9" * 400),
    "tokens": limits(0, 60, "tokens"),
    "no time": {**limits(0, 60), "x_ratelimit_reset_requests": ""},
    "over": limits(0, 0),
}


@pytest.mark.parametrize("name", ODD)
async def test_odd_headers_hold_nobody(make: Make, name: str) -> None:
    async def answer(visit: Visit) -> None:
        await visit.say(whole(IMAGE, **ODD[name]))

    async with raw(answer) as server, asyncio.timeout(PATIENCE):
        client = make(server.base_url, pace=Pace(1))
        events = [*await drawn(client), *await drawn(client)]

    assert 2 == sum(isinstance(event, Finished) for event in events)
    assert not any(isinstance(event, Queued) for event in events)


@pytest.mark.parametrize(
    ("reset", "seconds"), [("58.891s", 58.891), ("120ms", 0.12), ("6m0s", 360), ("2m59.56s", 179.56), ("45", 45)]
)
async def test_a_reset_is_read_however_it_is_written(
    monkeypatch: pytest.MonkeyPatch, reset: str, seconds: float
) -> None:
    here, waits = Pace(8), []
    Clock.rule(here, monkeypatch)
    names = ("x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "X-RateLimit-Reset-Requests")
    async with here.turn("me", 1, lambda *_: None) as turn:
        turn.heard(dict(zip(names, ("1", "0", reset), strict=True)))
    async with here.turn("me", 1, lambda _, wait: waits.append(wait)):
        pass

    assert [pytest.approx(seconds, rel=0.03)] == waits
