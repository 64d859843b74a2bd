"""Copies of an image that are something else than the original: without metadata, or with its prompt inside."""

import struct
import zlib

from triptych.errors import BadFile
from triptych.inputs.containers import IEND, opened


def without_metadata(data: bytes) -> bytes:
    """The image with its coded pixels bit for bit and nothing else: no manifest, no EXIF, no text.

    Raises BadFile for what is no PNG, JPEG or WebP, or is damaged.
    """
    container = opened(data)
    if container.orientation != 1:
        raise BadFile("Its metadata says how it is rotated. Rotate and save it in an image editor first.")
    return container.stripped()


def with_prompt(data: bytes, prompt: str, model: str) -> bytes:
    """A PNG with prompt and model as a text chunk named "parameters", which many programs read back, Triptych too.

    Pixels stay bit for bit. A manifest is left out: it would say, rightly, that the file was changed. Raises BadFile
    for what is no PNG, or is damaged.
    """
    container = opened(data)
    if container.format != "png":
        raise BadFile("Only PNG files can hold a prompt, and this image is not a PNG.")
    told = f"{prompt}\nNegative prompt: \nModel: {model}".replace("\0", "")  # as AUTOMATIC1111 writes it
    body = b"parameters\0\0\0\0\0" + told.encode()
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    return container.stripped().removesuffix(IEND) + chunk + IEND
