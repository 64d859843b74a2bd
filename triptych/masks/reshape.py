"""Tools that move the edge of a paint: grow, shrink, feather, smooth, fill holes; and the wand, which finds one."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from triptych.errors import InvalidRequest
from triptych.masks.pictures import picture
from triptych.masks.regions import regions

FULL = 255
FARTHEST = 512  # pixels an edge is moved at a time

Shades = NDArray[np.uint8]


def grow(paint: Image.Image, px: int) -> Image.Image:
    """Paint everything within ``px`` pixels of what is painted; soft edges stay soft, corners become round."""
    box = paint.getbbox()
    if _reach(px) == 0 or box is None:
        return paint.copy()
    left, top = max(0, box[0] - px), max(0, box[1] - px)
    part = paint.crop((left, top, min(paint.width, box[2] + px), min(paint.height, box[3] + px)))
    grown = Image.new("L", paint.size)
    grown.paste(Image.fromarray(_dilated(np.asarray(part), px)), (left, top))
    return grown


def shrink(paint: Image.Image, px: int) -> Image.Image:
    """Keep everything within ``px`` pixels of what is kept; the picture's own edges do not count as kept."""
    return ImageChops.invert(grow(ImageChops.invert(paint), px))


def feather(paint: Image.Image, px: int) -> Image.Image:
    """Soften the edge to both sides: a Gaussian blur of ``px`` pixels."""
    return paint.filter(ImageFilter.GaussianBlur(_reach(px)))


def smooth(paint: Image.Image, px: int) -> Image.Image:
    """Round off what juts out or in by less than ``px`` pixels; the edge stays about one pixel wide."""
    if _reach(px) == 0:
        return paint.copy()
    steep = px * math.sqrt(2 * math.pi)  # what the blur made flatter
    half = FULL / 2
    return feather(paint, px).point([round(min(FULL, max(0, (v - half) * steep + half))) for v in range(FULL + 1)])


def fill_holes(paint: Image.Image) -> Image.Image:
    """Paint whatever is kept, or painted in part, and has paint all around it."""
    shades = np.array(paint)
    shades[regions(shades < FULL).enclosed()] = FULL
    return Image.fromarray(shades)


def wand(data: bytes, point: tuple[int, int], tolerance: int, contiguous: bool = True) -> Image.Image:
    """The paint of the pixels whose colour is like that at ``point``: no channel farther from it than ``tolerance``.

    ``tolerance`` is 0 to 255. With ``contiguous`` only those that hang together with the point by shared edges.
    Raises InvalidRequest for a point outside the picture.
    """
    found = picture(data)
    x, y = point
    if not (0 <= x < found.width and 0 <= y < found.height):
        raise InvalidRequest("That point lies outside the image: click inside it.", param="mask")
    like = np.ones((found.height, found.width), bool)
    for channel in found.split():
        level = int(channel.getpixel(point))  # type: ignore[arg-type]
        table = [FULL * (abs(each - level) <= tolerance) for each in range(FULL + 1)]
        like &= np.asarray(channel.point(table)) != 0
    if contiguous:
        like = regions(like).at(x, y)
    return Image.fromarray(like.astype(np.uint8) * FULL)


def _reach(px: int) -> int:
    if not 0 <= px <= FARTHEST:
        raise InvalidRequest(f"An edge moves by 0 to {FARTHEST} pixels at a time, not {px:,}.", param="mask")
    return px


def _dilated(shades: Shades, px: int) -> Shades:
    """The largest shade within a disc of radius ``px`` around each pixel.

    The disc is taken as its rows; the maximum over a row of any length is that of two overlapping rows whose
    lengths are the next lower power of two, and these come from one another.
    """
    height, width = shades.shape
    wide = np.zeros((height, width + 2 * px), np.uint8)
    wide[:, px : px + width] = shades
    powers = [wide]
    while 2 ** len(powers) <= 2 * px + 1:
        last, shift = powers[-1], 2 ** (len(powers) - 1)
        powers.append(np.maximum(last[:, :-shift], last[:, shift:]))
    grown = np.zeros_like(shades)
    for down in range(min(px, height - 1) + 1):
        reach = math.isqrt(px * px - down * down)
        row = _row_maximum(powers, px - reach, 2 * reach + 1, width)
        below, above = grown[down:], grown[: height - down]
        np.maximum(below, row[: height - down], out=below)
        np.maximum(above, row[down:], out=above)
    return grown


def _row_maximum(powers: list[Shades], begin: int, length: int, width: int) -> Shades:
    power = length.bit_length() - 1
    other = begin + length - 2**power
    found: Shades = np.maximum(powers[power][:, begin : begin + width], powers[power][:, other : other + width])
    return found
