"""What goes wrong with a turn, as the SDK meets it."""

from typing import Any

import httpx2
import openai
import pytest
from openai import AsyncOpenAI

from tests.triptych.engine.conftest import PATIENCE
from tests.triptych.engine.turns import TEXT_MODEL, asked, call, told
from triptych.engine.serve import Engine

HOSTILE: tuple[Any, ...] = (
    [],
    {},
    {"model": TEXT_MODEL},
    {"model": [TEXT_MODEL], "input": "a fox"},
    {"model": TEXT_MODEL, "input": 7},
    {"model": TEXT_MODEL, "input": ["a fox"]},
    {"model": TEXT_MODEL, "input": [{"role": "user", "content": 7}]},
    {"model": TEXT_MODEL, "input": [{"role": "nobody", "content": "a fox"}]},
    {
        "model": TEXT_MODEL,
        "input": [{"role": "user", "content": [{"type": "input_image", "image_url": "https://x/y"}]}],
    },
    {"model": TEXT_MODEL, "input": [{"role": "user", "content": [{"type": "input_image", "image_url": "data:,x"}]}]},
    {"model": TEXT_MODEL, "input": [{"type": "image_generation_call"}]},
    {"model": TEXT_MODEL, "input": "a fox", "tools": 7},
    {"model": TEXT_MODEL, "input": "a fox", "tools": [{"type": "web_search"}]},
    {"model": TEXT_MODEL, "input": "a fox", "tools": [{"type": "image_generation", "model": ["x"]}]},
    {
        "model": TEXT_MODEL,
        "input": "a fox",
        "tools": [{"type": "image_generation", "svg": "x", "output_format": "svg"}],
    },
    {"model": TEXT_MODEL, "input": "a fox", "tools": [{"type": "image_generation", "action": ["edit"]}]},
    {"model": TEXT_MODEL, "input": "a fox", "tool_choice": "required"},
    {"model": TEXT_MODEL, "input": "a fox", "reasoning": "high"},
    {"model": TEXT_MODEL, "input": "a fox", "reasoning": {"effort": ["high"]}},
    {"model": TEXT_MODEL, "input": "a fox", "background": "yes"},
    {"model": TEXT_MODEL, "input": "a fox", "previous_response_id": 7},
    {"model": TEXT_MODEL, "input": "a fox", "conversation": "conv_1"},
    {"model": TEXT_MODEL, "input": "a fox", "safety_identifier": "x" * 129},
    {"model": TEXT_MODEL, "input": "a fox", "colour": "red"},
    {"model": TEXT_MODEL, "input": "fox " * 300_000},
)


async def test_a_body_that_is_no_turn_is_refused_and_breaks_nothing(engine: Engine) -> None:
    headers = {"Authorization": f"Bearer {engine.token}"}
    async with httpx2.AsyncClient(base_url=engine.base_url, headers=headers, timeout=PATIENCE) as wire:
        statuses = [(await wire.post("/responses", json=body)).status_code for body in HOSTILE]
        empty = await wire.post("/responses", content=b"")

    assert [400] * len(HOSTILE) == statuses
    assert 400 == empty.status_code


# What each fault gives: the events that end the stream, and the status that is left.
BROKEN = {
    "turn_failed": ("response.failed", "failed"),
    "turn_incomplete": ("response.incomplete", "incomplete"),
    "turn_refused": ("response.completed", "completed"),
    "turn_image_refused": ("response.completed", "completed"),
    "flat_error": ("error", "failed"),
    "no_completed": ("response.output_item.done", "completed"),
}


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_fault_ends_a_turn_as_the_api_would(api: AsyncOpenAI, engine: Engine, fault: str) -> None:
    engine.faults.plan(fault)

    stream = await api.responses.create(**asked("a fox", background=True, stream=True))
    events = [event async for event in stream]
    left = await api.responses.retrieve(events[0].response.id)

    assert BROKEN[fault] == (events[-1].type, left.status)
    if fault == "turn_refused":
        assert ["refusal"] == [part.type for part in left.output[0].content]  # type: ignore[union-attr]
    if fault == "turn_image_refused":
        assert ("failed", "moderation_blocked", None) == (call(left).status, call(left).error.code, call(left).result)
        assert left.tool_usage is not None
        assert 0 == left.tool_usage.image_gen.total_tokens


@pytest.mark.parametrize("fault", ["turn_cut", "cut_stream"])
async def test_what_a_cut_connection_left_is_fetched_and_not_paid_again(
    api: AsyncOpenAI, engine: Engine, fault: str
) -> None:
    engine.faults.plan(fault)
    stream = await api.responses.create(**asked("a fox", background=True, stream=True))
    heard = list[Any]()

    async def hear() -> None:
        async for event in stream:
            heard.append(event)

    with pytest.raises(openai.APIConnectionError):
        await hear()

    last = heard[-1].sequence_number
    rest = await api.responses.retrieve(heard[0].response.id, stream=True, starting_after=last)
    events = [event async for event in rest]

    assert (last + 1, "response.completed") == (events[0].sequence_number, events[-1].type)
    assert ["POST", "GET"] == [entry.method for entry in engine.log]


async def test_a_server_without_conversations_has_no_such_page(api: AsyncOpenAI, engine: Engine) -> None:
    engine.faults.plan("turn_unserved")

    with pytest.raises(openai.NotFoundError, match="Invalid URL"):
        await told(api, "a fox")


async def test_a_turn_that_is_not_kept_is_answered_once(api: AsyncOpenAI, engine: Engine) -> None:
    engine.faults.plan("turn_unstored")
    first = await told(api, "what can you do?")

    with pytest.raises(openai.NotFoundError):
        await api.responses.retrieve(first.id)


async def test_a_fault_of_images_meets_a_turn_too(api: AsyncOpenAI) -> None:
    with pytest.raises(openai.RateLimitError):
        await told(api, "a fox [fault:rate_limit retry_after=0]")

    assert "a fox, in the hills" == call(await told(api, "a fox [fault:rate_limit retry_after=0]")).revised_prompt


async def test_an_image_model_is_no_text_model(api: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="cannot be used with the Responses API"):
        await told(api, "a fox", model="gpt-image-2")


async def test_only_a_background_turn_can_be_cancelled_or_streamed_again(api: AsyncOpenAI) -> None:
    first = await told(api, "what can you do?")

    with pytest.raises(openai.BadRequestError, match="Cannot cancel a synchronous response"):
        await api.responses.cancel(first.id)
    with pytest.raises(openai.BadRequestError, match="Only a response created with 'background' and 'stream'"):
        await api.responses.retrieve(first.id, stream=True)
    with pytest.raises(openai.BadRequestError, match="Background mode requires 'store'"):
        await told(api, "a fox", background=True, store=False)


async def test_an_id_that_is_forgotten_is_refused_as_openai_words_it(api: AsyncOpenAI, engine: Engine) -> None:
    first = await told(api, "a fox")
    engine.turns.forget(first.id)

    with pytest.raises(openai.NotFoundError, match=f"Response with id '{first.id}' not found"):
        await api.responses.retrieve(first.id)
    with pytest.raises(openai.BadRequestError, match="Previous response with id") as met:
        await told(api, "at night", previous_response_id=first.id)

    assert "previous_response_not_found" == met.value.code
