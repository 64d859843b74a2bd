"""Programs that edit through the gateway: files and data URLs, masks of every kind, variations by an edit."""

import base64
import io

import httpx2
import openai
import pytest
from openai import OpenAI
from PIL import Image

from tests.triptych.gateway.conftest import MODEL, TOKEN, Gateway
from triptych.engine.serve import Engine

HALF = (32, 0, 64, 64)


def picture(mode: str = "RGB", colour: object = "blue", box: tuple[int, int, int, int] | None = None) -> bytes:
    """A PNG of 64 pixels; a ``box`` of it is white, or transparent where it can be."""
    image, out = Image.new(mode, (64, 64), colour), io.BytesIO()  # type: ignore[arg-type]
    if box:
        image.paste((0, 0, 0, 0) if mode == "RGBA" else "white", box)
    image.save(out, "PNG")
    return out.getvalue()


def named(data: bytes) -> tuple[str, bytes, str]:
    return "image.png", data, "image/png"


def test_several_images_and_a_mask_are_edited_and_kept(sdk: OpenAI, gateway: Gateway) -> None:
    mask = picture("RGBA", "black", HALF)

    raw = sdk.images.with_raw_response.edit(
        model=MODEL, prompt="two files", image=[named(picture()), named(picture(colour="red"))], mask=named(mask)
    )

    assert "x-triptych-mask" not in raw.headers
    (data,) = raw.parse().data or []
    assert Image.open(io.BytesIO(base64.b64decode(data.b64_json or "")))
    ((ticket,),) = gateway.rows("ticket", where="request LIKE '%two files%'")
    kept = gateway.rows("role, position", of="attachments JOIN drawings USING (ticket)", where=f"ticket = '{ticket}'")
    assert {("image", 0), ("image", 1), ("mask", 2)} == set(kept)


def test_an_edit_in_json_takes_data_urls(gateway: Gateway, engine: Engine) -> None:
    url = f"data:image/png;base64,{base64.b64encode(picture()).decode()}"
    body = {"model": MODEL, "prompt": "in json", "images": [{"image_url": url}]}

    answer = httpx2.post(
        f"{gateway.address}/v1/images/edits", json=body, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60
    )

    assert 200 == answer.status_code, answer.text
    assert ["/v1/images/edits"] == [entry.path for entry in engine.log if entry.method == "POST"]


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_mask_without_alpha_is_edited_where_it_is_white(sdk: OpenAI, gateway: Gateway, mode: str) -> None:
    prompt = f"a mask of mode {mode}"

    raw = sdk.images.with_raw_response.edit(
        model=MODEL, prompt=prompt, image=named(picture()), mask=named(picture(mode, "black", HALF))
    )

    assert "black-and-white; white=edit" == raw.headers["x-triptych-mask"]
    ((sha256,),) = gateway.rows(
        "sha256", of="attachments JOIN drawings USING (ticket)", where=f"role = 'mask' AND request LIKE '%{prompt}%'"
    )
    (sent,) = (gateway.folder / "home").rglob(f"{sha256}*.png")
    alpha = Image.open(sent).getchannel("A")
    assert HALF == alpha.point([255 - level for level in range(256)]).getbbox()


def test_a_mask_that_is_neither_is_refused_in_words(sdk: OpenAI, engine: Engine) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        sdk.images.edit(model=MODEL, prompt="x", image=named(picture()), mask=named(picture(colour="orange")))

    assert ("mask", "invalid_mask_image_format") == (refused.value.param, refused.value.code)
    assert [] == [entry for entry in engine.log if entry.method == "POST"]


def test_variations_are_served_by_an_edit(sdk: OpenAI, engine: Engine) -> None:
    with pytest.warns(DeprecationWarning, match="deprecated"):
        answer = sdk.images.create_variation(image=named(picture()), n=3, size="256x256")

    assert 3 == len(answer.data or [])
    assert all(one.url for one in answer.data or [])
    assert ["/v1/images/edits"] == [entry.path for entry in engine.log if entry.method == "POST"]


@pytest.mark.parametrize("junk", [b"", b"no image", picture()[:60]], ids=["empty", "text", "cut"])
def test_what_is_no_image_is_refused_and_sent_to_nobody(sdk: OpenAI, engine: Engine, junk: bytes) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        sdk.images.edit(model=MODEL, prompt="x", image=named(junk))

    assert ("image", "invalid_image_file") == (refused.value.param, refused.value.code)
    assert [] == [entry for entry in engine.log if entry.method == "POST"]
