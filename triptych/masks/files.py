"""A mask as a file: paint into the PNG that is sent, and masks made elsewhere into paint."""

import io
from functools import partial
from typing import Literal

import numpy as np
from PIL import Image, ImageChops

from triptych.errors import BadFile
from triptych.inputs import DAMAGE, MOST_MASK_BYTES, eight_bits
from triptych.masks.png import Pixels, png, png_size

FULL = 255
STEPS = (256, 16, 4, 2)  # shades of a soft edge, fewer when the file would weigh too much
COLOURFUL = 12  # of 255; channels farther apart than this are a colour
EXTREME = 24  # of 255; how far from black or white still counts as such
MOSTLY = 0.5  # share of pixels that are black or white in a black and white mask

Kind = Literal["alpha", "grey"]


def encode(paint: Image.Image, white: bool = False) -> bytes:
    """The mask as a PNG of less than 4 MB: alpha 0 exactly where paint is 255, alpha 255 where it is 0.

    With ``white`` it is grey without alpha, white where to change, as some compatible servers want it. A mask too
    heavy has its soft edges drawn in 16, 4 or 2 shades, black and white staying as they are; raises BadFile for one
    that is too heavy even then.
    """
    for shades in STEPS:
        grey = paint if shades == STEPS[0] else paint.point([_shade(level, shades) for level in range(FULL + 1)])
        data = png(paint.size, partial(_plain if white else _clear, np.asarray(grey)), MOST_MASK_BYTES)
        if data is not None:
            return data
    raise BadFile("This mask is too intricate for the API's 4 MB: smooth it, or paint with a larger brush.")


def _shade(level: int, shades: int) -> int:
    if level in {0, FULL}:
        return level
    return round(level * (shades - 1) / FULL) * FULL // (shades - 1)


def _plain(paint: Pixels, top: int, bottom: int) -> Pixels:
    return paint[top:bottom, :, None]


def _clear(paint: Pixels, top: int, bottom: int) -> Pixels:
    part = paint[top:bottom]
    pixels = np.zeros((*part.shape, 4), np.uint8)
    np.subtract(FULL, part, out=pixels[..., 3])
    return pixels


def decode(data: bytes, size: tuple[int, int], white: bool | None = None) -> Image.Image:
    """The paint of a mask file for a picture of ``size``.

    With ``white`` None the file tells: transparent is change, or without transparency white is. True reads white as
    change, False black, either without regard to alpha. Raises BadFile in words for a file over 4 MB, no PNG, another
    size, or neither transparent nor black and white.
    """
    picture = _opened(data, size)
    if white is None and _is_clear(picture):
        return ImageChops.invert(picture.getchannel("A"))
    if not _is_grey(picture):
        raise BadFile("This mask has no transparent pixels and is not black and white: clear what should change.")
    grey = picture.convert("RGB").getchannel("G")
    return ImageChops.invert(grey) if white is False else grey


def kind(data: bytes) -> Kind:
    """Whether a mask file speaks by its transparency or in black and white; raises BadFile where by neither."""
    picture = _opened(data, None)
    if _is_clear(picture):
        return "alpha"
    if not _is_grey(picture):
        raise BadFile("This mask has no transparent pixels and is not black and white: clear what should change.")
    return "grey"


def for_server(png: bytes, white: bool) -> bytes:
    """The alpha mask ``png`` as a server wants it: as it is, or as grey with ``white`` where to change."""
    if not white:
        return png
    return encode(ImageChops.invert(_opened(png, None).getchannel("A")), white=True)


def _opened(data: bytes, size: tuple[int, int] | None) -> Image.Image:
    """As RGBA, once its weight and header have passed."""
    if len(data) >= MOST_MASK_BYTES:
        raise BadFile(f"This mask weighs {len(data) / (1 << 20):.1f} MB; the API takes less than 4 MB.")
    found = png_size(data)
    if size is not None and found != size:
        wanted = f"{size[0]}x{size[1]}"
        raise BadFile(f"This mask is {found[0]}x{found[1]}, its picture {wanted}: make a mask of {wanted}.")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            return (eight_bits(picture) if picture.mode.startswith("I") else picture).convert("RGBA")
    except DAMAGE:
        raise BadFile("This mask is a damaged PNG: save it anew and choose it again.") from None


def _is_clear(picture: Image.Image) -> bool:
    return int(picture.getchannel("A").getextrema()[0]) < FULL  # type: ignore[arg-type]


def _is_grey(picture: Image.Image) -> bool:
    red, green, blue, _ = picture.split()
    for one, other in ((red, green), (green, blue)):
        if int(ImageChops.difference(one, other).getextrema()[1]) > COLOURFUL:  # type: ignore[arg-type]
            return False
    shades = green.histogram()
    extremes = sum(shades[:EXTREME]) + sum(shades[-EXTREME:])
    return extremes >= MOSTLY * sum(shades)
