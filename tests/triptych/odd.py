"""Images as phones, editors and servers write them, each made by code."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms

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
