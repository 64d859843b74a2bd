"""Outpainting finds a legal size, says what it did otherwise, and masks the room; markup keeps its colours."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from triptych import masks
from triptych.catalog import model
from triptych.errors import InvalidRequest
from triptych.masks.extend import _fitted

ANY = model("gpt-image-2.5-flare").sizes
FIXED = model("gpt-image-1-mini").sizes
MARGINS = st.tuples(*[st.integers(0, 3000)] * 4).filter(any)


def saved(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def photo(width: int, height: int) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


@settings(max_examples=300)
@given(st.tuples(st.integers(1, 6000), st.integers(1, 6000)), MARGINS)
def test_every_extension_finds_a_size_the_model_takes(
    size: tuple[int, int], margins: tuple[int, int, int, int]
) -> None:
    scale, (width, height) = _fitted(size, margins, ANY)

    assert None is ANY.problem(f"{width}x{height}")
    assert width >= scale * (size[0] + margins[1] + margins[3]) - 1
    assert height >= scale * (size[1] + margins[0] + margins[2]) - 1


def test_a_legal_extension_keeps_the_picture_to_the_bit_and_paints_the_room() -> None:
    whole = photo(1024, 1024)

    made = masks.outpaint(saved(whole), (0, 512, 0, 0), ANY)

    picture = opened(made.picture)
    assert ("1536x1024", (0, 0, 1024, 1024), (), (1536, 1024)) == (made.size, made.box, made.notes, picture.size)
    assert np.array_equal(np.asarray(whole), np.asarray(picture.crop(made.box)))
    paint = np.asarray(made.paint)
    assert (True, True) == (bool((paint[:, 1008:] == 255).all()), bool((paint[:, :1008] == 0).all()))


def test_the_room_may_be_left_clear() -> None:
    made = opened(masks.outpaint(saved(photo(1024, 1024)), (512, 0, 0, 0), ANY, "transparent").picture)

    alpha = np.asarray(made.getchannel("A"))
    assert ((1024, 1536), 0, 255) == (made.size, alpha[:512].max(), alpha[512:].min())


CHANGED = {
    "too small": ((256, 256), (64, 64, 64, 64), "scaled up to"),
    "too large": ((3840, 2160), (0, 300, 0, 300), "scaled down to"),
    "too narrow": ((1024, 512), (0, 2048, 0, 0), "at the top instead of 0"),
    "no multiple of 16": ((1000, 700), (0, 100, 0, 100), "2 pixels at the bottom instead of 0"),
}


@pytest.mark.parametrize(("size", "margins", "words"), CHANGED.values(), ids=CHANGED)
def test_what_is_made_otherwise_than_asked_is_said(
    size: tuple[int, int], margins: tuple[int, int, int, int], words: str
) -> None:
    made = masks.outpaint(saved(photo(*size)), margins, ANY)

    assert (None, True) == (ANY.problem(made.size), words in " ".join(made.notes))
    assert made.paint.size == opened(made.picture).size


def test_a_model_of_few_sizes_gets_the_one_of_the_nearest_shape() -> None:
    made = masks.outpaint(saved(photo(1024, 1024)), (0, 400, 0, 0), FIXED)

    assert ("1536x1024", True) == (made.size, made.size in FIXED.presets)


@pytest.mark.parametrize("margins", [(0, 0, 0, 0), (-1, 0, 0, 9), (0, 0, 0, 10**9)])
def test_extending_by_nothing_or_by_too_much_is_refused(margins: tuple[int, int, int, int]) -> None:
    with pytest.raises(InvalidRequest):
        masks.outpaint(saved(photo(64, 64)), margins, ANY)


@pytest.mark.parametrize("colour", ["url(#a)", "rainbow", "rgb(1)"])
def test_a_colour_that_is_none_is_refused(colour: str) -> None:
    with pytest.raises(InvalidRequest):
        masks.tinted(Image.new("L", (20, 20)), colour)
