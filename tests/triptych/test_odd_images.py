"""Odd images as inputs: what a browser shows is taken, and nothing of a person goes on."""

import hashlib
import io
import struct
import zlib

import pytest
from PIL import Image, ImageOps

from tests.triptych.odd import (
    JPEG,
    MENDED,
    PNG,
    PROFILE,
    SIZE,
    WORDS,
    XMP,
    chunk,
    jpeg_with,
    line,
    png_with,
    saved,
    scene,
    segment,
    told,
)
from triptych.errors import BadFile
from triptych.inputs import Attachment, admit, decoded
from triptych.inputs.limits import LONGEST_EDGE


@pytest.mark.parametrize("data", WORDS.values(), ids=WORDS)
def test_everything_goes_but_what_the_image_needs_and_the_pixels_stay_bit_for_bit(data: bytes) -> None:
    before = hashlib.sha256(data).digest()

    attachment, clean = admit(data)

    assert clean in {PNG, JPEG}
    assert (Attachment.of(clean), before) == (attachment, hashlib.sha256(data).digest())


def test_metadata_of_a_webp_goes_whatever_its_chunk_is_called() -> None:
    data = saved(scene(), "WEBP", exif=told(1), xmp=b"Greta", lossless=True)
    data = data[:4] + struct.pack("<I", len(data) + 6) + data[8:] + b"GRTA" + struct.pack("<I", 6) + b"Greta\0"

    _, clean = admit(data)

    assert (True, False, False) == (b"Greta" in data, b"Greta" in clean, b"EXIF" in clean)
    assert decoded(data).tobytes() == decoded(clean).tobytes()


COLOURS = {
    "a profile": png_with(chunk(b"iCCP", b"name\0\0" + zlib.compress(PROFILE))),
    "gAMA and cHRM": png_with(chunk(b"gAMA", struct.pack(">I", 45455)), chunk(b"cHRM", struct.pack(">8I", *range(8)))),
    "sRGB": png_with(chunk(b"sRGB", b"\0")),
    "a transparent colour": png_with(chunk(b"tRNS", struct.pack(">3H", 255, 0, 0))),
    "a JPEG's profile": saved(scene(), "JPEG", icc_profile=PROFILE),
}


@pytest.mark.parametrize("data", COLOURS.values(), ids=COLOURS)
def test_what_says_how_the_colours_are_meant_stays(data: bytes) -> None:
    at = 33 if data.startswith(b"\x89PNG") else 2
    spare = chunk(b"tEXt", b"Author\0Greta") if at > 2 else segment(0xFE, b"Greta")

    assert (data, data) == (admit(data)[1], admit(data[:at] + spare + data[at:])[1])


SHORT = {name: chunk(name.encode(), b"\0") for name in ("gAMA", "cHRM", "pHYs", "cICP", "mDCV", "cLLI")}


@pytest.mark.parametrize("broken", [*SHORT.values(), chunk(b"sRGB", b"")], ids=[*SHORT, "sRGB"])
def test_what_is_no_word_on_colours_is_left_out_as_in_browsers(broken: bytes) -> None:
    data = png_with(broken)

    assert PNG == admit(data)[1]
    assert scene().tobytes() == decoded(data).tobytes()


def test_a_signature_of_an_image_s_origin_stays_as_long_as_it_holds() -> None:
    signed = png_with(chunk(b"caBX", b"jumb" * 50))
    changed = signed[:33] + chunk(b"tEXt", b"Author\0Greta") + signed[33:]

    assert (signed, PNG) == (admit(signed)[1], admit(changed)[1])


@pytest.mark.parametrize(("data", "whole"), MENDED.values(), ids=MENDED)
def test_a_missing_end_is_put_on_the_copy(data: bytes, whole: bytes) -> None:
    assert whole == admit(data)[1]


def test_a_png_of_which_a_whole_chunk_of_pixels_is_missing_is_a_part_of_a_file() -> None:
    body = zlib.compress(b"".join(b"\0" + bytes(range(192)) for _ in range(48)), 0)
    half = b"\x89PNG\r\n\x1a\n" + PNG[8:33] + chunk(b"IDAT", body[: len(body) // 2])

    with pytest.raises(BadFile, match="damaged or incomplete"):
        admit(half)


def test_a_profile_too_large_to_send_is_turned_into_the_colours_of_the_web() -> None:
    data = png_with(chunk(b"iCCP", b"printer\0\0" + zlib.compress(PROFILE + bytes(2_000_000))))

    with Image.open(io.BytesIO(admit(data)[1])) as clean:
        assert (SIZE, "RGB", None) == (clean.size, clean.mode, clean.info.get("icc_profile"))
        assert scene().tobytes() == clean.tobytes()


@pytest.mark.parametrize("orientation", range(9))
def test_exif_turns_an_image_as_browsers_do(orientation: int) -> None:
    image = Image.radial_gradient("L").resize(SIZE).convert("RGB")
    image.paste((255, 0, 0), (0, 0, 20, 10))
    data = saved(image, "PNG", exif=told(orientation))

    with Image.open(io.BytesIO(data)) as lying:
        upright = ImageOps.exif_transpose(lying)
    assert upright.tobytes() == decoded(admit(data)[1]).tobytes() == decoded(data).tobytes()


def test_xmp_alone_turns_nothing_as_in_browsers() -> None:
    lying = {
        "JPEG": jpeg_with(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)),
        "PNG": png_with(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)),
        "EXIF as text": png_with(chunk(b"tEXt", b"Raw profile type exif\0\nexif\n8\n" + told(6).hex().encode())),
        "EXIF behind the pixels": PNG[:-12] + chunk(b"eXIf", told(6)[6:]) + PNG[-12:],
    }

    assert [JPEG, PNG, PNG, PNG] == [admit(data)[1] for data in lying.values()]


@pytest.mark.parametrize("edge", [1, 3000, LONGEST_EDGE])
def test_what_passes_the_gate_can_be_read_back_from_a_record(edge: int) -> None:
    attachment, _ = admit(line(edge))

    assert attachment == Attachment.from_json(attachment.to_json())
