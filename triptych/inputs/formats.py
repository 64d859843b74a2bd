"""The image formats there are: how each is known by its first bytes, named and measured, without decoding anything."""

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from triptych.inputs.tiff import HEIGHT, WIDTH, tags

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
MOST_SEGMENTS = 10_000  # before a JPEG's size
SCAN, START, END = 0xDA, 0xD8, 0xD9
GIF_BLOCKS = b"\x21\x2c\x3b"  # with which whatever follows a GIF's colours begins
BRANDS = {
    b"avif": "avif",
    b"avis": "avif",
    b"heic": "heic",
    b"heix": "heic",
    b"heif": "heic",
    b"hevc": "heic",
    b"hevx": "heic",
    b"mif1": "heic",
    b"msf1": "heic",
}
ISPE = re.compile(rb"ispe\0\0\0\0(.{8})", re.DOTALL)
HEAD = 1 << 16  # bytes in which the boxes of AVIF and HEIC tell the size
JPEG_XL = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")

Size = tuple[int, int]


@dataclass(frozen=True)
class Format:
    """An image format. ``shown`` says whether the playground makes previews of it; if not, it is kept as it is."""

    name: str
    label: str
    suffix: str
    media_type: str
    shown: bool = True


KNOWN: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("png", "PNG", "png", "image/png"),
        Format("jpeg", "JPEG", "jpg", "image/jpeg"),
        Format("webp", "WebP", "webp", "image/webp"),
        Format("gif", "GIF", "gif", "image/gif"),
        Format("svg", "SVG", "svg", "image/svg+xml"),
        Format("bmp", "BMP", "bmp", "image/bmp", shown=False),
        Format("tiff", "TIFF", "tif", "image/tiff", shown=False),
        Format("avif", "AVIF", "avif", "image/avif", shown=False),
        Format("heic", "HEIC", "heic", "image/heic", shown=False),
        Format("jxl", "JPEG XL", "jxl", "image/jxl", shown=False),
    )
}
SUFFIXES: Mapping[str, str] = {one.name: one.suffix for one in KNOWN.values()}


def format_of(name: str) -> Format:
    """The format of that name; for one that nobody here knows, a plain file without a preview."""
    return KNOWN.get(name) or Format(name, name or "file", "bin", "application/octet-stream", shown=False)


def measured(data: bytes) -> tuple[Format, int, int] | None:
    """The raster format of ``data`` by its content, and the edges in pixels that it claims, 0 where it claims none.

    None for what is no image, or whose beginning is too short or too broken to tell. Nothing is decoded.
    """
    for name, read in READERS.items():
        try:
            size = read(data)
        except (struct.error, IndexError):
            continue
        if size is not None:
            return KNOWN[name], *size
    return None


def segments(data: bytes, at: int = 2) -> Iterator[tuple[int, int, int]]:
    """Marker, begin and end of each segment of a JPEG up to its first scan; bytes between them are passed over."""
    for _ in range(MOST_SEGMENTS):
        found = MARKER.search(data, at)
        if found is None or data[found.start() + 1] in {END, SCAN}:
            return
        start = found.start()
        mark = data[start + 1]
        at = start + 2 if mark in {0x01, START} else start + 2 + struct.unpack_from(">H", data, start + 2)[0]
        yield mark, start, at


def _png(data: bytes) -> Size | None:
    if data[:8] != PNG_SIGNATURE or data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _jpeg(data: bytes) -> Size | None:
    if data[:3] != b"\xff\xd8\xff":
        return None
    for mark, start, _ in segments(data):
        if mark in FRAMES:
            height, width = struct.unpack_from(">HH", data, start + 5)
            return width, height
    return None


def _webp(data: bytes) -> Size | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    return webp_size(data[12:16], data[12:42])


def webp_size(name: bytes, piece: bytes) -> Size | None:
    """What a WebP's chunk of that name claims that the image measures; None for the chunks that claim nothing."""
    if name == b"VP8X":
        width, height = (int.from_bytes(piece[at : at + 3], "little") + 1 for at in (12, 15))
        return width, height
    if name == b"VP8L":
        bits = struct.unpack_from("<I", piece, 9)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        width, height = (edge & 0x3FFF for edge in struct.unpack_from("<HH", piece, 14))
        return width, height
    return None


def _gif(data: bytes) -> Size | None:
    if data[:6] not in {b"GIF87a", b"GIF89a"}:
        return None
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    colours = 3 << (flags & 7) + 1 if flags & 0x80 else 0
    return (width, height) if data[13 + colours] in GIF_BLOCKS else None


def _bmp(data: bytes) -> Size | None:
    if data[:2] != b"BM" or data[6:10] != bytes(4):
        return None
    (head,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if head == 12 else "<ii", data, 18)  # noqa: PLR2004 - OS/2's
    return abs(width), abs(height)


def _tiff(data: bytes) -> Size | None:
    if data[:4] not in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}:
        return None
    found = tags(data)
    return found.get(WIDTH, 0), found.get(HEIGHT, 0)


def _boxes(kind: str) -> Callable[[bytes], Size | None]:
    def read(data: bytes) -> Size | None:
        if data[4:8] != b"ftyp" or _brand(data) != kind:
            return None
        claims = [struct.unpack(">II", found) for found in ISPE.findall(data[:HEAD])]
        width, height = max(claims, default=(0, 0), key=lambda size: size[0] * size[1])
        return width, height

    return read


def _brand(data: bytes) -> str | None:
    """What the first box says; a general brand leaves it to the others that it names."""
    (length,) = struct.unpack_from(">I", data)
    first = BRANDS.get(data[8:12])
    return "avif" if first and b"avif" in data[8 : min(length, HEAD)] else first


def _jxl(data: bytes) -> Size | None:
    return (0, 0) if data.startswith(JPEG_XL) else None


READERS: Mapping[str, Callable[[bytes], Size | None]] = {
    "png": _png,
    "jpeg": _jpeg,
    "webp": _webp,
    "gif": _gif,
    "bmp": _bmp,
    "tiff": _tiff,
    "avif": _boxes("avif"),
    "heic": _boxes("heic"),
    "jxl": _jxl,
}
