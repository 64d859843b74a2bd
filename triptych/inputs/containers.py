"""PNG, JPEG and WebP as containers: what headers claim, and the same image without all that it does not need."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from triptych.errors import BadFile
from triptych.inputs.formats import FRAMES, MARKER, PNG_SIGNATURE, START, measured, webp_size
from triptych.inputs.limits import MOST_PROFILE
from triptych.inputs.tiff import UPRIGHT, orientation

PNG_PIXELS = frozenset({b"IHDR", b"PLTE", b"IDAT"})
PNG_COLOURS = frozenset(
    {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI", b"sBIT", b"bKGD", b"pHYs"}
)
PNG_LENGTHS = {  # bytes; of another length browsers leave it out, and other readers the whole image
    b"gAMA": 4,
    b"cHRM": 32,
    b"sRGB": 1,
    b"cICP": 4,
    b"mDCV": 24,
    b"cLLI": 8,
    b"pHYs": 9,
}
PNG_SIGNED, JPEG_SIGNED, WEBP_SIGNED = b"caBX", b"JP", b"C2PA"  # where a signature of the image's origin lies
WEBP_PIXELS = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"})
IEND = b"\0\0\0\0IEND\xaeB`\x82"
EOI = b"\xff\xd9"
ALONE = frozenset({0x01, START})  # markers without a length
APP0, APP1, APP2, APP11, APP14, APP15, COMMENT, SCAN, END = 0xE0, 0xE1, 0xE2, 0xEB, 0xEE, 0xEF, 0xFE, 0xDA, 0xD9
JFIF = 18  # bytes of its segment where it holds no thumbnail
MOST_SCANS = 100  # of a progressive JPEG; more are made to waste time
MOST_PIECES = 100_000
WEBP_METADATA = 0b1100  # flags of VP8X: EXIF and XMP
WEBP_ANIMATED = 0b10
DEEP = 16  # bits to a channel
ALPHA = 4  # of a PNG's color type: each pixel says how clear it is
INKS = 4


@dataclass(frozen=True)
class Container:
    """A file taken apart: its claims, and the ``pieces`` that the image needs.

    ``spare`` says that there are others beside an origin's signature (C2PA), which is kept as long as nothing else has
    to go. ``ended`` is False where only the mark of its end is missing. ``unusual`` says that the image must be drawn
    anew: animated, CMYK, sixteen bits deep. ``orientation`` is EXIF's, 1 to 8. ``profile`` is a PNG's colour profile
    that is too large to be sent on. ``solid`` says that nobody can see through it, whatever its pixels are.
    """

    format: str
    width: int
    height: int
    pieces: tuple[bytes, ...]
    spare: bool
    ended: bool = True
    unusual: bool = False
    orientation: int = UPRIGHT
    profile: bytes | None = None
    solid: bool = False

    @property
    def whole(self) -> bool:
        """Whether it can go on bit for bit."""
        return self.ended and not self.spare

    def stripped(self) -> bytes:
        """The file with what the image needs and nothing else; the coded pixels bit for bit."""
        body = b"".join(self.pieces)
        if self.format == "png":
            return body + IEND
        if self.format == "jpeg":
            return body + EOI
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
    found = measured(data)
    what = f"This image is {found[0].label}" if found else "This is not a PNG, WebP or JPEG image"
    raise BadFile(f"{what}: save it as PNG, WebP or JPEG and choose that.")


def cut() -> BadFile:
    """The refusal of a file that ends too early or is damaged."""
    return BadFile("This image is damaged or incomplete: save or download it again.")


def _png(data: bytes) -> Container:
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    pieces, at, exif, spare, ended, profile, behind = [PNG_SIGNATURE], 0, b"", False, False, None, False
    for name, start, end in _png_chunks(data):
        at, body = end, data[start + 8 : end - 4]
        if name == b"IEND":
            ended = data[start:end] == IEND
        elif name == b"iCCP" and (large := _large_profile(body)) is not None:
            profile, spare = large, True
        elif name in PNG_PIXELS or (name in PNG_COLOURS and _is_sound(name, data, start, end)):
            pieces.append(data[start:end])
        else:
            exif = body if name == b"eXIf" and not behind else exif  # behind the pixels browsers do not heed it
            spare |= name != PNG_SIGNED
        behind |= name == b"IDAT"
    spare |= ended and at < len(data)
    unusual = depth == DEEP or bool(profile)
    solid = not kind & ALPHA and not any(piece[4:8] == b"tRNS" for piece in pieces)
    return Container("png", width, height, tuple(pieces), spare, ended, unusual, orientation(exif), profile, solid)


def _is_sound(name: bytes, data: bytes, start: int, end: int) -> bool:
    """Whether a chunk that an image can do without has its length and checksum; browsers leave out one that has not."""
    length = end - start - 12
    return PNG_LENGTHS.get(name, length) == length and data[end - 4 : end] == struct.pack(
        ">I", zlib.crc32(data[start + 4 : end - 4])
    )


def _large_profile(body: bytes) -> bytes | None:
    """A colour profile of more than a mebibyte unpacked, cut at sixteen; None for a smaller one."""
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(body.partition(b"\0")[2][1:], 16 * MOST_PROFILE)
    except zlib.error:
        return b""
    return profile if len(profile) > MOST_PROFILE else None


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, begin and end of each chunk up to the end, which may be missing behind whole pixels."""
    at, pixels = len(PNG_SIGNATURE), False
    for _ in range(MOST_PIECES):
        if pixels and len(data) - at < len(IEND):
            return
        (length,) = struct.unpack(">I", data[at : at + 4])
        name, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise cut()
        yield name, at, end
        if name == b"IEND":
            return
        pixels |= name == b"IDAT"
        at = end
    raise cut()


def _jpeg(data: bytes) -> Container:
    pieces, spare, scans, size, inks, exif = [data[:2]], False, 0, (0, 0), 0, b""
    ended, at = False, 2
    for mark, start, end in _jpeg_segments(data):
        spare |= start > at  # what lies between segments
        at, body = end, data[start + 4 : end]
        if mark == END:
            ended = True
            continue
        if _is_needed(mark, body[:16], end - start):
            pieces.append(data[start:end])
        else:
            exif = body if mark == APP1 and body.startswith(b"Exif\0\0") and not exif else exif
            spare |= not (mark == APP11 and body.startswith(JPEG_SIGNED))
        scans += mark == SCAN
        if mark in FRAMES and not inks:
            height, width, inks = struct.unpack(">HHB", body[1:6])
            size = (width, height)
        if scans > MOST_SCANS:
            raise cut()
    spare |= ended and bool(data[at:].strip(b"\0\r\n"))
    return Container("jpeg", *size, tuple(pieces), spare, ended, inks == INKS, orientation(exif), solid=True)


def _is_needed(mark: int, body: bytes, length: int) -> bool:
    """Whether a segment is the image's own, or says how its colours are stored."""
    if APP0 <= mark <= APP15:
        jfif = mark == APP0 and body.startswith(b"JFIF\0") and length == JFIF
        profile = mark == APP2 and body.startswith(b"ICC_PROFILE\0")
        return jfif or profile or (mark == APP14 and body.startswith(b"Adobe"))
    return mark != COMMENT


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, begin and end of each segment; a scan's coded data belong to it. The end's mark may be missing."""
    at, scanned = 2, False
    for _ in range(MOST_PIECES):
        found = MARKER.search(data, at)
        if found is None:
            if scanned:
                return
            raise cut()
        start, mark = found.start(), data[found.start() + 1]
        if mark == END:
            yield mark, start, start + 2
            return
        end = start + 2 + (0 if mark in ALONE else struct.unpack(">H", data[start + 2 : start + 4])[0])
        if mark == SCAN:
            scanned = True
            found = MARKER.search(data, end)
            end = found.start() if found else len(data) - data.endswith(b"\xff")
        if end > len(data):
            raise cut()
        yield mark, start, end
        at = end
    raise cut()


def _webp(data: bytes) -> Container:
    whole = 8 + struct.unpack("<I", data[4:8])[0]
    pieces: list[bytes] = []
    at, spare, size, animated, exif = 12, len(data) > whole + 1, (0, 0), False, b""
    ended, whole = len(data) >= whole, min(whole, len(data))
    while at + 8 <= whole and len(pieces) < MOST_PIECES:
        name, length = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        end = at + 8 + length + length % 2
        if at + 8 + length > whole:
            raise cut()
        piece = data[at:end].ljust(end - at, b"\0")
        if name == b"VP8X":
            animated = bool(piece[8] & WEBP_ANIMATED)
            piece = piece[:8] + bytes([piece[8] & ~WEBP_METADATA]) + piece[9:]
        size = max(size, webp_size(name, piece) or (0, 0))
        if name in WEBP_PIXELS:
            pieces.append(piece)
        else:
            exif = piece[8 : 8 + length] if name == b"EXIF" else exif
            spare |= name != WEBP_SIGNED
        at = end
    return Container("webp", *size, tuple(pieces), spare, ended, animated, orientation(exif))
