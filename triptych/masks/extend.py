"""Outpainting: a picture with room around it, at a size the model takes, and the mask of that room."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image, ImageFilter

from triptych.errors import InvalidRequest
from triptych.masks.pictures import picture, written
from triptych.parameters import Sizes, pixels

OVERLAP = 16  # pixels of the picture that are repainted along each side it grows on, so that no seam shows
MOST_OVERLAP = 8  # part of the picture's edge
FARTHEST = 16_384  # pixels by which a side may be asked to grow
STEP = 0.995

Fill = Literal["blurred", "transparent"]
Margins = tuple[int, int, int, int]  # top, right, bottom, left


@dataclass(frozen=True)
class Outpaint:
    """What to send: the ``picture`` as PNG, its ``paint`` and ``size``; ``box`` is where the original now lies.

    ``box`` is left, top, right, bottom in pixels. ``notes`` say in sentences what was made otherwise than asked.
    """

    picture: bytes
    paint: Image.Image
    size: str
    box: tuple[int, int, int, int]
    notes: tuple[str, ...]


def outpaint(original: bytes, margins: Margins, sizes: Sizes, fill: Fill = "blurred") -> Outpaint:
    """Extend ``original`` by ``margins`` (top, right, bottom, left, in its own pixels) to a size that ``sizes`` allows.

    The room is as wide as asked or wider; a picture that would be too large with it is scaled down, one too small up,
    and the notes say so. Raises InvalidRequest where nothing is to be added, and BadFile for a picture that is none.
    """
    if not all(0 <= margin <= FARTHEST for margin in margins) or not any(margins):
        raise InvalidRequest(f"Say by how many pixels to extend which side, up to {FARTHEST:,}.", param="size")
    found = picture(original)
    scale, (width, height) = _fitted(found.size, margins, sizes)
    inner = (round(found.width * scale), round(found.height * scale))
    if min(inner) < 1:
        raise InvalidRequest("The image would vanish in so much room: extend it by less.", param="size")
    left = _before(width - inner[0], margins[3], margins[1])
    top = _before(height - inner[1], margins[0], margins[2])
    box = (left, top, left + inner[0], top + inner[1])
    placed = found if scale == 1 else found.resize(inner, Image.Resampling.LANCZOS)
    whole = _blurred(placed, (width, height), box) if fill == "blurred" else Image.new("RGBA", (width, height))
    whole.paste(placed, box)
    notes = tuple(_notes(scale, margins, (width, height), box))
    return Outpaint(written(whole), _paint((width, height), box), f"{width}x{height}", box, notes)


def _fitted(size: tuple[int, int], margins: Margins, sizes: Sizes) -> tuple[float, tuple[int, int]]:
    """The scale nearest to 1 at which picture and margins fit a legal size, and that size."""
    wanted = (size[0] + margins[1] + margins[3], size[1] + margins[0] + margins[2])
    if not sizes.any_size:
        return _preset(wanted, sizes)
    around = _legal(wanted, 1, sizes)
    total, longest = around[0] * around[1], max(around)
    scale = min(1.0, sizes.longest / longest, math.sqrt(sizes.most / total))
    if total < sizes.fewest:
        scale = math.sqrt(sizes.fewest / (wanted[0] * wanted[1]))
    for _ in range(1000):
        edges = _legal(wanted, scale, sizes)
        if sizes.problem(f"{edges[0]}x{edges[1]}") is None:
            return scale, edges
        scale *= STEP if edges[0] * edges[1] > sizes.fewest else 1 / STEP
    raise InvalidRequest("No size of this model holds so much room: extend the image by less.", param="size")


def _legal(wanted: tuple[int, int], scale: float, sizes: Sizes) -> tuple[int, int]:
    """Edges no shorter than ``wanted`` at ``scale``: whole multiples, and not too narrow."""
    width, height = (max(1.0, edge * scale) for edge in wanted)
    width, height = max(width, height / sizes.ratio), max(height, width / sizes.ratio)
    first, second = (math.ceil(round(edge, 6) / sizes.multiple) * sizes.multiple for edge in (width, height))
    first, second = max(first, _up(second, sizes)), max(second, _up(first, sizes))
    return first, second


def _up(edge: int, sizes: Sizes) -> int:
    return math.ceil(edge / sizes.ratio / sizes.multiple) * sizes.multiple


def _preset(wanted: tuple[int, int], sizes: Sizes) -> tuple[float, tuple[int, int]]:
    fixed = [edges for edges in map(pixels, sizes.presets) if edges]
    if not fixed:
        raise InvalidRequest("This model names no size to extend an image to: choose another model.", param="size")
    shape = math.log(wanted[0] / wanted[1])
    best = min(fixed, key=lambda edges: abs(math.log(edges[0] / edges[1]) - shape))
    return min(best[0] / wanted[0], best[1] / wanted[1]), best


def _before(room: int, first: int, last: int) -> int:
    """How much of ``room`` lies on the first side: in proportion to what was asked for, else half."""
    return room * first // (first + last) if first + last else room // 2


def _blurred(placed: Image.Image, size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    """The picture's edges drawn out into the room and blurred, so that the model sees the colours around it."""
    sides = ((box[1], size[1] - box[3]), (box[0], size[0] - box[2]))
    drawn = Image.fromarray(np.pad(np.asarray(placed), (*sides, (0, 0)), mode="edge"))
    return drawn.filter(ImageFilter.GaussianBlur(max(4, max(map(max, sides)) / 8)))


def _paint(size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    paint = Image.new("L", size, 255)
    wide, high = (min(OVERLAP, edge // MOST_OVERLAP) for edge in (box[2] - box[0], box[3] - box[1]))
    left, top = (wide if box[0] else 0), (high if box[1] else 0)
    right, bottom = (wide if box[2] < size[0] else 0), (high if box[3] < size[1] else 0)
    paint.paste(0, (box[0] + left, box[1] + top, box[2] - right, box[3] - bottom))
    return paint


def _notes(scale: float, margins: Margins, size: tuple[int, int], box: tuple[int, int, int, int]) -> list[str]:
    notes = []
    if scale != 1:
        how = "down" if scale < 1 else "up"
        notes.append(f"The image is scaled {how} to {scale:.0%} to meet the model's limits on size.")
    given = (box[1], size[0] - box[2], size[1] - box[3], box[0])
    names = ("top", "right", "bottom", "left")
    more = [
        f"{got} pixels at the {name} instead of {round(asked * scale)}"
        for name, asked, got in zip(names, margins, given, strict=True)
        if abs(got - asked * scale) > 1
    ]
    if more:
        notes.append(f"The size {size[0]}x{size[1]} leaves {', '.join(more)}.")
    return notes
