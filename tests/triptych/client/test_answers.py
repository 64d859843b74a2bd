"""Answers that are errors, and answers that are nothing: each becomes the user's next move (TRUST.md N2, N3, N4)."""

import tracemalloc

import pytest

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import COMPLETED, PARTIAL, Visit, b64, event, head, png, raw, says, whole
from triptych import errors
from triptych.client import ImageClient, bounds, failures
from triptych.engine.serve import Engine
from triptych.errors import TriptychError
from triptych.results import Failed, Finished, Partial

pytestmark = pytest.mark.usefixtures("fast")


def body(message: str = "No.", **inner: object) -> dict[str, object]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None, **inner}}


# Status and body as servers and proxies were seen to send them, and the user's next move.
BODIES: dict[str, tuple[int, object, type[TriptychError]]] = {
    "a wrong key": (401, body("Incorrect API key provided: sk-abcd1234.", code="invalid_api_key"), errors.KeyRejected),
    "an unverified organisation": (403, body("Your organization must be verified to use it."), errors.NotVerified),
    "a country": (403, body("Country not supported."), errors.NotAllowed),
    "a retired model": (
        400,
        body("The model 'dall-e-3' does not exist.", code="invalid_value"),
        errors.ModelUnavailable,
    ),
    "an unknown model": (404, body("No such model.", code="model_not_found"), errors.ModelUnavailable),
    "moderation": (400, body("safety_violations=[violence].", code="moderation_blocked"), errors.Blocked),
    "the older policy": (400, body(code="content_policy_violation"), errors.Blocked),
    "a bad size": (400, body("Invalid size '1x1'.", code="invalid_value", param="size"), errors.RequestRejected),
    "no money": (429, body(type="insufficient_quota", code="project_spend_limit_exceeded"), errors.NoCredit),
    "the hard limit": (400, body(code="billing_hard_limit_reached"), errors.NoCredit),
    "a failed drawing": (500, body(code="image_generation_failed"), errors.ServerFailed),
    "an overload": (503, body(code="server_is_overloaded"), errors.ServerFailed),
    "an error of text only": (422, {"error": "size needs an x"}, errors.RequestRejected),
    "FastAPI's detail": (422, {"detail": [{"msg": "field required"}]}, errors.RequestRejected),
}


def failed(events: list[object]) -> TriptychError:
    last = events[-1]
    assert isinstance(last, Failed)
    assert not any(isinstance(one, Finished) for one in events)
    return last.error


@pytest.mark.parametrize("name", BODIES)
async def test_an_error_with_its_status_becomes_the_next_move(make: Make, name: str) -> None:
    status, said, kind = BODIES[name]
    async with raw(says(whole(said, status))) as server:
        error = failed(await drawn(make(server.base_url)))

    assert kind is type(error)
    assert "req_raw" == error.request_id
    assert error.message


MID_STREAM = {name: case for name, case in BODIES.items() if isinstance(case[1], dict) and case[1].get("error")}
BY_STATUS = {"a wrong key", "an unverified organisation", "a country"}  # in a stream there is no status to tell them by


@pytest.mark.parametrize("name", MID_STREAM)
async def test_the_same_error_in_a_stream_becomes_the_same_move(make: Make, name: str) -> None:
    _, said, kind = MID_STREAM[name]
    kind = errors.OutcomeUnknown if kind in {errors.ServerFailed, errors.RateLimited} else kind  # drawn in part
    stream = event("image_generation.partial_image", PARTIAL) + event("error", {"type": "error", **said})
    async with raw(says(head(kind="text/event-stream") + stream)) as server:
        events = await drawn(make(server.base_url), partial_images=1)

    assert (errors.RequestRejected if name in BY_STATUS else kind) is type(failed(events))
    assert any(isinstance(one, Partial) for one in events)


async def test_where_and_why_it_was_blocked_is_told(client: ImageClient, engine: Engine) -> None:
    engine.faults.plan("moderation_output")

    error = failed(await drawn(client))

    assert ("output", ("violence",)) == (error.stage, error.categories)
    assert error.request_id == engine.log[0].request_id


async def test_a_message_of_half_a_million_characters_is_cut(client: ImageClient, engine: Engine) -> None:
    engine.faults.plan("long_error", 2)

    assert failures.LONGEST_MESSAGE + 1 >= len(failed(await drawn(client)).message)


async def test_a_key_in_the_servers_words_is_taken_out(make: Make) -> None:
    async with raw(says(whole(body("Incorrect API key provided: sk-proj-canary1234567890."), 401))) as server:
        error = failed(await drawn(make(server.base_url)))

    assert "canary" not in f"{error} {error!r}"


async def test_html_in_an_error_is_read_as_text(make: Make) -> None:
    page = b"<html><head><script>x()</script></head><body><h1>Bad <b>gateway</b></h1></body></html>"
    async with raw(says(whole(page, 413, "text/html"))) as server:
        error = failed(await drawn(make(server.base_url)))

    assert "<" not in error.message


MALFORMED: dict[str, bytes] = {
    "nothing": whole(b""),
    "half a JSON text": whole(b'{"created": 1, "data": [{"b64_json": "iVBO'),
    "no JSON": whole(b"OK"),
    "an HTML page": whole(b"<html>Welcome</html>", kind="text/html"),
    "a list": whole([{"id": 1}]),
    "a text": whole("done"),
    "null": whole(None),
    "no data": whole({"created": 1}),
    "items that are no objects": whole({"data": ["x", 1, None]}),
    "a picture that is a number": whole({"data": [{"b64_json": 5}]}),
    "base64 of nothing": whole({"data": [{"b64_json": ""}]}),
    "text that is not base64": whole({"data": [{"b64_json": "*" * 99}]}),
    "bytes that are no picture": whole({"data": [{"b64_json": b64(b"GIF89a but not really")}]}),
    "a PNG cut after its signature": whole({"data": [{"b64_json": b64(png()[:12])}]}),
    "bytes that are not UTF-8": whole(b'{"data": "\xff\xfe"}'),
    "JSON nested without end": whole(b"[" * 100_000),
    "a link elsewhere": whole({"data": [{"url": "http://169.254.169.254/latest"}]}),
    "an error in a 200": whole({"error": {"message": "no"}}),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_success_is_no_success(make: Make, name: str) -> None:
    async with raw(says(MALFORMED[name])) as server:
        error = failed(await drawn(make(server.base_url)))

    assert isinstance(error, errors.OutcomeUnknown | errors.Rejected)
    assert 1 == server.posts
    assert "Traceback" not in error.message


SSE = head(kind="text/event-stream")
FIRST = event("image_generation.partial_image", PARTIAL)
LAST = event("image_generation.completed", COMPLETED)
ENDS: dict[str, bytes] = {
    "before its first event": SSE,
    "after a comment": SSE + b": keep-alive\n\n",
    "after a partial": SSE + FIRST,
    "with DONE instead": SSE + FIRST + b"data: [DONE]\n\n",
    "in the last event's JSON": SSE + FIRST + LAST[: len(LAST) // 2],
    "in the last event, closed politely": SSE + FIRST + LAST[: len(LAST) // 2] + b"\n\n",
    "with a picture that is null": SSE + event("image_generation.completed", {**COMPLETED, "b64_json": None}),
    "in a promised length": head(kind="text/event-stream", length=10_000) + FIRST,
    "with a broken chunk": head(kind="text/event-stream", transfer_encoding="chunked") + b"ZZ\r\n" + FIRST,
}


@pytest.mark.parametrize("masked", [False, True], ids=["generation", "masked edit"])
@pytest.mark.parametrize("name", ENDS)
async def test_a_stream_that_ends_early_is_no_success(make: Make, name: str, *, masked: bool) -> None:
    said = ENDS[name].replace(b"image_generation.", b"image_edit.") if masked else ENDS[name]
    async with raw(says(said)) as server:
        error = failed(await drawn(make(server.base_url), partial_images=1, masked=masked))

    assert isinstance(error, errors.OutcomeUnknown)
    assert error.may_be_charged
    assert 1 == server.posts


async def test_a_stream_reset_in_the_middle_is_no_success(make: Make) -> None:
    async def reset(visit: Visit) -> None:
        await visit.say(SSE + FIRST)
        visit.reset()

    async with raw(reset) as server:
        error = failed(await drawn(make(server.base_url), partial_images=1))

    assert isinstance(error, errors.OutcomeUnknown)
    assert 1 == server.posts


async def test_a_finished_picture_before_all_stages_is_a_success(make: Make) -> None:
    async with raw(says(SSE + LAST)) as server:
        events = await drawn(make(server.base_url), partial_images=3)

    assert isinstance(events[-1], Finished)
    assert png() == events[-1].pictures[0].data


async def test_a_broken_picture_among_good_ones_does_not_lose_them(make: Make) -> None:
    data = [{"b64_json": b64()}, {"b64_json": "%"}, {"b64_json": b64()}]
    async with raw(says(whole({"data": data}))) as server:
        events = await drawn(make(server.base_url), n=3)

    assert isinstance(events[-1], Finished)
    assert [png(), png()] == [picture.data for picture in events[-1].pictures]


async def test_a_link_on_the_same_server_is_fetched(make: Make) -> None:
    async def answer(visit: Visit) -> None:
        say = (
            whole({"data": [{"url": "/v1/images/7/content"}]})
            if visit.method == "POST"
            else whole(png(), kind="image/png")
        )
        await visit.say(say)

    async with raw(answer) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Finished)
    assert png() == events[-1].pictures[0].data


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_answer_without_end_is_given_up(
    make: Make, monkeypatch: pytest.MonkeyPatch, *, streamed: bool
) -> None:
    monkeypatch.setattr(bounds, "MOST_BYTES", 4 << 20)

    async def endless(visit: Visit) -> None:
        await visit.say(head(kind="text/event-stream" if streamed else "application/json") + b'data: {"b64_json": "')
        while True:
            await visit.say(b"A" * (1 << 16))

    tracemalloc.start()
    try:
        async with raw(endless) as server:
            error = failed([one async for one in make(server.base_url).draw(asking(partial_images=int(streamed)))])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert isinstance(error, errors.OutcomeUnknown)
    assert 40 << 20 > peak
    assert 1 == server.posts
