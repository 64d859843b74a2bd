"""Turns over the Responses API: both meters, and every way in which an answer ends, with one POST for each."""

import base64
import json
from dataclasses import replace

import pytest

from tests.triptych.client.conftest import Make
from tests.triptych.client.raw import b64, png, raw, whole
from tests.triptych.client.turns import (
    CALL,
    CREATED,
    DONE,
    MODEL,
    STAGE,
    STREAM,
    WHOLE,
    WORDS,
    answers,
    drawn,
    failed,
    finished,
    looks,
    response,
    said,
    turn,
)
from tests.triptych.masked import FILES, MASKED
from triptych import errors
from triptych.pricing import charged, text_charged
from triptych.request import ImageRequest, TurnOptions
from triptych.results import Finished, Partial, Sent
from triptych.servers import OPENAI


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
        safety_identifier="a hash",
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
    assert "a hash" == sent["safety_identifier"]
    assert "safety_identifier" not in request.api_kwargs(replace(OPENAI, takes=frozenset({"prompt"})))


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
    "body", [whole(b"{"), whole(b"<html>"), whole({"object": "list"})], ids=["cut", "html", "list"]
)
async def test_what_is_no_response_is_a_bad_answer(make: Make, body: bytes) -> None:
    async with raw(answers(body)) as server:
        error = failed(await drawn(make(server.base_url), turn()))

    assert errors.BadAnswer is type(error)
    assert 1 == server.posts


async def test_an_image_that_only_its_item_holds_is_found(make: Make) -> None:
    item = said(2, "output_item.done", item=CALL)
    end = said(3, "completed", response=response("completed", WORDS, {**CALL, "result": None}))
    async with raw(answers(STREAM + CREATED + item + end)) as server:
        answer = finished(await drawn(make(server.base_url), turn()))

    assert (png(),) == tuple(image.data for image in answer.pictures)
    assert "A fox" == answer.got["revised_prompt"]


async def test_a_call_of_the_image_tool_without_its_image_says_so(make: Make) -> None:
    async with raw(answers(whole(response("completed", WORDS, {**CALL, "result": None})))) as server:
        answer = finished(await drawn(make(server.base_url), turn()))

    assert "holds no image" in answer.got["note"]
    assert answer.usage
    assert 900 == answer.usage.output_tokens


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


async def test_every_image_of_a_turn_is_kept_with_its_prompt_and_what_all_of_them_used(make: Make) -> None:
    second = {**CALL, "id": "ig_2", "result": b64(png(16)), "revised_prompt": "A second fox"}
    async with raw(answers(whole(response("completed", WORDS, CALL, second)))) as server:
        answer = finished(await drawn(make(server.base_url), turn()))

    assert (png(), png(16)) == tuple(image.data for image in answer.pictures)
    assert "A fox\n\nA second fox" == answer.got["revised_prompt"]
    assert answer.usage
    assert (900, 400) == (answer.usage.output_tokens, answer.usage.text_model_input_tokens)
