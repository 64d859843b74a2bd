"""Turns over the Responses API: both meters, every way in which an answer ends, and one POST for each."""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.triptych.client.conftest import Make
from tests.triptych.client.raw import Raw, Visit, b64, head, png, raw, whole
from tests.triptych.masked import FILES, MASKED
from triptych import errors
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.pricing import charged, estimate, meters, text_charged
from triptych.request import ImageRequest, TurnOptions
from triptych.results import Event, Failed, Finished, Partial, Retrying, Sent

MODEL = "gpt-image-2.6-sunburst"
USAGE = {
    "input_tokens": 400,
    "input_tokens_details": {"cached_tokens": 100},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 20},
}
IMAGES = {"input_tokens": 20, "output_tokens": 900, "output_tokens_details": {"image_tokens": 900, "text_tokens": 0}}
CALL = {"id": "ig_1", "type": "image_generation_call", "status": "completed", "result": b64()}
CALL["revised_prompt"] = "A fox"
WORDS = {"id": "m_1", "type": "message", "content": [{"type": "output_text", "text": "Here is\nyour fox."}]}


def turn(message: str = "a red fox", **options: Any) -> ImageRequest:
    """A small turn; ``options`` are the turn's own."""
    return ImageRequest(model=MODEL, prompt=message, size="1024x1024", quality="low", turn=TurnOptions(**options))


def response(status: str = "completed", *output: object, **more: object) -> dict[str, Any]:
    told = {"usage": USAGE, "tool_usage": {"image_gen": IMAGES}} if status == "completed" else {}
    return {"id": "resp_1", "object": "response", "status": status, "output": list(output), **told, **more}


def said(number: int, kind: str, **more: object) -> bytes:
    data = {"type": f"response.{kind}", "sequence_number": number, **more}
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()


STREAM = head(kind="text/event-stream")
CREATED = said(0, "created", response=response("in_progress"))
STAGE = said(1, "image_generation_call.partial_image", partial_image_b64=b64(), partial_image_index=0)
WHOLE = whole(response("completed", WORDS, CALL))
DONE = said(2, "completed", response=response("completed", WORDS, CALL))


def answers(*each: bytes) -> Callable[[Visit], Any]:
    """One after the other to the connections in their order, the last to all that follow."""

    async def answer(visit: Visit) -> None:
        await visit.say(each[min(visit.number, len(each)) - 1])

    return answer


async def drawn(client: ImageClient, request: ImageRequest, **how: Any) -> list[Event]:
    return [event async for event in client.draw(request, **how)]


def finished(events: list[Event]) -> Finished:
    assert isinstance(events[-1], Finished), events[-1]
    return events[-1]


def failed(events: list[Event]) -> errors.TriptychError:
    assert isinstance(events[-1], Failed), events[-1]
    return events[-1].error


def looks(server: Raw) -> list[str]:
    return [visit.head.split(" ", 2)[1] for visit in server.visits if visit.method == "GET"]


async def test_a_turn_shows_its_stages_and_counts_on_both_meters(make: Make) -> None:
    async with raw(answers(STREAM + CREATED + STAGE + DONE)) as server:
        events = await drawn(make(server.base_url), turn())

    answer = finished(events)
    assert [Sent, Partial, Finished] == [type(event) for event in events]
    assert (png(),) == tuple(image.data for image in answer.pictures)
    assert answer.usage
    assert (20, 900) == (answer.usage.input_tokens, answer.usage.output_tokens)
    assert (400, 50) == (answer.usage.text_model_input_tokens, answer.usage.text_model_output_tokens)
    told = {name: answer.got[name] for name in ("response_id", "answer", "revised_prompt")}
    assert {"response_id": "resp_1", "answer": "Here is\nyour fox.", "revised_prompt": "A fox"} == told


async def test_what_is_sent_is_what_was_asked_with_images_and_mask_as_they_are(make: Make) -> None:
    request = ImageRequest(
        model=MODEL,
        prompt="a hat",
        turn=TurnOptions(previous="resp_0", effort="low", forced=True, action="edit"),
        **MASKED,
    )
    async with raw(answers(whole(response("completed", CALL)))) as server:
        await drawn(make(server.base_url), request, files=FILES)

    sent = json.loads(server.visits[0].body)
    first, *shown = sent["input"][0]["content"]
    assert {"type": "input_text", "text": "a hat"} == first
    assert len(request.images) == len(shown)
    sent_bytes = [base64.b64decode(one["image_url"].partition("base64,")[2]) for one in shown]
    assert [FILES[one.sha256] for one in request.images] == sent_bytes
    assert sent["tools"][0]["input_image_mask"]["image_url"].startswith("data:image/png;base64,")
    assert ("edit", {"type": "image_generation"}, "resp_0") == (
        sent["tools"][0]["action"],
        sent["tool_choice"],
        sent["previous_response_id"],
    )
    assert (True, True, 1) == (sent["background"], sent["stream"], sent["max_tool_calls"])


async def test_a_turn_without_an_image_is_answered_in_words_and_costs_its_text(make: Make) -> None:
    words = response("completed", WORDS, tool_usage={"image_gen": {"input_tokens": 0, "output_tokens": 0}})
    async with raw(answers(STREAM + CREATED + said(1, "completed", response=words))) as server:
        answer = finished(await drawn(make(server.base_url), turn("Who are you?")))

    assert () == answer.pictures
    assert "Here is\nyour fox." == answer.got["answer"]
    assert text_charged(turn(), answer.usage) == charged(turn(), answer.usage)
    assert "0.00014" == str(charged(turn(), answer.usage).normalize())  # type: ignore[union-attr] # 400 x $0.20 + 50 x $1.20


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param([STREAM + STAGE + DONE], id="the rest of its stream"),
        pytest.param([STREAM + STAGE, STREAM + DONE], id="cut once more"),
        pytest.param([whole({"error": {"message": "no stream"}}, 400), WHOLE], id="a server that streams it once"),
        pytest.param([whole(b"", 502), whole(response("in_progress")), WHOLE], id="polled"),
    ],
)
async def test_a_turn_whose_connection_is_lost_is_fetched_and_sent_once(make: Make, rest: list[bytes]) -> None:
    async with raw(answers(STREAM + CREATED + STAGE[:40], *rest)) as server:
        answer = finished(await drawn(make(server.base_url), turn()))

    assert (png(),) == tuple(image.data for image in answer.pictures)
    assert 1 == server.posts
    assert "/v1/responses/resp_1?starting_after=0&stream=true" == looks(server)[0]


async def test_what_the_server_does_not_know_any_more_is_of_unknown_outcome(make: Make) -> None:
    gone = whole({"error": {"message": "Response with id 'resp_1' not found."}}, 404)
    async with raw(answers(STREAM + CREATED, gone)) as server:
        error = failed(await drawn(make(server.base_url), turn()))

    assert errors.OutcomeUnknown is type(error)
    assert 1 == server.posts


FLAT = said(1, "nothing", code="server_error", message="It broke.").replace(b"response.nothing", b"error")
BLOCKED = {"code": "moderation_blocked", "message": "Blocked by our safety system.", "type": "user_error"}
BROKEN = {"code": "server_error", "message": "No."}
CUT = {"reason": "max_output_tokens"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (said(1, "failed", response=response("failed", error=BROKEN)), errors.OutcomeUnknown),
        (said(1, "failed", response=response("failed", error=BLOCKED)), errors.Blocked),
        (said(1, "incomplete", response=response("incomplete", incomplete_details=CUT)), errors.OutcomeUnknown),
        (FLAT, errors.OutcomeUnknown),
    ],
)
async def test_a_turn_that_fails_says_why_and_is_sent_once(
    make: Make, body: bytes, kind: type[errors.TriptychError]
) -> None:
    async with raw(answers(STREAM + CREATED + body)) as server:
        error = failed(await drawn(make(server.base_url), turn()))

    assert isinstance(error, kind)
    assert 1 == server.posts


async def test_an_image_that_was_refused_still_costs_its_text_and_says_so(make: Make) -> None:
    refused = {**CALL, "status": "failed", "result": None, "error": BLOCKED}
    told = response("completed", WORDS, refused, tool_usage={"image_gen": None})
    async with raw(answers(whole(told))) as server:
        answer = finished(await drawn(make(server.base_url), turn()))

    assert () == answer.pictures
    assert "Blocked by our safety system." == answer.got["note"]
    assert text_charged(turn(), answer.usage)


@pytest.mark.parametrize(
    ("code", "kind"),
    [("previous_response_not_found", errors.ThreadForgotten), ("context_length_exceeded", errors.ThreadTooLong)],
)
async def test_a_thread_that_cannot_go_on_says_what_to_do(
    make: Make, code: str, kind: type[errors.TriptychError]
) -> None:
    no = whole({"error": {"code": code, "message": "No.", "type": "invalid_request_error"}}, 400)
    async with raw(answers(no)) as server:
        error = failed(await drawn(make(server.base_url), turn(previous="resp_0")))

    assert kind is type(error)
    assert not error.may_be_charged
    assert 1 == server.posts


ODD: dict[str, Any] = {
    "output of numbers": {"output": [1, None, "x"]},
    "output is text": {"output": "fox"},
    "result of a list": {"output": [{**CALL, "result": [1]}]},
    "result that is no image": {"output": [{**CALL, "result": "AAAA"}]},
    "content of text": {"output": [{**WORDS, "content": "fox"}]},
    "words of a number": {"output": [{**WORDS, "content": [{"text": 5}]}]},
    "usage of text": {"usage": "many", "tool_usage": 7},
    "negative usage": {"usage": {"input_tokens": -5, "output_tokens": "x"}},
    "an error in words": {"status": "failed", "usage": None, "error": "It broke."},
    "an error of lists": {"status": "failed", "usage": None, "error": {"code": [1], "type": {}, "message": None}},
    "incomplete": {"status": "incomplete", "usage": None, "incomplete_details": "late"},
    "no id": {"id": None},
    "status of a list": {"status": ["completed"]},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
async def test_whatever_a_server_says_is_an_answer_or_an_error_in_words(make: Make, odd: dict[str, Any]) -> None:
    told = {**response("completed", WORDS, CALL), **odd}
    gone = whole({"error": {"message": "gone"}}, 404)
    async with raw(answers(STREAM + said(0, "completed", response=told), gone)) as server:
        event = (await drawn(make(server.base_url), turn()))[-1]

    assert isinstance(event, Finished | Failed)
    assert not isinstance(event, Failed) or event.error.message
    assert 1 == server.posts


async def test_a_turn_that_is_cancelled_is_cancelled_at_the_server(make: Make) -> None:
    stop = asyncio.Event()

    async def answer(visit: Visit) -> None:
        if "/cancel" in visit.head:
            await visit.say(whole(response("cancelled")))
            return
        await visit.say(STREAM + CREATED + STAGE)
        await visit.gone()

    async with raw(answer) as server:
        events = []
        async for event in make(server.base_url).draw(turn(), stop=stop):
            events.append(event)
            if isinstance(event, Partial):
                stop.set()

    error = failed(events)
    assert errors.Cancelled is type(error)
    assert "cancelled at the server" in error.message
    assert "may be charged" in error.message
    assert ["/v1/responses", "/v1/responses/resp_1/cancel"] == [visit.head.split(" ", 2)[1] for visit in server.visits]


async def test_a_turn_that_ended_before_it_could_be_cancelled_is_kept(make: Make) -> None:
    stop = asyncio.Event()

    async def answer(visit: Visit) -> None:
        if "/cancel" in visit.head:
            await visit.say(whole(response("completed", CALL)))
            return
        await visit.say(STREAM + CREATED + STAGE)
        await visit.gone()

    async with raw(answer) as server:
        events = []
        async for event in make(server.base_url).draw(turn(), stop=stop):
            events.append(event)
            if isinstance(event, Partial):
                stop.set()

    assert (png(),) == tuple(image.data for image in finished(events).pictures)


async def test_where_there_is_no_responses_api_the_turn_is_an_edit_and_that_is_remembered(
    make: Make, engine: Engine
) -> None:
    engine.faults.plan("turn_unserved")
    client = make(engine.base_url, engine.token)
    request = replace(turn("a hat", style="in ink"), **MASKED)

    first = await drawn(client, request, files=FILES)
    second = await drawn(client, request, files=FILES)

    assert [Sent, Retrying, Sent] == [type(event) for event in first if isinstance(event, Sent | Retrying)]
    assert finished(first).pictures
    assert finished(second).pictures
    assert ["/v1/responses", "/v1/images/edits", "/v1/images/edits"] == [entry.path for entry in engine.log]


async def test_where_nothing_is_stored_the_turn_asks_for_nothing_of_the_kind(make: Make) -> None:
    no = {
        "error": {
            "message": "Background is not available here.",
            "type": "invalid_request_error",
            "param": "background",
        }
    }
    async with raw(answers(whole(no, 400), WHOLE)) as server:
        client = make(server.base_url)
        answer = finished(await drawn(client, turn()))

    assert answer.pictures
    first, second = (json.loads(visit.body) for visit in server.visits)
    assert (True, None) == (first["background"], second.get("background"))
    assert second["store"] is False
    assert not client.account.server.stores


def test_an_estimate_holds_both_meters_and_a_turn_that_may_make_nothing() -> None:
    text, image = meters(turn(context=5000))
    both = estimate(turn(context=5000))

    assert text.dollars
    assert image.dollars
    assert both.dollars
    assert (text.dollars.low, text.dollars.high + image.dollars.high) == (both.dollars.low, both.dollars.high)
    assert both.why
    assert meters(turn(forced=True))[1].dollars.low > 0  # type: ignore[union-attr]
    assert estimate(turn(text_model="gpt-of-nobody")).dollars is None
