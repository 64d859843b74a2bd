"""Turns that a person stops, or that a server answers as none should."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.triptych.client.conftest import Make
from tests.triptych.client.raw import Visit, png, raw, whole
from tests.triptych.client.turns import (
    CALL,
    CREATED,
    STAGE,
    STREAM,
    WHOLE,
    WORDS,
    answers,
    drawn,
    failed,
    finished,
    response,
    said,
    turn,
)
from tests.triptych.masked import FILES, MASKED
from triptych import errors
from triptych.engine.serve import Engine
from triptych.pricing import estimate, meters, text_charged
from triptych.results import Failed, Finished, Partial, Retrying, Sent, Usage

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
    assert "canceled at the server" in error.message
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


async def test_the_limits_that_are_sent_keep_the_text_bill_below_the_upper_end_of_its_estimate(make: Make) -> None:
    request = turn("여우 " * 300, effort="low", style="수채화")
    async with raw(answers(WHOLE)) as server:
        await drawn(make(server.base_url), request)
    sent, (text, _) = json.loads(server.visits[0].body), meters(request)

    assert text.output_tokens
    assert text.dollars
    assert (text.output_tokens.high, 1) == (sent["max_output_tokens"], sent["max_tool_calls"])
    words = len("여우 ".encode()) * 300 + len("수채화".encode())
    largest = Usage(text_model_input_tokens=43_792 + 2 * words, text_model_output_tokens=sent["max_output_tokens"])
    assert (text_charged(request, largest) or 0) <= text.dollars.high
    assert "a limit that is sent" in (text.why or "")


def test_what_a_conversation_was_counted_to_takes_the_place_of_the_guess() -> None:
    (first, _), (second, _) = meters(turn()), meters(turn(context=2_000))

    assert second.input_tokens.high < first.input_tokens.high
    assert "its last answer counted it" in (second.why or "")
