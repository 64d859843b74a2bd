"""A drawing as markup: a clear PNG with the strokes in their own colours, laid over the picture as a guide."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from PIL import Image, ImageChops, ImageColor

from triptych.masks.pictures import written
from triptych.masks.raster import paint_shapes
from triptych.masks.shapes import Shape, refused, shapes, split

FULL = 255
MOST_LAYERS = 200
RGBA = re.compile(r"rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)(?:[\s,/]+([\d.]+)(%?))?\s*\)")

Colour = tuple[int, int, int, int]


def markup(
    objects: Sequence[Mapping[str, Any]], size: tuple[int, int], scale: tuple[float, float] = (1.0, 1.0)
) -> bytes:
    """The PNG of ``size`` pixels with Fabric.js ``objects`` in their colours, clear where nothing was drawn.

    ``scale`` is image pixels per canvas pixel. Raises InvalidRequest for a drawing that cannot be read, and for more
    than 200 changes of colour.
    """
    sheet = Image.new("RGBA", size)
    parts = [(_key(part), part) for shape in shapes(objects, scale) for part in split(shape)]
    runs = [(key, [part for _, part in group]) for key, group in groupby(parts, key=lambda each: each[0])]
    if len(runs) > MOST_LAYERS:
        raise refused(f"it changes colour more than {MOST_LAYERS} times")
    for colour, group in runs:
        cover = paint_shapes([replace(part, erases=False) for part in group], size)
        if colour is None:
            sheet.putalpha(ImageChops.darker(sheet.getchannel("A"), ImageChops.invert(cover)))
            continue
        ink = Image.new("RGBA", size, colour)
        ink.putalpha(cover.point([level * colour[3] // FULL for level in range(FULL + 1)]))
        sheet.alpha_composite(ink)
    return written(sheet)


def tinted(paint: Image.Image, colour: str) -> bytes:
    """The PNG with ``paint`` in one CSS ``colour``, clear where nothing is; InvalidRequest for no colour."""
    ink = Image.new("RGBA", paint.size, colour_of(colour))
    ink.putalpha(paint)
    return written(ink)


def _key(part: Shape) -> Colour | None:
    """The colour of a shape that is only filled or only stroked, with its opacity; None where it erases."""
    if part.erases:
        return None
    red, green, blue, alpha = colour_of(part.colours[0] or part.colours[1] or "#000")
    return red, green, blue, round(alpha * part.opacity)


def colour_of(css: str) -> Colour:
    """Red, green, blue and alpha, 0 to 255, of a CSS colour; raises InvalidRequest for a text that is none."""
    if found := RGBA.fullmatch(css.strip()[:64]):
        red, green, blue = (min(FULL, round(float(level))) for level in found.group(1, 2, 3))
        alpha = float(found[4] or 1) / (100 if found[5] else 1)
        return red, green, blue, round(FULL * min(1.0, alpha))
    try:
        colour = ImageColor.getcolor(css[:64], "RGBA")
    except ValueError:
        raise refused(f"{css[:32]!r} is no colour") from None
    return colour  # type: ignore[return-value]
