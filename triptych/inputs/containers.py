"""PNG, JPEG and WebP as containers: what headers claim, and the same picture without what tells of a person."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from triptych.errors import BadFile

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PRIVATE_TEXT = (b"XML:com.adobe.xmp", b"Raw profile type")
FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
KEPT = frozenset({0xE0, 0xEE})  # JFIF, and Adobe's word on how the colours are stored
APP1, APP2, APP13, APP15, COMMENT, SCAN, END = 0xE1, 0xE2, 0xED, 0xEF, 0xFE, 0xDA, 0xD9
MOST_SCANS = 100  # of a progressive JPEG; more are made to waste time
MOST_PIECES = 100_000
MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
WEBP_METADATA = 0b1100  # flags of VP8X: EXIF and XMP
WEBP_ANIMATED = 0b10
DEEP = 16  # bits to a channel
INKS = 4


@dataclass(frozen=True)
class Container:
    """A file taken apart: its claims, and its ``pieces``, each with whether it may go on to a server.

    ``unusual`` says that the picture must be drawn anew: animated, CMYK or sixteen bits deep.
    """

    format: str
    width: int
    height: int
    unusual: bool
    pieces: tuple[tuple[bytes, bool], ...]
    private: bool

    def stripped(self) -> bytes:
        """The file without EXIF, GPS, XMP and whatever hangs on behind its end; the picture bit for bit."""
        body = b"".join(piece for piece, kept in self.pieces if kept)
        if self.format != "webp":
            return body
        return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def opened(data: bytes) -> Container:
    """What ``data`` is by its content, not unpacked. Raises BadFile for no PNG, JPEG or WebP, or a part of one."""
    try:
        if data[:8] == PNG_SIGNATURE:
            return _png(data)
        if data[:3] == b"\xff\xd8\xff":
            return _jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError):
        raise cut() from None
    raise BadFile("This is no PNG, WebP or JPEG picture, whatever its name says: save it as one of these.")


def cut() -> BadFile:
    """The refusal of a file that ends too early or is damaged."""
    return BadFile("This picture is damaged or only part of a file: save or download it again.")


def _png(data: bytes) -> Container:
    width, height, depth = struct.unpack(">IIB", data[16:25])
    pieces, animated, private = [(PNG_SIGNATURE, True)], False, False
    for name, start, end in _png_chunks(data):
        hides = name == b"eXIf" or (name in {b"iTXt", b"tEXt", b"zTXt"} and data[start + 8 :].startswith(PRIVATE_TEXT))
        animated |= name == b"acTL"
        private |= hides
        pieces.append((data[start:end], not hides))
    behind = sum(len(piece) for piece, _ in pieces) < len(data)
    return Container("png", width, height, animated or depth == DEEP, tuple(pieces), private or behind)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = len(PNG_SIGNATURE)
    for _ in range(MOST_PIECES):
        (length,) = struct.unpack(">I", data[at : at + 4])
        name, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise cut()
        yield name, at, end
        if name == b"IEND":
            return
        at = end
    raise cut()


def _jpeg(data: bytes) -> Container:
    pieces, private, scans, size, inks = [(data[:2], True)], False, 0, (0, 0), 0
    for mark, start, end in _jpeg_segments(data):
        body = data[start + 4 : start + 16]
        kept = mark < APP2 - 2 or mark > APP15 or mark in KEPT or (mark == APP2 and body.startswith(b"ICC_PROFILE"))
        private |= mark in {APP1, APP13} or (mark == APP2 and body.startswith(b"MPF"))
        pieces.append((data[start:end], kept and mark != COMMENT))
        scans += mark == SCAN
        if mark in FRAMES:
            height, width, inks = struct.unpack(">HHB", body[1:6])
            size = max(size, (width, height))
        if scans > MOST_SCANS:
            raise cut()
    behind = data[sum(len(piece) for piece, _ in pieces) :].strip(b"\0\r\n")
    return Container("jpeg", *size, inks == INKS, tuple(pieces), private or bool(behind))


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, begin and end of each segment; a scan's coded data belong to it."""
    at = 2
    for _ in range(MOST_PIECES):
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # noqa: PLR2004 - fill bytes of the standard
            at += 1
        if data[at] != 0xFF:  # noqa: PLR2004 - every marker begins so
            raise cut()
        mark = data[at + 1]
        if mark == END:
            yield mark, at, at + 2
            return
        end = at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
        if mark == SCAN:
            found = MARKER.search(data, end)
            end = found.start() if found else len(data) + 1
        if end > len(data):
            raise cut()
        yield mark, at, end
        at = end
    raise cut()


def _webp(data: bytes) -> Container:
    whole = 8 + struct.unpack("<I", data[4:8])[0]
    if whole > len(data):
        raise cut()
    pieces: list[tuple[bytes, bool]] = []
    at, private, size, animated = 12, len(data) > whole + 1, (0, 0), False
    while at + 8 <= whole and len(pieces) < MOST_PIECES:
        name, length = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        end = at + 8 + length + length % 2
        if at + 8 + length > whole:
            raise cut()
        piece = data[at:end]
        if name == b"VP8X":
            animated = bool(piece[8] & WEBP_ANIMATED)
            piece = piece[:8] + bytes([piece[8] & ~WEBP_METADATA]) + piece[9:]
        size = max(size, _webp_size(name, piece))
        hides = name in {b"EXIF", b"XMP "}
        private |= hides
        pieces.append((piece, not hides))
        at = end
    return Container("webp", *size, animated, tuple(pieces), private)


def _webp_size(name: bytes, piece: bytes) -> tuple[int, int]:
    """What a chunk claims the picture measures; nothing for the chunks that claim nothing."""
    if name == b"VP8X":
        width, height = (int.from_bytes(piece[at : at + 3], "little") + 1 for at in (12, 15))
        return width, height
    if name == b"VP8L":
        bits = struct.unpack("<I", piece[9:13])[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        width, height = (edge & 0x3FFF for edge in struct.unpack("<HH", piece[14:18]))
        return width, height
    return 0, 0
