"""The images of a conversation: those that come in, and what the tool takes."""

import base64
import io
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from PIL import Image, ImageChops

from tests.triptych.engine.turns import TEXT_MODEL, call, changed, data_url, picture, shown, told


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
    again = await told(api, shown("add a boat", earlier), previous_response_id=back.id)
    pointed = await told(api, shown("make this photo night", foreign), previous_response_id=boat.id)

    assert "a fox on a hill, with a boat, at night" == call(pinned).revised_prompt
    assert "a fox on a hill, at night" == call(back).revised_prompt
    assert "a fox on a hill, with a boat, at night" == call(again).revised_prompt
    assert "at night" == call(pointed).revised_prompt


BOXES = ((0, 0, 500, 500), (530, 530, 1024, 1024))


async def test_an_image_of_the_images_api_is_known_and_changed_where_it_stands(api: AsyncOpenAI) -> None:
    made = await api.images.generate(
        model="gpt-image-2.6-flare", prompt="a fox and a house on a hill", n=2, size="1024x1024", quality="low"
    )
    second = (made.data or [])[1].b64_json or ""
    sent = {"image_url": f"data:image/png;base64,{second}", "detail": "auto"}

    response = await told(api, shown("add a boat", sent))
    gone = await told(api, shown("remove the house", sent))

    assert "a fox and a house on a hill, with a boat" == call(response).revised_prompt
    assert "a fox on a hill" == call(gone).revised_prompt
    left, _, right, _ = changed(Image.open(io.BytesIO(base64.b64decode(second))), picture(response))
    assert right - left < 512


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
