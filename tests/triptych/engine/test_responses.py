"""Conversations with the demo engine, by the real SDK over a real socket."""

import base64
import io
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.responses import Response
from PIL import Image, ImageChops

from tests.triptych.engine.conftest import PATIENCE
from triptych.engine.serve import Engine

TEXT_MODEL = "gpt-5.6-luna"
TOOL = {"type": "image_generation", "model": "gpt-image-2.6-flare", "quality": "low", "size": "1024x1024"}


@pytest.fixture
async def api(engine: Engine) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=engine.base_url, api_key=engine.token, max_retries=0, timeout=PATIENCE) as api:
        yield api


def asked(said: Any, **more: Any) -> dict[str, Any]:
    """A turn as the SDK is asked for it; `tool` adds to the tool's parameters."""
    tool = {**TOOL, **more.pop("tool", {})}
    return {"model": TEXT_MODEL, "input": said, "tools": [tool], **more}


async def told(api: AsyncOpenAI, said: Any, **more: Any) -> Response:
    response: Response = await api.responses.create(**asked(said, **more))
    return response


def call(response: Response) -> Any:
    return next((item for item in response.output if item.type == "image_generation_call"), None)


def picture(response: Response) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(call(response).result)))


async def test_a_turn_says_what_it_painted_and_counts_on_both_meters(api: AsyncOpenAI) -> None:
    response = await told(api, "a fox on a hill", safety_identifier="someone")

    assert ("completed", "someone", TEXT_MODEL) == (response.status, response.safety_identifier, response.model)
    assert ("completed", "generate", "1024x1024") == (call(response).status, call(response).action, call(response).size)
    assert "fox" in call(response).revised_prompt
    assert (1024, 1024) == picture(response).size
    assert response.output_text
    text, images = response.usage, response.tool_usage
    assert text is not None
    assert images is not None
    assert text.input_tokens + text.output_tokens == text.total_tokens
    assert 0 < images.image_gen.output_tokens
    assert images.image_gen.input_tokens + images.image_gen.output_tokens == images.image_gen.total_tokens


async def test_a_stream_tells_of_the_image_and_its_words_in_numbered_events(api: AsyncOpenAI) -> None:
    async with api.responses.stream(**asked("a fox on a hill", tool={"partial_images": 2})) as stream:
        events = [event async for event in stream]
        final = await stream.get_final_response()

    assert [*range(len(events))] == [event.sequence_number for event in events]
    kinds = [event.type for event in events if event.type != "response.output_text.delta"]
    image = "response.image_generation_call"
    assert kinds == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        f"{image}.in_progress",
        f"{image}.generating",
        f"{image}.partial_image",
        f"{image}.partial_image",
        f"{image}.completed",
        "response.output_item.done",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert (1024, 1024) == picture(final).size


async def test_a_background_turn_goes_on_when_its_client_hangs_up(api: AsyncOpenAI, engine: Engine) -> None:
    stream = await api.responses.create(**asked("a fox", background=True, stream=True, tool={"partial_images": 1}))
    first = await anext(aiter(stream))
    await stream.close()

    rest = await api.responses.retrieve(first.response.id, stream=True, starting_after=first.sequence_number)
    events = [event async for event in rest]
    whole = await api.responses.retrieve(first.response.id)

    assert "queued" == first.response.status
    assert [*range(1, len(events) + 1)] == [event.sequence_number for event in events]
    assert "response.completed" == events[-1].type
    assert ("completed", True) == (whole.status, whole.background)
    assert 1 == sum(entry.method == "POST" for entry in engine.log)


async def test_a_turn_follows_another_and_keeps_its_image(api: AsyncOpenAI) -> None:
    day = await told(api, "a fox on a hill")
    night = await told(api, "the same at night", previous_response_id=day.id)
    again = await told(api, "a moon, please: add a boat", previous_response_id=day.id)

    assert ("edit", "edit") == (call(night).action, call(again).action)
    assert 0 < night.tool_usage.image_gen.input_tokens_details.image_tokens  # type: ignore[union-attr]
    assert ImageChops.difference(picture(day), picture(night)).getbbox()


async def test_a_turn_that_is_cancelled_stays_so(api: AsyncOpenAI, engine: Engine) -> None:
    engine.faults.plan("slow", seconds=PATIENCE)
    begun = await told(api, "a fox", background=True)

    stopped = await api.responses.cancel(begun.id)
    twice = await api.responses.cancel(begun.id)

    assert ["queued", "cancelled", "cancelled"] == [begun.status, stopped.status, twice.status]
    assert "cancelled" == (await api.responses.retrieve(begun.id)).status


async def test_an_id_that_is_forgotten_is_refused_as_openai_words_it(api: AsyncOpenAI, engine: Engine) -> None:
    first = await told(api, "a fox")
    engine.turns.forget(first.id)

    with pytest.raises(openai.NotFoundError, match=f"Response with id '{first.id}' not found"):
        await api.responses.retrieve(first.id)
    with pytest.raises(openai.BadRequestError, match="Previous response with id") as met:
        await told(api, "at night", previous_response_id=first.id)

    assert "previous_response_not_found" == met.value.code
