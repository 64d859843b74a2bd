"""How often a request goes out, by what went wrong: never again where it may have been billed (TRUST.md M5)."""

import asyncio

import httpx2
import pytest

from tests.serving import free_port
from tests.triptych.client.conftest import Make, drawn
from tests.triptych.client.raw import PATIENCE, Visit, raw, says, whole
from triptych import errors
from triptych.client import ImageClient, wire
from triptych.engine.faults import QUOTA_CODES
from triptych.engine.serve import Engine
from triptych.results import Failed, Finished, Retrying, Sent

pytestmark = pytest.mark.usefixtures("fast")

# Fault, how often it happens, how the drawing ends, how many POSTs there are in all.
TABLE = (
    ("rate_limit", 2, Finished, 3),
    ("slow_down", 2, Finished, 3),
    ("quota", 3, errors.NoCredit, 1),
    ("bad_key", 3, errors.KeyRejected, 1),
    ("unverified", 3, errors.NotVerified, 1),
    ("not_found", 3, errors.ModelUnavailable, 1),
    ("moderation_input", 3, errors.Blocked, 1),
    ("moderation_output", 3, errors.PictureBlocked, 1),
    ("policy", 3, errors.Blocked, 1),
    ("detail", 3, errors.RequestRejected, 1),
    ("too_large", 3, errors.RequestRejected, 1),
    ("redirect", 5, errors.WrongAddress, 1),
    ("server_error", 1, Finished, 2),
    ("server_error", 5, errors.ServerFailed, 2),
    ("overloaded", 5, errors.ServerFailed, 2),
    ("bad_gateway", 5, errors.OutcomeUnknown, 1),
    ("long_error", 5, errors.ServerFailed, 2),
    ("cut", 3, errors.OutcomeUnknown, 1),
    ("malformed", 3, errors.BadAnswer, 1),
    ("html", 3, errors.BadAnswer, 1),
    ("empty", 3, errors.BadAnswer, 1),
    ("null_data", 3, errors.BadAnswer, 1),
    ("null_image", 3, errors.BadAnswer, 1),
    ("bad_base64", 3, errors.BadAnswer, 1),
    ("not_an_image", 3, errors.BadAnswer, 1),
    ("no_usage", 1, Finished, 1),
)
STREAMED = (
    ("moderation_stream", errors.PictureBlocked, 1),
    ("server_error_stream", errors.OutcomeUnknown, 1),
    ("flat_error", errors.OutcomeUnknown, 1),
    ("cut_stream", errors.OutcomeUnknown, 1),
    ("no_completed", errors.OutcomeUnknown, 1),
    ("bad_event", errors.BadAnswer, 1),
    ("ignore_stream", Finished, 1),
)


def end(events: list[object]) -> type:
    last = events[-1]
    return type(last.error) if isinstance(last, Failed) else type(last)


@pytest.mark.parametrize("masked", [False, True], ids=["generation", "masked edit"])
@pytest.mark.parametrize(("fault", "times", "ending", "posts"), TABLE)
async def test_a_plain_request_is_sent_as_often_as_the_table_says(
    client: ImageClient, engine: Engine, *, fault: str, times: int, ending: type, posts: int, masked: bool
) -> None:
    engine.faults.plan(fault, times, retry_after=0.05)

    events = await drawn(client, masked=masked)

    assert ending is end(events)
    assert posts == len(engine.log)
    assert posts == sum(isinstance(event, Sent) for event in events)
    assert posts - 1 == sum(isinstance(event, Retrying) for event in events)


@pytest.mark.parametrize("masked", [False, True], ids=["generation", "masked edit"])
@pytest.mark.parametrize(("fault", "ending", "posts"), STREAMED)
async def test_a_stream_is_asked_for_as_often_as_the_table_says(
    client: ImageClient, engine: Engine, *, fault: str, ending: type, posts: int, masked: bool
) -> None:
    engine.faults.plan(fault, 5)

    events = await drawn(client, partial_images=2, masked=masked)

    assert ending is end(events)
    assert posts == len(engine.log)


@pytest.mark.parametrize("code", QUOTA_CODES)
async def test_no_credit_is_never_tried_again_whatever_its_code(client: ImageClient, engine: Engine, code: str) -> None:
    engine.faults.plan("quota", 3, code=code)

    events = await drawn(client)

    assert errors.NoCredit is end(events)
    assert 1 == len(engine.log)


async def test_a_timeout_after_sending_is_never_sent_again(
    make: Make, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT", httpx2.Timeout(PATIENCE, read=0.2))
    engine.faults.plan("timeout", 3)

    events = await drawn(make(engine.base_url, engine.token))

    assert errors.OutcomeUnknown is end(events)
    assert events[-1].error.may_be_charged
    for _ in range(6000):
        if engine.log:  # which may hear of it late
            break
        await asyncio.sleep(0.01)  # between two looks at what is awaited
    assert 1 == len(engine.log)


async def test_a_server_that_is_not_there_is_tried_four_times(make: Make) -> None:
    events = await drawn(make(f"http://127.0.0.1:{free_port()}/v1"))

    assert errors.Unreachable is end(events)
    assert not events[-1].error.may_be_charged
    assert 4 == sum(isinstance(event, Sent) for event in events)


async def test_a_reset_after_the_request_was_read_is_never_sent_again(make: Make) -> None:
    async def reset(visit: Visit) -> None:
        visit.reset()

    async with raw(reset) as server:
        events = await drawn(make(server.base_url))

    assert errors.OutcomeUnknown is end(events)
    assert 1 == server.posts


@pytest.mark.parametrize("status", [400, 404, 405, 409, 418, 422])
async def test_an_answer_of_no_is_final(make: Make, status: int) -> None:
    async with raw(says(whole({"detail": "no"}, status))) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert not events[-1].error.may_be_charged
    assert 1 == server.posts


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"retry_after": "7"}, 7.0), ({"retry_after_ms": "1500"}, 1.5), ({"retry_after": "0.25"}, 0.25)],
)
async def test_the_servers_own_waiting_time_is_told_and_kept(
    make: Make, headers: dict[str, str], seconds: float
) -> None:
    body = {"error": {"message": "slow", "type": "requests", "code": "rate_limit_exceeded"}}
    async with raw(says(whole(body, 429, **headers))) as server:
        client = make(server.base_url)
        retrying = await first(client, Retrying)

    assert seconds == pytest.approx(retrying.seconds, abs=0.26)
    assert seconds <= retrying.seconds
    assert seconds == retrying.error.retry_after


async def test_a_waiting_time_in_words_is_heard_too(make: Make) -> None:
    body = {"error": {"message": "Limit 5, Used 5. Please try again in 12s.", "code": "rate_limit_exceeded"}}
    async with raw(says(whole(body, 429))) as server:
        retrying = await first(make(server.base_url), Retrying)

    assert 12.0 == retrying.error.retry_after


async def test_a_rate_limit_is_not_waited_for_without_end(make: Make) -> None:
    body = {"error": {"message": "later", "type": "requests", "code": "rate_limit_exceeded"}}
    async with raw(says(whole(body, 429, retry_after="3600"))) as server:
        events = await drawn(make(server.base_url))

    assert errors.RateLimited is end(events)
    assert 1 == server.posts
    assert PATIENCE > events[-1].seconds


async def first(client: ImageClient, kind: type[Retrying]) -> Retrying:
    """The first event of a kind; what would follow is not waited for."""
    from tests.triptych.client.conftest import asking

    events = client.draw(asking())
    try:
        return await anext(event async for event in events if isinstance(event, kind))
    finally:
        await events.aclose()
