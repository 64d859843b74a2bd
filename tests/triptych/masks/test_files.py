"""A mask as a file: what is sent, what is taken, and what is refused in words."""

import io
import os
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from triptych import masks
from triptych.errors import BadFile
from triptych.inputs import MOST_MASK_BYTES

SIZE = (40, 30)


def paint_of(shades: bytes, size: tuple[int, int] = SIZE) -> Image.Image:
    return Image.frombytes("L", size, shades)


def saved(image: Image.Image, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def painted(box: tuple[int, int, int, int] = (5, 5, 20, 20)) -> Image.Image:
    paint = Image.new("L", SIZE)
    paint.paste(255, box)
    return paint


@settings(max_examples=30)
@given(st.binary(min_size=1199, max_size=1199))
def test_a_paint_comes_back_from_its_file_as_it_was(shades: bytes) -> None:
    paint = paint_of(shades + b"\xff")

    assert paint.tobytes() == masks.decode(masks.encode(paint), SIZE).tobytes()


def test_what_is_sent_is_a_png_clear_exactly_where_painted() -> None:
    sent = opened(masks.encode(painted()))

    alpha = np.asarray(sent.getchannel("A"))
    assert ("PNG", "RGBA", SIZE) == (sent.format, sent.mode, sent.size)
    assert np.array_equal(np.asarray(painted()) == 255, alpha == 0)
    assert {0, 255} == set(alpha.ravel().tolist())


def test_a_server_that_wants_white_gets_white_where_to_change() -> None:
    sent = masks.encode(painted())

    white = opened(masks.for_server(sent, white=True))

    assert (sent, "L", painted().tobytes()) == (masks.for_server(sent, white=False), white.mode, white.tobytes())


def test_a_mask_too_heavy_keeps_what_is_painted_and_kept_and_loses_shades() -> None:
    size = (2600, 2000)
    paint = paint_of(os.urandom(size[0] * size[1]), size)

    sent = masks.encode(paint)

    before, after = np.asarray(paint), np.asarray(masks.decode(sent, size))
    assert MOST_MASK_BYTES > len(sent)
    assert [True, True] == [bool((after[before == end] == end).all()) for end in (0, 255)]
    assert 256 > len(np.unique(after))


def test_a_mask_no_shades_can_make_light_is_refused_in_words() -> None:
    size = (6000, 6000)
    noise = np.unpackbits(np.frombuffer(os.urandom(size[0] * size[1] // 8 + 1), np.uint8))[: size[0] * size[1]] * 255

    with pytest.raises(BadFile, match="smooth it"):
        masks.encode(Image.frombuffer("L", size, noise.tobytes(), "raw", "L", 0, 1))


def test_black_and_white_is_read_by_either_polarity() -> None:
    data = saved(painted())

    assert painted().tobytes() == masks.decode(data, SIZE).tobytes() == masks.decode(data, SIZE, white=True).tobytes()
    assert masks.invert(painted()).tobytes() == masks.decode(data, SIZE, white=False).tobytes()


def test_a_mask_in_alpha_is_known_as_such_whatever_its_colours() -> None:
    photo = Image.radial_gradient("L").resize(SIZE).convert("RGB")
    photo.putalpha(masks.invert(painted()))

    assert painted().tobytes() == masks.decode(saved(photo), SIZE).tobytes()


def test_sixteen_bit_and_palette_masks_are_read() -> None:
    deep = Image.fromarray(np.asarray(painted(), np.uint16) * 257)

    found = [
        masks.decode(saved(each), SIZE).tobytes() for each in (deep, painted().convert("1"), painted().convert("P"))
    ]

    assert [painted().tobytes()] * 3 == found


def bomb() -> bytes:
    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))


PHOTO = Image.linear_gradient("L").resize(SIZE)
REFUSED = {
    "another size": (saved(painted().resize((41, 30))), "is 41x30, its image 40x30"),
    "neither clear nor black and white": (saved(PHOTO.convert("RGB")), "no transparent pixels"),
    "coloured": (saved(Image.new("RGB", SIZE, "red")), "no transparent pixels"),
    "over 4 MB": (saved(painted()) + bytes(MOST_MASK_BYTES), "less than 4 MB"),
    "a bomb": (bomb(), "20,000 x 20,000"),
    "a photo as JPEG": (saved(PHOTO.convert("RGB"), "JPEG"), r"This mask \(JPEG\) has no transparent pixels"),
    "a JPEG of another size": (saved(painted().resize((41, 30)), "JPEG"), r"This mask \(JPEG\) is 41x30"),
    "a WebP": (saved(painted(), "WEBP"), r"This mask \(WebP\) must be a PNG"),
    "opaque": (saved(Image.new("RGBA", SIZE, (0, 0, 0, 255))), "leaves nothing to change: clear what should change"),
    "black": (saved(Image.new("L", SIZE)), "leaves nothing to change"),
    "black as JPEG": (saved(Image.new("L", SIZE), "JPEG"), r"This mask \(JPEG\) leaves nothing to change"),
    "an EPS": (saved(painted(), "EPS"), "must be a PNG"),
    "nothing": (b"", "must be a PNG"),
    "half of a file": (saved(paint_of(os.urandom(1200)))[:600], "damaged"),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED)
def test_a_bad_mask_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        masks.decode(data, SIZE)


def test_a_jpeg_is_read_as_black_and_white_and_named_so() -> None:
    large = painted((8, 8, 24, 24)).resize((400, 300), Image.Resampling.NEAREST)
    data = saved(large, "JPEG")

    paint, inverse = masks.decode(data, large.size), masks.decode(data, large.size, white=False)

    assert ("JPEG", None) == (masks.name(data), masks.name(saved(large)))
    assert [0, 255] == [paint.getpixel((10, 10)), paint.getpixel((160, 160))]
    assert [255, 0] == [inverse.getpixel((10, 10)), inverse.getpixel((160, 160))]


def test_a_black_mask_whose_black_changes_is_a_mask() -> None:
    assert (255, 255) == masks.decode(saved(Image.new("L", SIZE)), SIZE, white=False).getextrema()
