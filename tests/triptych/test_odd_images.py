"""Images as phones, editors and servers write them: what a browser shows is taken, and nothing of a person goes on."""

import hashlib
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageOps

from triptych.client.answers import picture
from triptych.errors import BadAnswer, BadFile, InvalidRequest
from triptych.inputs import Attachment, admit, decoded, format_of
from triptych.inputs.limits import LONGEST_EDGE
from triptych.store import Store, as_shown, file_name, is_clear, is_whole

ORIENTATION = 0x0112
SIZE = (64, 48)
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>'
    b"</rdf:RDF></x:xmpmeta>"
)


def scene(size: tuple[int, int] = SIZE) -> Image.Image:
    """Red on the left, lime on the right."""
    image = Image.new("RGB", size, "red")
    image.paste((0, 255, 0), (size[0] // 2, 0, *size))
    return image


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def segment(mark: int, body: bytes) -> bytes:
    return bytes((0xFF, mark)) + struct.pack(">H", len(body) + 2) + body


PNG, JPEG, WEBP = (saved(scene(), form) for form in ("PNG", "JPEG", "WEBP"))
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def png_with(*chunks: bytes) -> bytes:
    return PNG[:33] + b"".join(chunks) + PNG[33:]


def jpeg_with(*segments: bytes) -> bytes:
    return JPEG[:2] + b"".join(segments) + JPEG[2:]


def told(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif.tobytes()


def line(width: int, height: int = 1) -> bytes:
    """A PNG of grey, whole, however long."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes((width + 1) * height)))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


MANY = b"{" + b'"node":1,' * 220_000 + b"}"
WORDS = {
    "tEXt": png_with(chunk(b"tEXt", b"Author\0Greta")),
    "tEXt of a generator": png_with(chunk(b"tEXt", b"parameters\0Greta in the snow")),
    "zTXt": png_with(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"Greta"))),
    "iTXt": png_with(chunk(b"iTXt", b"Author\0\0\0\0\0Greta")),
    "eXIf": png_with(chunk(b"eXIf", told(1)[6:] + b"Greta")),
    "tIME": png_with(chunk(b"tIME", struct.pack(">HBBBBB", 1990, 4, 15, 1, 2, 3))),
    "a private chunk": png_with(chunk(b"grTa", b"Greta")),
    "a text behind the pixels": PNG[:-12] + chunk(b"tEXt", b"Author\0Greta") + PNG[-12:],
    "a text of two megabytes": png_with(chunk(b"zTXt", b"workflow\0\0" + zlib.compress(MANY))),
    "a text whose checksum is wrong": png_with(chunk(b"tEXt", b"Author\0Greta")[:-1] + b"\0"),
    "an EXIF that is none": png_with(chunk(b"eXIf", b"\x00\x08\x00\x02\x01\x12\x00\x03")),
    "COM": jpeg_with(segment(0xFE, b"Greta")),
    "APP1 of EXIF": jpeg_with(segment(0xE1, told(1) + b"Greta")),
    "APP1 of XMP": jpeg_with(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0Greta")),
    "APP13": jpeg_with(segment(0xED, b"Photoshop 3.0\0Greta")),
    "APP4": jpeg_with(segment(0xE4, b"Greta")),
    "a JFXX thumbnail": JPEG[:20] + segment(0xE0, b"JFXX\0\x10Greta") + JPEG[20:],
    "bytes between segments": JPEG[:20] + b"Greta" + JPEG[20:],
    "a JPEG with a second image": saved(scene(), "MPO", save_all=True, append_images=[scene((32, 24))]),
}


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


def test_a_signature_of_an_image_s_origin_stays_as_long_as_it_holds() -> None:
    signed = png_with(chunk(b"caBX", b"jumb" * 50))
    changed = signed[:33] + chunk(b"tEXt", b"Author\0Greta") + signed[33:]

    assert (signed, PNG) == (admit(signed)[1], admit(changed)[1])


MENDED = {
    "a PNG without its end": (PNG[:-12], PNG),
    "a PNG of which half the end is missing": (PNG[:-5], PNG),
    "a PNG whose end has a wrong checksum": (PNG[:-4] + bytes(4), PNG),
    "a JPEG without its end": (JPEG[:-2], JPEG),
    "a JPEG of which half the end is missing": (JPEG[:-1], JPEG),
    "a progressive JPEG without its end": (
        saved(scene(), "JPEG", progressive=True)[:-2],
        saved(scene(), "JPEG", progressive=True),
    ),
}


@pytest.mark.parametrize(("data", "whole"), MENDED.values(), ids=MENDED)
def test_a_missing_end_is_put_on_the_copy(data: bytes, whole: bytes) -> None:
    assert whole == admit(data)[1]


def test_a_png_of_which_a_whole_chunk_of_pixels_is_missing_is_a_part_of_a_file() -> None:
    body = zlib.compress(b"".join(b"\0" + bytes(range(192)) for _ in range(48)), 0)
    half = b"\x89PNG\r\n\x1a\n" + PNG[8:33] + chunk(b"IDAT", body[: len(body) // 2])

    with pytest.raises(BadFile, match="only part of a file"):
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


@pytest.mark.parametrize("edge", [1, 3000, LONGEST_EDGE])
def test_what_passes_the_gate_can_be_read_back_from_a_record(edge: int) -> None:
    attachment, _ = admit(line(edge))

    assert attachment == Attachment.from_json(attachment.to_json())


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
    with pytest.raises(BadFile, match=f"is {label}, whatever its name says: save it as PNG"):
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
