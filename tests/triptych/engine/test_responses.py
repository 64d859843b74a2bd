"""Conversations with the demo engine, by the real SDK over a real socket."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai
import pytest
from openai import AsyncOpenAI
from openai.types.responses import Response
from PIL import Image, ImageChops

from tests.triptych.engine.conftest import PATIENCE
from triptych.engine import turns
from triptych.engine.instructions import Reply
from triptych.engine.serve import Engine
from triptych.engine.turns import Sight, Turn, Turns
from triptych.wire.asks import Upload
from triptych.wire.refusals import Refusal
from triptych.wire.turns import TurnAsk

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


def share_of_black(image: Image.Image) -> float:
    return image.convert("L").histogram()[0] / (image.width * image.height)


def data_url(image: Image.Image) -> str:
    out = io.BytesIO()
    image.save(out, "png")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def shown(words: str, *images: dict[str, Any]) -> Any:
    """A message of words and images."""
    content = [{"type": "input_text", "text": words}, *({"type": "input_image", **image} for image in images)]
    return [{"type": "message", "role": "user", "content": content}]


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
    changed = ImageChops.difference(picture(day).convert("RGB"), picture(boat).convert("RGB"))
    assert changed.getbbox()
    assert 0.75 < share_of_black(changed)


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


async def test_what_is_not_understood_is_said_and_costs_only_its_text(api: AsyncOpenAI) -> None:
    response = await told(api, "what can you do?")

    assert ["message"] == [item.type for item in response.output]
    assert response.usage is not None
    assert response.tool_usage is not None
    assert 0 < response.usage.total_tokens
    assert 0 == response.tool_usage.image_gen.total_tokens


async def test_an_image_comes_in_by_data_url_by_file_and_by_the_id_of_its_call(api: AsyncOpenAI) -> None:
    red = Image.new("RGB", (256, 256), "red")
    out = io.BytesIO()
    red.save(out, "png")
    file = await api.files.create(file=("red.png", out.getvalue()), purpose="vision")
    first = await told(api, "a fox on a hill")

    by_url = await told(api, shown("make it night", {"image_url": data_url(red), "detail": "auto"}))
    by_file = await told(api, shown("make it night", {"file_id": file.id, "detail": "auto"}))
    by_call = await told(api, [{"type": "image_generation_call", "id": call(first).id}, *shown("make it night")])

    assert picture(by_url).tobytes() == picture(by_file).tobytes()
    assert picture(by_url).getpixel((9, 9)) != (255, 0, 0)
    assert ("at night", "a fox on a hill, at night") == (call(by_url).revised_prompt, call(by_call).revised_prompt)


async def test_a_server_that_keeps_nothing_takes_the_image_itself_again(api: AsyncOpenAI) -> None:
    first = await told(api, "a fox on a hill", store=False)
    again = call(first).to_dict()

    with pytest.raises(openai.NotFoundError, match=f"Response with id '{first.id}' not found"):
        await api.responses.retrieve(first.id)
    with pytest.raises(openai.NotFoundError, match="Items are not persisted when `store` is set to false"):
        await told(api, [{"type": "image_generation_call", "id": again["id"]}, *shown("at night")])
    second = await told(api, [again, *shown("at night")], store=False)

    assert ("edit", "a fox on a hill, at night") == (call(second).action, call(second).revised_prompt)


async def test_an_image_beside_the_words_is_for_reference_unless_it_is_one_of_the_thread(api: AsyncOpenAI) -> None:
    foreign = {"image_url": data_url(Image.new("RGB", (256, 256), "red")), "detail": "auto"}
    fox = await told(api, "a fox on a hill")
    boat = await told(api, "add a boat", previous_response_id=fox.id)
    earlier = {"image_url": f"data:image/png;base64,{call(fox).result}", "detail": "auto"}

    pinned = await told(api, shown("at night", foreign), previous_response_id=boat.id)
    back = await told(api, shown("at night", earlier), previous_response_id=boat.id)
    pointed = await told(api, shown("make this photo night", foreign), previous_response_id=boat.id)

    assert "a fox on a hill, with a boat, at night" == call(pinned).revised_prompt
    assert "a fox on a hill, at night" == call(back).revised_prompt
    assert "at night" == call(pointed).revised_prompt


async def test_a_mask_changes_only_what_is_marked(api: AsyncOpenAI) -> None:
    first = await told(api, "a fox on a hill")
    mask = Image.new("RGBA", (1024, 1024), "black")
    mask.paste((0, 0, 0, 0), (0, 0, 512, 512))
    masked = {"input_image_mask": {"image_url": data_url(mask)}}

    response = await told(api, "add a balloon", previous_response_id=first.id, tool=masked)

    before, after = picture(first).convert("RGB"), picture(response).convert("RGB")
    inside, outside = (ImageChops.difference(before.crop(box), after.crop(box)) for box in BOXES)
    assert 4 < max(high for _, high in inside.getextrema())
    assert 4 >= max(high for _, high in outside.getextrema())  # the engine lets it drift a little, as the API does


BOXES = ((0, 0, 500, 500), (530, 530, 1024, 1024))


@pytest.mark.parametrize(
    ("tool", "param"),
    [
        ({"action": "edit"}, "tools[0].action"),
        ({"input_image_mask": {"image_url": data_url(Image.new("RGBA", (8, 8)))}}, "tools[0].input_image_mask"),
        ({"quality": "ultra"}, "tools[0].quality"),
        ({"n": 2}, "tools[0].n"),
        ({"output_format": "jpeg", "background": "transparent"}, "tools[0].background"),
    ],
    ids=["an edit of nothing", "a mask of nothing", "a quality", "n", "a transparent jpeg"],
)
async def test_the_tool_refuses_what_it_does_not_take(api: AsyncOpenAI, tool: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as met:
        await told(api, "a fox", tool=tool)

    assert param == met.value.param


async def test_the_tool_takes_every_parameter(api: AsyncOpenAI) -> None:
    one = {"size": "768x1024", "output_format": "webp", "output_compression": 40, "background": "opaque"}
    webp = await told(api, "a fox", tool={**one, "complexity": "low", "moderation": "low", "action": "generate"})
    gif = await told(api, "a fox", tool={"output_format": "gif", "frame_count": 2, "frame_duration_ms": 100})
    svg = await told(api, "a fox", tool={"output_format": "svg", "svg": {"reasoning": {"effort": "low"}}})
    night = await told(api, "at night", previous_response_id=svg.id)

    assert ("768x1024", "webp", "opaque") == (call(webp).size, call(webp).output_format, call(webp).background)
    assert "WEBP" == picture(webp).format
    assert ("GIF", 2) == (picture(gif).format, getattr(picture(gif), "n_frames", 0))
    assert base64.b64decode(call(svg).result).lstrip().startswith(b"<")
    assert TEXT_MODEL == call(svg).svg_usage.model
    assert "PNG" == picture(night).format


async def test_a_forced_tool_paints_and_one_that_is_not_offered_does_not(api: AsyncOpenAI) -> None:
    forced = await told(api, "quantum spaghetti", tool_choice={"type": "image_generation"})
    without = await told(api, "a fox", tool_choice="none")

    assert "quantum spaghetti" == call(forced).revised_prompt
    assert call(without) is None


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


async def test_whoever_hangs_up_ends_a_turn_that_is_not_in_the_background(api: AsyncOpenAI, engine: Engine) -> None:
    engine.faults.plan("slow", seconds=PATIENCE)
    stream = await api.responses.create(**asked("a fox", stream=True))
    first = await anext(aiter(stream))
    (task,) = engine.app.state.working
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    task.get_loop().call_soon_threadsafe(task.add_done_callback, lambda _: loop.call_soon_threadsafe(ended.set))

    await stream.close()
    await asyncio.wait_for(ended.wait(), PATIENCE)

    with pytest.raises(openai.NotFoundError):
        await api.responses.retrieve(first.response.id)


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


def test_the_oldest_turns_are_forgotten_when_their_images_are_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_BYTES", 25)
    kept = Turns()
    made = [Turn(TurnAsk({}, ()), Reply(""), seen=Sight(Upload("", "", b"x" * 10), 0)) for _ in range(3)]

    for turn in made:
        kept.keep(turn)

    assert made[1:] == [kept.get(turn.id) for turn in made[1:]]
    with pytest.raises(Refusal, match="not found"):
        kept.get(made[0].id)
