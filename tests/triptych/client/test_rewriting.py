"""A prompt rewritten by a text model: over the Responses API, and as a chat where a server has nothing newer."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.triptych.client.conftest import Make
from tests.triptych.client.raw import Visit, raw, says, whole
from tests.triptych.client.turns import WORDS, answers, drawn, failed, finished, response
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.errors import BadAnswer
from triptych.pricing import charged, estimate
from triptych.prompts import rewriting
from triptych.servers import GENERIC, LIKE_OPENAI

LUNA = "gpt-5.6-luna"
FOX = rewriting("a red fox", LUNA)
CHAT = {
    "id": "chatcmpl_1",
    "model": "qwen3",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "A fox, in oil."}}],
    "usage": {"prompt_tokens": 90, "completion_tokens": 12},
}


@pytest.mark.parametrize(
    ("prompt", "kept"),
    [
        ("a red fox", "a red fox, watercolor"),
        ('a bakery with the sign "BREAD & CO."', 'sign "BREAD & CO.", watercolor'),
        ("ein Fuchs im Schnee", "ein Fuchs im Schnee, Aquarell"),
        ("등대와 고양이", "등대와 고양이, 거친 종이에 그린 수채화"),
        ("灯台と猫", "灯台と猫、粗い紙に描いた水彩画"),
    ],
)
async def test_the_demo_adds_what_a_prompt_lacks_in_its_own_language(
    client: ImageClient, engine: Engine, prompt: str, kept: str
) -> None:
    end = finished(await drawn(client, rewriting(prompt, LUNA)))

    assert kept in end.got["answer"]
    assert ((), ["/v1/responses"]) == (end.pictures, [entry.path for entry in engine.log if entry.method == "POST"])


async def test_one_request_without_the_image_tool_goes_out_and_its_length_is_bounded(make: Make) -> None:
    async with raw(says(whole(response("completed", WORDS)))) as server:
        end = finished(await drawn(make(server.base_url), FOX))

    (visit,) = server.visits
    sent = json.loads(visit.body)
    assert (LUNA, "a red fox") == (sent["model"], sent["input"][0]["content"][0]["text"])
    assert {"tools", "tool_choice", "max_tool_calls"}.isdisjoint(sent)
    assert sent["max_output_tokens"] == estimate(FOX, LIKE_OPENAI).output_tokens.high  # type: ignore[union-attr]
    assert "Here is\nyour fox." == end.got["answer"]
    assert Decimal("0.00014") == charged(FOX, end.usage, LIKE_OPENAI)  # 400 tokens read, 50 written


async def test_a_refusal_is_no_rewrite(make: Make) -> None:
    no = {"id": "m_1", "type": "message", "content": [{"type": "refusal", "refusal": "I can't help with that."}]}
    async with raw(says(whole(response("completed", no)))) as server:
        end = finished(await drawn(make(server.base_url), FOX))

    assert ("yes", "I can't help with that.") == (end.got["refused"], end.got["answer"])


async def test_a_server_without_the_responses_api_is_asked_in_a_chat(make: Make) -> None:
    missing = whole({"error": {"message": "no such page"}}, 404)
    async with raw(answers(missing, whole(CHAT))) as server:
        end = finished(await drawn(make(server.base_url), FOX))

    first, second = server.visits
    assert ("/v1/responses", "/v1/chat/completions") == tuple(one.head.split()[1] for one in (first, second))
    sent = json.loads(second.body)
    assert {"model", "messages"} == set(sent)
    assert ["system", "user"] == [message["role"] for message in sent["messages"]]
    assert ("A fox, in oil.", 90, 12) == (
        end.got["answer"],
        end.usage and end.usage.text_model_input_tokens,
        end.usage and end.usage.text_model_output_tokens,
    )


ODD: dict[str, Any] = {
    "no choices": {"choices": []},
    "choices of text": {"choices": "fox"},
    "no message": {"choices": [{"index": 0}]},
    "a list": ["fox"],
    "no JSON": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nfox",
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
async def test_a_chat_that_holds_no_words_is_a_bad_answer_and_is_not_sent_again(make: Make, odd: Any) -> None:
    async with raw(says(odd if isinstance(odd, bytes) else whole(odd))) as server:
        error = failed(await drawn(make(server.base_url, server=GENERIC), FOX))

    assert isinstance(error, BadAnswer)
    assert 1 == server.posts


async def test_a_chat_that_was_cut_or_refuses_says_so(make: Make) -> None:
    choice = {"index": 0, "finish_reason": "length", "message": {"content": None, "refusal": "No."}}

    async def answer(visit: Visit) -> None:
        await visit.say(whole({**CHAT, "choices": [choice]}))

    async with raw(answer) as server:
        end = finished(await drawn(make(server.base_url, server=GENERIC), FOX))

    assert ("No.", "yes", True) == (end.got["answer"], end.got["refused"], "not complete" in end.got["note"])
