"""Conversations with the demo engine, by the real SDK over a real socket."""

import asyncio

import openai
import pytest
from openai import AsyncOpenAI

from tests.triptych.engine.conftest import PATIENCE
from tests.triptych.engine.turns import TEXT_MODEL, asked, call, changed, picture, told
from triptych.engine import turns
from triptych.engine.instructions import Reply
from triptych.engine.serve import Engine
from triptych.engine.turns import Sight, Turn, Turns
from triptych.wire.asks import Upload
from triptych.wire.refusals import Refusal
from triptych.wire.turns import TurnAsk


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
    boat = await told(api, "add a boat", previous_response_id=day.id)

    assert ("a fox on a hill, at night", "edit") == (call(night).revised_prompt, call(night).action)
    assert 0 < night.tool_usage.image_gen.input_tokens_details.image_tokens  # type: ignore[union-attr]
    assert night.usage.input_tokens > day.usage.input_tokens  # type: ignore[union-attr]
    # The first branch knows nothing of the second, and what nobody spoke of stands as it stood, to the pixel.
    assert "a fox on a hill, with a boat" == call(boat).revised_prompt
    left, _, right, _ = changed(picture(day), picture(boat))
    assert 0 < right - left < 512


async def test_a_turn_that_is_cancelled_stays_so(api: AsyncOpenAI, engine: Engine) -> None:
    engine.faults.plan("slow", seconds=PATIENCE)
    begun = await told(api, "a fox", background=True)

    stopped = await api.responses.cancel(begun.id)
    twice = await api.responses.cancel(begun.id)

    assert ["queued", "cancelled", "cancelled"] == [begun.status, stopped.status, twice.status]
    assert "cancelled" == (await api.responses.retrieve(begun.id)).status


async def test_what_is_not_understood_is_said_and_costs_only_its_text(api: AsyncOpenAI) -> None:
    response = await told(api, "what can you do?")

    assert ["message"] == [item.type for item in response.output]
    assert response.usage is not None
    assert response.tool_usage is not None
    assert 0 < response.usage.total_tokens
    assert 0 == response.tool_usage.image_gen.total_tokens


async def test_whoever_hangs_up_ends_a_turn_that_is_not_in_the_background(api: AsyncOpenAI, engine: Engine) -> None:
    engine.faults.plan("slow", seconds=PATIENCE)
    before = set(engine.app.state.working)  # what other tests have left in the background
    stream = await api.responses.create(**asked("a fox", stream=True))
    first = await anext(aiter(stream))
    (task,) = set(engine.app.state.working) - before
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    task.get_loop().call_soon_threadsafe(task.add_done_callback, lambda _: loop.call_soon_threadsafe(ended.set))

    await stream.close()
    await asyncio.wait_for(ended.wait(), PATIENCE)

    with pytest.raises(openai.NotFoundError):
        await api.responses.retrieve(first.response.id)


def test_the_oldest_turns_are_forgotten_when_their_images_are_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_BYTES", 50)
    kept = Turns()
    made = [Turn(TurnAsk({}, ()), Reply(""), seen=Sight(Upload("", "", b"x" * 10), 0)) for _ in range(3)]

    for turn in made:
        kept.keep(turn)

    assert made[1:] == [kept.get(turn.id) for turn in made[1:]]
    with pytest.raises(Refusal, match="not found"):
        kept.get(made[0].id)
