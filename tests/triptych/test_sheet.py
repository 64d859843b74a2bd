"""The contact sheet: one image that cannot be drawn is one empty place."""

import io

import pytest
from PIL import Image

from tests.triptych.odd import PNG, WORDS, line, saved, scene
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
