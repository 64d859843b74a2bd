"""The gate for pictures from outside: sniffed, weighed and measured before decoding, turned upright, told no tales."""

import io
import struct
import zlib
from typing import TYPE_CHECKING

from triptych.errors import BadFile
from triptych.inputs.attachment import MOST_IMAGE_BYTES, MOST_IMAGES, Attachment
from triptych.inputs.containers import Container, cut, opened

if TYPE_CHECKING:  # behind the first page
    from PIL import Image

MEGA = 1_000_000
MOST_PIXELS = 64 * MEGA  # one copy, at the four bytes Pillow keeps for a pixel, stays below 300 MiB
MOST_REDRAWN = 36 * MEGA  # two copies do
MOST_WEBP = 16 * MEGA  # libwebp keeps three beside Pillow's
ORIENTATION = 0x0112
UPRIGHT = {0, 1}
QUALITY = 95

DAMAGE = (
    OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, TypeError, AttributeError, RuntimeError,
    MemoryError, struct.error, zlib.error, Warning,
)  # fmt: skip
"""What Pillow's readers were seen to raise, or may, for a file made to harm; its bomb warnings among them."""


def admit(data: bytes) -> tuple[Attachment, bytes]:
    """The picture as it goes on to a server, and its name; a picture that tells nothing of a person passes bit for bit.

    Otherwise EXIF, GPS and XMP go and the coded pixels stay, unless it must be turned upright or is animated, CMYK or
    sixteen bits deep: then it is drawn anew, a JPEG at quality 95 and all else as lossless PNG. Raises BadFile, naming
    what to do, for what is no PNG, WebP or JPEG of less than 50 MB and at most 64 megapixels (36 where it is drawn
    anew, 16 for WebP), for a part of a file and for a damaged one.
    """
    if len(data) >= MOST_IMAGE_BYTES:
        raise BadFile(f"This picture weighs {len(data) / (1 << 20):.0f} MB; the API takes less than 50 MB: shrink it.")
    container = opened(data)
    _measured(container, MOST_WEBP if container.format == "webp" else MOST_PIXELS)
    clean = _clean(data, container)
    if len(clean) >= MOST_IMAGE_BYTES:
        raise BadFile("Turned upright this picture weighs over 50 MB: shrink it, or save it as JPEG.")
    return Attachment.of(clean), clean


def check_count(count: int) -> None:
    """Raises BadFile, saying so, where ``count`` pictures are more than a request takes."""
    if count > MOST_IMAGES:
        raise BadFile(f"A request takes at most {MOST_IMAGES} pictures, not {count}: remove {count - MOST_IMAGES}.")


def _measured(container: Container, most: int) -> None:
    pixels = container.width * container.height
    if pixels == 0:
        raise cut()
    if pixels > most:
        size = f"{container.width:,} x {container.height:,} pixels"
        raise BadFile(f"This picture claims {size}; at most {most // MEGA} megapixels are taken: make it smaller.")


def _clean(data: bytes, container: Container) -> bytes:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=(container.format.upper(),)) as picture:
            turned = picture.getexif().get(ORIENTATION, 1) not in UPRIGHT if container.private else False
            if turned or container.unusual:
                _measured(container, MOST_REDRAWN)
            picture.load()
            if turned or container.unusual:
                return _redrawn(picture, container.format)
    except DAMAGE:
        raise cut() from None
    return container.stripped() if container.private else data


def _redrawn(picture: "Image.Image", form: str) -> bytes:
    from PIL import ImageOps

    profile = picture.info.get("icc_profile") if picture.mode != "CMYK" else None
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode.startswith("I"):
        picture = eight_bits(picture)
    elif picture.mode not in {"L", "RGB", "RGBA", "LA"}:
        picture = picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else "RGB")
    out = io.BytesIO()
    picture.info = {}
    if form == "jpeg":
        picture.save(out, "JPEG", quality=QUALITY, icc_profile=profile)
    else:
        picture.save(out, "PNG", compress_level=1, icc_profile=profile)
    return out.getvalue()


def eight_bits(picture: "Image.Image") -> "Image.Image":
    """Grey of sixteen bits brought to the eight that everything here works with."""
    import numpy as np
    from PIL import Image

    return Image.fromarray((np.asarray(picture, dtype=np.uint32) >> 8).clip(0, 255).astype(np.uint8))
