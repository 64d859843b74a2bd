"""What the pages show of a picture, and what it is called when it leaves the store."""

import io
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from triptych.results import Picture
from triptych.store import Store, file_name, is_clear, preview
from triptych.store.files.previews import CHECKS, is_its_own

SHA = "ab" * 32


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_large_picture_is_shown_small_and_keeps_its_shape() -> None:
    small = opened(preview(encoded(Image.new("RGB", (3000, 1500), "teal")), "png"))

    assert ("JPEG", (1024, 512)) == (small.format, small.size)


def test_a_transparent_picture_stands_over_grey_squares() -> None:
    small = opened(preview(encoded(Image.new("RGBA", (64, 64))), "png")).convert("L")

    side, *greys = CHECKS
    corners = small.getpixel((side // 2, side // 2)), small.getpixel((side + side // 2, side // 2))
    assert sorted(greys) == sorted(round(grey / 4) * 4 for grey in corners)  # type: ignore[operator]


def test_what_is_opaque_in_a_transparent_picture_keeps_its_colour() -> None:
    image = Image.new("RGBA", (64, 64), (200, 30, 40, 255))

    colour = opened(preview(encoded(image), "png")).getpixel((32, 32))

    assert all(abs(a - b) < 6 for a, b in zip((200, 30, 40), colour, strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["svg", "gif"])
def test_a_vector_and_a_moving_picture_are_left_as_they_are(form: str) -> None:
    assert b"whatever" == preview(b"whatever", form)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", encoded(Image.effect_noise((64, 64), 50))[:-900]])
def test_a_picture_that_cannot_be_decoded_is_said_to_be_so(data: bytes) -> None:
    with pytest.raises(ValueError, match="it cannot be decoded"):
        preview(data, "png")
    assert not is_clear(data)


@pytest.mark.parametrize(
    ("image", "clear"),
    [
        (Image.new("RGB", (8, 8)), False),
        (Image.new("RGBA", (8, 8), (1, 2, 3, 255)), False),
        (Image.new("RGBA", (8, 8), (1, 2, 3, 254)), True),
        (Image.new("LA", (8, 8), (1, 0)), True),
    ],
)
def test_only_a_picture_one_can_see_through_is_clear(image: Image.Image, clear: bool) -> None:
    assert clear == is_clear(encoded(image))


def exif(orientation: int) -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = orientation
    return found


@pytest.mark.parametrize(
    ("image", "form", "more", "own"),
    [
        (Image.new("RGB", (1024, 1024)), "PNG", {}, True),
        (Image.new("L", (8, 8)), "PNG", {}, True),
        (Image.new("P", (8, 8)), "PNG", {}, True),
        (Image.new("RGB", (1024, 8)), "JPEG", {}, True),
        (Image.new("RGB", (1025, 8)), "PNG", {}, False),
        (Image.new("RGBA", (8, 8), (1, 2, 3, 255)), "PNG", {}, False),
        (Image.new("LA", (8, 8)), "PNG", {}, False),
        (Image.new("P", (8, 8)), "PNG", {"transparency": 0}, False),
        (Image.new("RGB", (8, 8)), "PNG", {"exif": exif(6)}, False),
        (Image.new("RGB", (8, 8)), "JPEG", {"exif": exif(3)}, False),
        (Image.new("CMYK", (8, 8)), "JPEG", {}, False),
        (Image.new("I;16", (8, 8)), "PNG", {}, False),
        (Image.new("RGB", (8, 8)), "WEBP", {}, False),
        (Image.frombytes("RGB", (1000, 1000), random.Random(1).randbytes(3_000_000)), "PNG", {}, False),
    ],
)
def test_a_small_image_that_a_browser_shows_as_it_is_is_its_own_preview(
    image: Image.Image, form: str, more: dict[str, Any], own: bool
) -> None:
    out = io.BytesIO()
    image.save(out, form, **more)

    assert own == is_its_own(out.getvalue())


def test_a_preview_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    data = encoded(Image.new("RGB", (64, 64), "teal"))
    stored = store.save(Picture(data, "png", 64, 64))
    first = store.preview(stored)

    monkeypatch.setattr("triptych.store.files.previews.preview", _never)

    assert first == store.preview(stored)


def test_a_preview_of_a_lost_picture_is_a_key_error(tmp_path: Path) -> None:
    store = Store(tmp_path)
    stored = store.save(Picture(encoded(Image.new("RGB", (64, 64))), "png", 64, 64))
    next(tmp_path.rglob("*.png")).unlink()

    with pytest.raises(KeyError):
        store.preview(stored)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("A red fox, gouache!", "a-red-fox-gouache-abababab.png"),
        ("Ein Füchslein im Schnee", "ein-fuchslein-im-schnee-abababab.png"),
        ("狐", "picture-abababab.png"),
        ("../../etc/passwd", "etc-passwd-abababab.png"),
        ("one two three four five six seven eight nine ten", "one-two-three-four-five-six-seven-eight-abababab.png"),
        ("x" * 99, f"{'x' * 40}-abababab.png"),
    ],
)
def test_a_file_is_named_after_its_prompt(prompt: str, expected: str) -> None:
    assert expected == file_name(prompt, SHA, "png")


@given(st.text())
def test_no_prompt_makes_a_name_that_leaves_its_folder(prompt: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-abababab\.jpg", file_name(prompt, SHA, "jpeg"))


def _never(*_: object) -> Callable[[], None]:
    raise AssertionError("made again")
