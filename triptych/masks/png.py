"""PNGs of masks: their size before anything is unpacked, and a writer made for large plain areas."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from triptych.errors import BadFile

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 64_000_000
HEADER = 33  # bytes up to the end of the first chunk
COLOUR_TYPES = {1: 0, 4: 6}  # by channels: grey, and colour with alpha
UP = 2  # the filter that stores how a row differs from the one above it


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels; raises BadFile for no PNG and for one of more than 64 megapixels."""
    if data[:8] != SIGNATURE or data[12:16] != b"IHDR" or len(data) < HEADER:
        raise BadFile("A mask must be a PNG picture: save it as PNG and choose it again.")
    width, height = struct.unpack(">II", data[16:24])
    if not 0 < width * height <= MOST_PIXELS:
        raise BadFile(f"This mask claims {width:,} x {height:,} pixels: choose one of the picture's own size.")
    return width, height


def png(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG of ``pixels`` of shape (height, width, channels), one channel or four.

    Some five times as fast as Pillow's on a mask of 3840x2160 pixels, and no heavier.
    """
    height, width, channels = pixels.shape
    flat = pixels.reshape(height, width * channels)
    rows = np.empty((height, 1 + width * channels), np.uint8)
    rows[:, 0], rows[0, 1:] = UP, flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
    body = packer.compress(rows.data.cast("B")) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, COLOUR_TYPES[channels], 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
