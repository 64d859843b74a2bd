"""What can be done with a paint: look at it, turn it round, and put two together."""

from typing import Literal

from PIL import Image, ImageChops

from triptych.errors import BadFile

FULL = 255

Paint = Image.Image  # as those name it who may not import Pillow
How = Literal["add", "subtract", "intersect", "replace"]
Verdict = Literal["empty", "full"]


def share(paint: Image.Image) -> float:
    """How much of the picture is painted, from 0 to 1, soft edges in part."""
    return sum(level * count for level, count in enumerate(paint.histogram())) / (FULL * paint.width * paint.height)


def verdict(paint: Image.Image) -> Verdict | None:
    """ "empty" where nothing is painted fully, "full" where nothing is kept fully, else None: what to ask about."""
    lowest, highest = paint.getextrema()
    if highest < FULL:  # type: ignore[operator]
        return "empty"
    return "full" if lowest > 0 else None  # type: ignore[operator]


def invert(paint: Image.Image) -> Image.Image:
    """Keep what was to change, change what was to be kept."""
    return ImageChops.invert(paint)


def combine(first: Image.Image, second: Image.Image, how: How) -> Image.Image:
    """``second`` added to ``first``, subtracted from it, what both have, or ``second`` alone; of one size."""
    if first.size != second.size:
        raise BadFile("These two masks are of different sizes: choose one of the image's own size.")
    if how == "replace":
        return second.copy()
    if how == "intersect":
        return ImageChops.darker(first, second)
    if how == "subtract":
        return ImageChops.darker(first, ImageChops.invert(second))
    return ImageChops.lighter(first, second)
