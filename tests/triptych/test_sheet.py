"""The contact sheet: one image that cannot be drawn is one empty place."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.triptych.odd import PNG, WORDS, line, saved, scene
from triptych import fonts
from triptych.export.sheet import Block, Tile, contact_sheet

BROKEN = {
    "half a PNG": (PNG[: len(PNG) // 2], (64, 48)),
    "a line of two million pixels": (line(2_097_152), (2_097_152, 1)),
    "an AVIF": (saved(scene(), "AVIF"), (64, 48)),
    "nothing": (b"", (64, 48)),
}


def sheet(*tiles: Tile, edge: int | None = None) -> Image.Image:
    block = Block("", tuple("" for _ in tiles), ("",), (tiles,))
    return Image.open(io.BytesIO(contact_sheet("", (block,), edge=edge))).convert("RGB")


@pytest.mark.parametrize("edge", [None, 128])
@pytest.mark.parametrize(("data", "edges"), BROKEN.values(), ids=BROKEN)
def test_an_image_that_cannot_be_drawn_is_one_empty_place(
    data: bytes, edges: tuple[int, int], edge: int | None
) -> None:
    made = sheet(Tile(lambda: PNG, "", (64, 48)), Tile(lambda: data, "", edges), edge=edge)

    colours = {colour for _, colour in made.getcolors(1 << 24)}
    assert {(255, 0, 0), (0, 255, 0), (0xEE, 0xEE, 0xEE)} <= colours


@pytest.mark.parametrize("name", ["a text of two megabytes", "an EXIF that is none", "a JPEG with a second image"])
def test_an_odd_image_is_drawn(name: str) -> None:
    made = sheet(Tile(lambda: WORDS[name], "", (64, 48)))

    assert any(red > 240 and green < 16 for _, (red, green, _) in made.getcolors(1 << 24))


def captioned(*captions: str) -> np.ndarray:
    """A sheet of empty places, in mode L."""
    return np.asarray(sheet(*(Tile(None, caption, (0, 0)) for caption in captions), edge=256).convert("L"))


@pytest.mark.parametrize("caption", ["여우와 등대", "灯台とキツネ", "灯塔和狐狸", "Ночной поезд", "ночь 夜 밤"])
def test_a_caption_is_set_in_its_script(caption: str) -> None:
    lettered = captioned(caption)

    assert (lettered != captioned("")).any()
    assert (lettered != captioned("□" * len(caption))).any()
    assert "" == fonts.missing(caption)


@pytest.mark.parametrize("caption", ["WWWWW " * 30, "iiiii " * 60, "여우와등대" * 20, "灯台とキツネ" * 20])
def test_a_long_caption_stays_within_its_place_and_uses_its_width(caption: str) -> None:
    ink = captioned(caption, "")
    place = np.flatnonzero((ink[-60:] < 200).any(axis=0))

    assert place.max() < 8 + 256
    assert place.max() > 8 + 200


def test_a_letter_that_no_font_has_is_left_out_and_named_at_the_foot() -> None:
    known, unknown = captioned("fox", ""), captioned("fox\U000f1234", "\U000f1234")
    same = slice(0, 310)  # pixels: the place and its caption

    assert (unknown[same] == known[same]).all()
    assert not (known[310:] < 200).any()
    assert (unknown[310:] < 200).any()
