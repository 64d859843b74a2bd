"""A masked edit as the tests send it: small pictures, and their bytes by SHA-256."""

import io
from typing import Any

from PIL import Image

from triptych.inputs import Attachment


def picture(colour: str = "teal", form: str = "PNG", size: tuple[int, int] = (64, 64)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()


def clear(size: tuple[int, int] = (64, 64)) -> bytes:
    """A mask or a markup with a clear square in its middle."""
    out = io.BytesIO()
    image = Image.new("RGBA", size, "black")
    image.paste((0, 0, 0, 0), (16, 16, 48, 48))
    image.save(out, "PNG")
    return out.getvalue()


def named(*files: bytes) -> dict[str, bytes]:
    """The files by their SHA-256, as they are handed over."""
    return {Attachment.of(data).sha256: data for data in files}


FIRST, SECOND, HOLE = picture(), picture("red", "JPEG"), clear()
FILES = named(FIRST, SECOND, HOLE)
MASKED: dict[str, Any] = {"images": (Attachment.of(FIRST), Attachment.of(SECOND)), "mask": Attachment.of(HOLE)}
