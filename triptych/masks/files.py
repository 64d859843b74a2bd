"""A mask as a file: paint into the PNG that is sent, and masks made elsewhere into paint."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from PIL import Image, ImageChops

from triptych.errors import BadFile
from triptych.inputs import MOST_MASK_BYTES, measured, too_large
from triptych.inputs.containers import opened
from triptych.inputs.opening import loaded
from triptych.masks.png import Pixels, png

FULL = 255
STEPS = (256, 16, 4, 2)  # shades of a soft edge, fewer when the file would weigh too much
COLOURFUL = 12  # of 255; channels farther apart than this are a colour
EXTREME = 24  # of 255; how far from black or white still counts as such
MOSTLY = 0.5  # share of pixels that are black or white in a black and white mask

SNAPPED = [0 if level < EXTREME else FULL if level > FULL - EXTREME else level for level in range(FULL + 1)]
FORMATS = ("png", "jpeg")


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
    change, False black, either without regard to alpha. A JPEG, which cannot be transparent, is black and white, and
    its near black and near white count as such. Raises BadFile in words for a file over 4 MB, no PNG or JPEG, another
    size, neither transparent nor black and white, and one that leaves nothing to change.
    """
    picture = _opened(data, size)
    if white is None and _is_clear(picture):
        paint = ImageChops.invert(picture.getchannel("A"))
    else:
        _check_grey(data, picture)
        grey = picture.convert("RGB").getchannel("G")
        grey = grey.point(SNAPPED) if name(data) == "JPEG" else grey
        paint = ImageChops.invert(grey) if white is False else grey
    if paint.getbbox() is None:
        raise BadFile(f"{_called(data)} leaves nothing to change: clear what should change, or make it white on black.")
    return paint


def is_transparent(data: bytes, size: tuple[int, int]) -> bool:
    """Whether a mask file says by its alpha where to change; raises BadFile for none of a picture of ``size``."""
    return _is_clear(_opened(data, size))


def name(data: bytes) -> str | None:
    """What a mask file is called beside "mask" where it is no PNG: "JPEG", whatever its name ends in."""
    found = measured(data)
    return found[0].label if found and found[0].name != "png" else None


def as_sent(files: Mapping[str, bytes], mask: str | None, white: bool) -> Mapping[str, bytes]:
    """``files`` by SHA-256 as they go out: the one named ``mask``, if it is there, turned to what the server wants."""
    if not white or mask is None or mask not in files:
        return files
    return {**files, mask: for_server(files[mask], white=True)}


def for_server(png: bytes, white: bool) -> bytes:
    """The alpha mask ``png`` as a server wants it: as it is, or as grey with ``white`` where to change."""
    if not white:
        return png
    return encode(ImageChops.invert(_opened(png, None).getchannel("A")), white=True)


def _opened(data: bytes, size: tuple[int, int] | None) -> Image.Image:
    """As RGBA, once its weight and header have passed."""
    this, found = _called(data), measured(data)
    if len(data) >= MOST_MASK_BYTES:
        raise BadFile(f"{this} weighs {len(data) / (1 << 20):.1f} MB; the API takes less than 4 MB.")
    if not found or found[0].name not in FORMATS:
        raise BadFile(f"{this} must be a PNG, or black and white a JPEG: save it as PNG and choose it again.")
    width, height = found[1:]
    if too_large(width, height) or not width * height:
        raise BadFile(f"{this} claims {width:,} x {height:,} pixels: choose one of the image's own size.")
    if size is not None and (width, height) != size:
        wanted = f"{size[0]}x{size[1]}"
        raise BadFile(f"{this} is {width}x{height}, its image {wanted}: make a mask of {wanted}.")
    try:
        return loaded(opened(data)).convert("RGBA")  # as it lies: a mask is not turned
    except BadFile:
        raise BadFile(f"{this} is a damaged {found[0].label}: save it anew and choose it again.") from None


def _called(data: bytes) -> str:
    other = name(data)
    return f"This mask ({other})" if other else "This mask"


def _check_grey(data: bytes, picture: Image.Image) -> None:
    if not _is_grey(picture):
        what = _called(data)
        raise BadFile(f"{what} has no transparent pixels and is not black and white: clear what should change.")


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
