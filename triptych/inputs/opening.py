"""The one place where images from outside are decoded: measured first, without what they do not need, then as shown."""

import hashlib
import io
import struct
import zlib
from typing import TYPE_CHECKING

from triptych.errors import BadFile
from triptych.inputs.colours import eight_bits, srgb
from triptych.inputs.containers import Container, cut, opened
from triptych.inputs.formats import measured
from triptych.inputs.limits import MOST_REDRAWN, too_large
from triptych.inputs.tiff import UPRIGHT

if TYPE_CHECKING:  # behind the first page
    from PIL import Image

DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
    Warning,
)
"""What Pillow's readers were seen to raise, or may, for a file made to harm; its bomb warnings among them."""

FILLINGS = (b"\x55" * 64, b"\xaa" * 64)  # coded data of a JPEG that say something else each


def decoded(data: bytes, edge: int | None = None) -> "Image.Image":
    """The image as a browser shows it: its first frame, upright, eight bits to a channel; its profile is in info.

    A JPEG is decoded no larger than ``edge`` pixels wants. Raises BadFile for what is no PNG, JPEG, WebP or GIF, for
    a damaged one, and for one of more pixels than anything here takes.
    """
    found = measured(data)
    if found and found[0].name == "gif":
        return _loaded(data, "gif", found[1:], edge)
    container = opened(data)
    return upright(loaded(container, edge), container.orientation)


def loaded(container: Container, edge: int | None = None) -> "Image.Image":
    """The pixels of ``container`` as they lie in the file, of eight bits and in no colours of print; raises BadFile."""
    data, size = container.stripped(), (container.width, container.height)
    picture = _loaded(data, container.format, size, edge)
    if container.profile:
        picture.info["icc_profile"] = container.profile
    if not container.ended and container.format == "jpeg":
        _check_end(data, size)
    if container.profile or picture.mode == "CMYK":
        return srgb(picture)
    return eight_bits(picture) if picture.mode.startswith("I") else picture


def upright(picture: "Image.Image", orientation: int) -> "Image.Image":
    """The image turned as EXIF's ``orientation`` says."""
    from PIL import Image

    if orientation == UPRIGHT:
        return picture
    way = Image.Transpose
    turns = (
        way.FLIP_LEFT_RIGHT,
        way.ROTATE_180,
        way.FLIP_TOP_BOTTOM,
        way.TRANSPOSE,
        way.ROTATE_270,
        way.TRANSVERSE,
        way.ROTATE_90,
    )
    turned = picture.transpose(turns[orientation - 2])
    turned.info = picture.info
    return turned


def _loaded(data: bytes, form: str, size: tuple[int, int], edge: int | None) -> "Image.Image":
    from PIL import Image

    if not all(size):
        raise cut()
    if problem := too_large(*size):
        raise BadFile(f"This image claims {size[0]:,} x {size[1]:,} pixels; {problem}: make it smaller.")
    try:
        with Image.open(io.BytesIO(data), formats=(form.upper(),)) as picture:
            if picture.size != size:  # a GIF's first frame may claim more than the GIF
                raise cut()
            if edge is not None:
                picture.draft("RGB" if picture.mode != "L" else "L", (edge, edge))
            picture.load()
            return picture
    except (*DAMAGE, Image.DecompressionBombError):
        raise cut() from None


def _check_end(data: bytes, size: tuple[int, int]) -> None:
    """Raise BadFile for a JPEG of which more is missing than the mark of its end.

    A decoder makes up what is missing from whatever follows, so two that follow by different data differ.
    """
    if too_large(*size, MOST_REDRAWN):
        raise cut()
    first, second = (_digest(data[:-2] + filling + data[-2:], size) for filling in FILLINGS)
    if first != second:
        raise cut()


def _digest(data: bytes, size: tuple[int, int]) -> bytes:
    return hashlib.sha256(_loaded(data, "jpeg", size, None).tobytes()).digest()
