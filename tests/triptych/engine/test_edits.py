"""Edits and variations by the real SDK: the input is used, the mask is kept, what lies outside drifts a little."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from openai import OpenAI
from openai.types import ImagesResponse
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from tests.triptych.engine.wire import MODEL, files, pictures, png
from triptych.engine.artist import Order, paint

HOLE = (300, 200, 700, 600)


def more(*values: str) -> list[Any]:
    """Values that `make trust` alone tries."""
    return [pytest.param(value, marks=pytest.mark.trust) for value in values]


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return paint(Order("a house and a tree on a hill", 1024, 768, quality="high"))


@pytest.fixture(scope="module")
def mask() -> Image.Image:
    mask = Image.new("RGBA", (1024, 768), (0, 0, 0, 255))
    ImageDraw.Draw(mask).rectangle(HOLE, fill=(0, 0, 0, 0))
    return mask


def away(response: ImagesResponse, photo: Image.Image) -> NDArray[np.int64]:
    """How far each pixel is from the photo's, by its worst channel."""
    found = np.asarray(pictures(response)[0].convert("RGB"), dtype=np.int64)
    return abs(found - np.asarray(photo, dtype=np.int64)).max(axis=2)


@pytest.mark.painted
@pytest.mark.parametrize("prompt", ["a red balloon", *more("a snowy mountain at night", "make it nicer")])
def test_a_mask_is_painted_inside_and_nearly_kept_outside(
    client: OpenAI, photo: Image.Image, mask: Image.Image, prompt: str
) -> None:
    response = client.images.edit(model=MODEL, image=png(photo), mask=png(mask), prompt=prompt, size="1024x768")

    left, top, right, bottom = HOLE
    moved = away(response, photo)
    outside = np.ones_like(moved, dtype=bool)
    outside[top - 12 : bottom + 12, left - 12 : right + 12] = False
    assert moved[top + 20 : bottom - 20, left + 20 : right - 20].mean() > 12
    assert 0 < moved[outside].max() <= 5
    assert 0.3 < (moved[outside] > 0).mean()


@pytest.mark.painted
def test_high_fidelity_keeps_what_is_outside_to_the_pixel(
    client: OpenAI, photo: Image.Image, mask: Image.Image
) -> None:
    response = client.images.edit(
        model=MODEL, image=png(photo), mask=png(mask), prompt="a balloon", size="1024x768", input_fidelity="high"
    )

    assert 0 == away(response, photo)[:150].max()


@pytest.mark.painted
def test_markup_is_painted_where_it_was_drawn(client: OpenAI, photo: Image.Image) -> None:
    markup = Image.new("RGBA", photo.size, (0, 0, 0, 0))
    ImageDraw.Draw(markup).ellipse((500, 300, 800, 600), fill=(255, 0, 0, 255))

    response = client.post(
        "/images/edits",
        cast_to=ImagesResponse,
        options={"headers": {"Content-Type": "multipart/form-data"}},
        body={"model": MODEL, "prompt": "a cat", "size": "1024x768"},
        files=[("image", png(photo)), ("markup", png(markup))],
    )

    moved = away(response, photo)
    assert moved[330:570, 530:770].mean() > 8
    assert moved[:250].max() <= 5


@pytest.mark.painted
@pytest.mark.parametrize("prompt", ["make it a watercolour", *more("black and white, noir", "at night")])
def test_an_edit_without_a_mask_is_recognisable(client: OpenAI, photo: Image.Image, prompt: str) -> None:
    response = client.images.edit(model=MODEL, image=png(photo), prompt=prompt, size="1024x768", quality="low")

    before, after = (
        np.asarray(p.convert("L").resize((48, 36)), dtype=float).ravel() for p in (photo, pictures(response)[0])
    )
    assert np.corrcoef(before, after)[0, 1] > 0.4
    assert away(response, photo).mean() > 8


@pytest.mark.painted
def test_a_sketch_has_its_ink_where_the_picture_has_edges(client: OpenAI, photo: Image.Image) -> None:
    response = client.images.edit(model=MODEL, image=png(photo), prompt="as a pencil sketch", size="1024x768")

    frame = (8, 8, 1016, 760)
    edges = photo.convert("L").filter(ImageFilter.GaussianBlur(2)).filter(ImageFilter.FIND_EDGES).crop(frame)
    ink = ImageChops.invert(pictures(response)[0].convert("L")).crop(frame)
    before, after = (np.asarray(p.resize((96, 72), Image.Resampling.BOX), dtype=float).ravel() for p in (edges, ink))
    assert np.corrcoef(before, after)[0, 1] > 0.5


def test_auto_takes_the_shape_of_the_input(client: OpenAI, photo: Image.Image) -> None:
    response = client.images.edit(model=MODEL, image=png(photo), prompt="at dusk", quality="low")

    assert "1536x1024" == response.size


@pytest.mark.painted
def test_each_further_input_leaves_its_trace(client: OpenAI, photo: Image.Image) -> None:
    red, blue = (png(Image.new("RGB", (200, 200), colour)) for colour in ("red", "blue"))

    one = client.images.edit(model=MODEL, image=[png(photo)], prompt="a poster", size="1024x768")
    three = client.images.edit(model=MODEL, image=[png(photo), red, blue], prompt="a poster", size="1024x768")

    pixels = {p.convert("RGB").getpixel((341, 680)) for p in pictures(three)}
    assert {(255, 0, 0)} == pixels
    assert (0, 0, 255) == pictures(three)[0].convert("RGB").getpixel((682, 680))
    assert (255, 0, 0) != pictures(one)[0].convert("RGB").getpixel((341, 680))


def test_input_pictures_are_counted_as_tokens(client: OpenAI, photo: Image.Image) -> None:
    usage = client.images.edit(model=MODEL, image=[png(photo)] * 2, prompt="a poster", quality="low").usage

    # 1024 × 768 is scaled to 683 × 512: two tiles.
    assert usage is not None
    assert 2 * (65 + 129 * 2) == usage.input_tokens_details.image_tokens


def test_an_edit_streams_its_own_events(client: OpenAI, photo: Image.Image, mask: Image.Image) -> None:
    events = list(
        client.images.edit(
            model=MODEL,
            image=png(photo),
            mask=png(mask),
            prompt="a cat",
            size="1024x768",
            quality="low",
            stream=True,
            partial_images=2,
        )
    )

    assert ["image_edit.partial_image"] * 2 + ["image_edit.completed"] == [event.type for event in events]


@pytest.mark.painted
def test_a_transparent_edit_cuts_the_subject_out(client: OpenAI) -> None:
    subject = Image.new("RGB", (1024, 1024), (240, 240, 240))
    ImageDraw.Draw(subject).ellipse((300, 300, 700, 700), fill=(200, 30, 40))

    response = client.images.edit(model=MODEL, image=png(subject), prompt="cut it out", background="transparent")

    alpha = pictures(response)[0].getchannel("A")
    assert (0, 255) == (alpha.getpixel((20, 20)), alpha.getpixel((500, 500)))


def test_an_edit_can_be_sent_as_json(client: OpenAI, photo: Image.Image) -> None:
    url = f"data:image/png;base64,{base64.b64encode(png(photo)[1]).decode()}"

    response = client.post(
        "/images/edits",
        cast_to=ImagesResponse,
        body={"model": MODEL, "prompt": "at night", "images": [{"image_url": url}], "size": "1024x768"},
    )

    assert (1024, 768) == pictures(response)[0].size


@pytest.mark.parametrize("form", ["gif", "svg"])
def test_an_edit_comes_in_the_new_formats_too(client: OpenAI, photo: Image.Image, form: str) -> None:
    response = client.images.edit(
        model=MODEL,
        image=png(photo),
        prompt="flat poster",
        output_format=form,
        size="1024x768",
        extra_body={"frame_count": 3} if form == "gif" else {},
    )

    data = files(response)[0]
    assert data.startswith(b"GIF89a" if form == "gif" else b"<svg")
    assert form == "svg" or 3 == Image.open(io.BytesIO(data)).n_frames


@pytest.mark.painted
def test_variations_are_several_and_resemble_their_picture(client: OpenAI) -> None:
    square = paint(Order("a boat at sea", 512, 512))

    with pytest.warns(DeprecationWarning, match="deprecated"):
        response = client.images.create_variation(image=png(square), n=3, size="512x512")

    found = pictures(response)
    before = np.asarray(square.convert("L").resize((8, 8)), dtype=float)
    assert [(512, 512)] * 3 == [picture.size for picture in found]
    assert 3 == len({picture.tobytes() for picture in found})
    for picture in found:
        after = np.asarray(picture.convert("L").resize((8, 8)), dtype=float)
        assert max(np.corrcoef(before.ravel(), turned.ravel())[0, 1] for turned in (after, after[:, ::-1])) > 0.7
