"""PNGs of masks: their size before anything is unpacked, and a writer made for large plain areas."""

import struct
import zlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = {1: 0, 4: 6}  # by channels: grey, and colour with alpha
FRAME = 57  # bytes of a PNG around its pixels
BLOCK = 1 << 20  # pixels at a time
UP = 2  # the filter that stores how a row differs from the one above it


def png(size: tuple[int, int], rows: Callable[[int, int], Pixels], most: int | None = None) -> bytes | None:
    """A PNG of ``size``, or None as soon as it weighs ``most`` bytes.

    ``rows`` gives the pixels from a row to before another, of shape (rows, width, channels), one channel or four.
    Some five times as fast as Pillow's writer on a mask of 3840x2160 pixels, and no heavier.
    """
    width, height = size
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
    body, weight, channels = [], 0, 1
    above: Pixels = np.zeros(1, np.uint8)
    at_once = max(1, BLOCK // width)
    for top in range(0, height, at_once):
        block = rows(top, min(height, top + at_once))
        channels = block.shape[2]
        flat = block.reshape(len(block), width * channels)
        lines = np.empty((len(flat), 1 + flat.shape[1]), np.uint8)
        lines[:, 0] = UP
        np.subtract(flat[0], above, out=lines[0, 1:])
        np.subtract(flat[1:], flat[:-1], out=lines[1:, 1:])
        above = flat[-1]
        body.append(packer.compress(lines.data.cast("B")))
        weight += len(body[-1])
        if most is not None and weight + FRAME >= most:
            return None
    body.append(packer.flush())
    if most is not None and weight + len(body[-1]) + FRAME >= most:
        return None
    head = struct.pack(">IIBBBBB", width, height, 8, COLOUR_TYPES[channels], 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", b"".join(body)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
