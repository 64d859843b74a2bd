"""Paint as markup: a clear PNG in one colour, laid over the picture as a guide."""

import re

from PIL import Image, ImageColor

from triptych.masks.pictures import written
from triptych.masks.shapes import refused

FULL = 255
RGBA = re.compile(r"rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)(?:[\s,/]+([\d.]+)(%?))?\s*\)")

Colour = tuple[int, int, int, int]


def tinted(paint: Image.Image, colour: str) -> bytes:
    """The PNG with ``paint`` in one CSS ``colour``, clear where nothing is; InvalidRequest for no colour."""
    ink = Image.new("RGBA", paint.size, colour_of(colour))
    ink.putalpha(paint)
    return written(ink)


def colour_of(css: str) -> Colour:
    """Red, green, blue and alpha, 0 to 255, of a CSS colour; raises InvalidRequest for a text that is none."""
    if found := RGBA.fullmatch(css.strip()[:64]):
        red, green, blue = (min(FULL, round(float(level))) for level in found.group(1, 2, 3))
        alpha = float(found[4] or 1) / (100 if found[5] else 1)
        return red, green, blue, round(FULL * min(1.0, alpha))
    try:
        colour = ImageColor.getcolor(css[:64], "RGBA")
    except ValueError:
        raise refused(f"{css[:32]!r} is not a color") from None
    return colour  # type: ignore[return-value]
