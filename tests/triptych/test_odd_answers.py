"""Odd images as answers: paid for, so kept bit for bit, and shown as far as they can be."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from tests.triptych.odd import JPEG, MENDED, PNG, PROFILE, SIZE, WORDS, chunk, line, png_with, saved, scene, told
from triptych.client.answers import picture
from triptych.errors import BadAnswer, BadFile, InvalidRequest
from triptych.inputs import Attachment, admit, format_of
from triptych.inputs.limits import LONGEST_EDGE
from triptych.store import Store, as_shown, file_name, is_clear
from triptych.store.files.previews import is_whole


@pytest.mark.parametrize("data", [line(2_097_152), line(1, LONGEST_EDGE + 1)], ids=["wide", "high"])
def test_an_edge_that_no_record_takes_is_refused_at_the_gate_and_kept_as_an_answer(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="at most 1,048,576 pixels an edge"):
        admit(data)
    with pytest.raises(InvalidRequest):
        Attachment.of(data)

    store, answer = Store(tmp_path), picture(data)
    stored = store.save(answer)
    assert data == store.original(stored.sha256, stored.format)
    with pytest.raises(ValueError, match="at most 1,048,576 pixels an edge"):
        store.preview(stored)
    with pytest.raises(ValueError, match="at most 1,048,576 pixels an edge"):
        as_shown(data, "png")


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0\0\0\x14ispe" + struct.pack(">III", 0, 640, 480) + bytes(400)
OTHERS = {
    "bmp": (saved(scene(), "BMP"), "64x48", "bmp"),
    "tiff": (saved(scene(), "TIFF"), "64x48", "tif"),
    "avif": (saved(scene(), "AVIF"), "64x48", "avif"),
    "heic": (HEIC, "640x480", "heic"),
    "jxl": (b"\xff\x0a" + bytes(99), "0x0", "jxl"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_format_without_a_preview_is_kept_as_an_answer_and_refused_as_an_input(name: str, tmp_path: Path) -> None:
    data, size, suffix = OTHERS[name]

    store, answer = Store(tmp_path), picture(data)
    stored = store.save(answer)

    label = format_of(name).label
    assert (name, size, f"image/{name}") == (answer.format, answer.size, answer.media_type)
    assert data == store.original(stored.sha256, stored.format)
    assert f"a-fox-{stored.sha256[:8]}.{suffix}" == file_name("A fox", stored.sha256, name)
    with pytest.raises(ValueError, match=f"there is no preview of {label}"):
        store.preview(stored)
    with pytest.raises(ValueError, match=f"there is no preview of {label}"):
        as_shown(data, name)
    assert not is_clear(data)
    with pytest.raises(BadFile, match=f"is {label}: save it as PNG"):
        admit(data)


ANSWERS = {
    **WORDS,
    "a profile of two megabytes": png_with(chunk(b"iCCP", b"p\0\0" + zlib.compress(PROFILE + bytes(2_000_000)))),
    "an APNG": saved(scene(), "PNG", save_all=True, append_images=[Image.new("RGB", SIZE)]),
    "an animated WebP": saved(scene(), "WEBP", save_all=True, append_images=[Image.new("RGB", SIZE)], lossless=True),
    "CMYK": saved(scene().convert("CMYK"), "JPEG"),
    "sixteen bits": saved(Image.new("I;16", SIZE, 0x8000), "PNG"),
    "a palette with a clear colour": saved(scene().quantize(4), "PNG", transparency=0),
    **{name: data for name, (data, _) in MENDED.items()},
}


@pytest.mark.parametrize("data", ANSWERS.values(), ids=ANSWERS)
def test_an_odd_answer_is_kept_bit_for_bit_and_shown(data: bytes, tmp_path: Path) -> None:
    store, answer = Store(tmp_path), picture(data)
    stored = store.save(answer)

    assert ("64x48", data) == (answer.size, store.original(stored.sha256, stored.format))
    with Image.open(io.BytesIO(store.preview(stored))) as small:
        assert ("JPEG", SIZE) == (small.format, small.size)
    with Image.open(io.BytesIO(as_shown(data, answer.format))) as shown:
        assert SIZE == shown.size
        shown.load()


def test_a_name_that_no_format_has_is_a_file_without_a_preview() -> None:
    form = format_of("mpo")

    assert ("bin", "application/octet-stream", False) == (form.suffix, form.media_type, form.shown)
    assert "a-fox-abababab.bin" == file_name("A fox", "ab" * 32, "mpo")


def test_an_image_that_lies_on_its_side_is_not_shown_by_its_own_bytes() -> None:
    assert [True, False, True, False] == [
        is_whole(data)
        for data in (PNG, saved(scene(), "PNG", exif=told(6)), JPEG, saved(Image.new("RGBA", SIZE), "PNG"))
    ]


FIRST = (
    b"BM",
    b"II*\0",
    b"MM\0*\xff\xff\xff\xff",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"RIFF0000WEBP",
    b"\0\0\0\x0cftypheix",
    PNG[:20],
)


@pytest.mark.parametrize("data", FIRST)
def test_the_first_bytes_of_an_image_alone_never_end_in_anything_but_words(data: bytes) -> None:
    for cut in range(len(data) + 1):
        try:
            found = picture(data[:cut])
        except BadAnswer:
            continue
        assert data[:cut] == found.data
