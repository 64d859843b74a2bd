"""Selecting the subject, with the real model."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from triptych.errors import BadFile
from triptych.vision import refine, subject


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def inside(paint: Image.Image) -> NDArray[np.bool_]:
    return np.asarray(paint) > 127


def overlap(one: Image.Image, other: Image.Image) -> float:
    """Intersection over union."""
    a, b = inside(one), inside(other)
    return float((a & b).sum() / (a | b).sum())


def test_the_subject_is_what_was_drawn_before_the_ground(still_life: bytes, apple: Image.Image) -> None:
    found = subject(still_life)

    assert ("L", (512, 512)) == (found.mode, found.size)
    assert overlap(found, apple.getchannel("A")) > 0.97


def test_a_wide_picture_gets_paint_of_its_own_size(still_life: bytes, apple: Image.Image) -> None:
    wide = Image.open(io.BytesIO(still_life)).resize((768, 512))

    found = subject(png(wide))

    assert (768, 512) == found.size
    assert overlap(found, apple.getchannel("A").resize((768, 512))) > 0.95


def test_a_picture_with_a_clear_ground_knows_its_subject_itself(apple: Image.Image) -> None:
    assert apple.getchannel("A").tobytes() == subject(png(apple)).tobytes()


def test_a_picture_of_nothing_has_no_subject() -> None:
    assert (0, 0) == subject(png(Image.new("RGB", (300, 200), (90, 120, 200)))).getextrema()


def test_a_rough_outline_is_moved_to_the_edges_in_the_picture(still_life: bytes, apple: Image.Image) -> None:
    truth = apple.getchannel("A")
    rough = truth.resize((32, 32), Image.Resampling.BOX).resize((512, 512), Image.Resampling.NEAREST)

    found = refine(still_life, rough)

    assert overlap(rough, truth) < 0.95
    assert overlap(found, truth) > 0.98
    assert refine(still_life, rough).tobytes() == found.tobytes()


@pytest.mark.parametrize("shade", [0, 255])
def test_an_empty_or_full_paint_is_left_as_it_is(still_life: bytes, shade: int) -> None:
    paint = Image.new("L", (512, 512), shade)

    assert paint.tobytes() == refine(still_life, paint).tobytes()


@pytest.mark.parametrize(
    "data", [b"", b"%!PS-Adobe", b"\x89PNG\r\n\x1a\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_picture_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadFile, match="not a PNG, JPEG, WebP or GIF"):
        subject(data)


@pytest.mark.parametrize("edges", [(12000, 12000), (16000, 16000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(edges: tuple[int, int]) -> None:
    with pytest.raises(BadFile, match="pixels"):
        subject(png(Image.new("1", edges)))
