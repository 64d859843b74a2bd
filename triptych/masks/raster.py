"""A drawing turned into a paint at the picture's own resolution, each pixel by sixteen samples, in drawing order."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from triptych.errors import InvalidRequest
from triptych.masks.outline import Edges, Pen, outline
from triptych.masks.shapes import Shape, moved, refused, shapes

FINE = 4  # samples along each edge of a pixel
BAND = 8 << 20  # samples held at a time
MOST_PIXELS = 64_000_000
MOST_CROSSINGS = 24_000_000  # of edges with rows of samples, over the whole drawing
MOST_AT_ONCE = 2_000_000  # of these within one band
MOST_EDGES = 1_500_000
WHITE = memoryview(b"\xff" * (4 * MOST_PIXELS // 1000))
BLACK = memoryview(bytes(len(WHITE)))


@dataclass(frozen=True)
class Layer:
    """Edges in samples that are painted, or erased, together."""

    edges: Edges
    erases: bool
    even_odd: bool = False


def rasterise(
    objects: Sequence[Mapping[str, Any]],
    size: tuple[int, int],
    scale: tuple[float, float] = (1.0, 1.0),
    base: Image.Image | None = None,
) -> Image.Image:
    """The paint, an "L" image of ``size`` pixels, of what the canvas drew over ``base``: 255 where to change.

    ``objects`` are Fabric.js objects as ``json_data["objects"]`` of streamlit-drawable-canvas 0.13 has them, painted
    in order; one with ``globalCompositeOperation`` "destination-out" or ``erasing`` subtracts. ``scale`` is image
    pixels per canvas pixel. Raises InvalidRequest for a drawing that cannot be read or is too intricate.
    """
    if base is not None and (base.size != size or base.mode != "L"):
        raise InvalidRequest("What was painted before belongs to an image of another size.", param="mask")
    return paint_shapes(shapes(objects, scale), size, base)


def paint_shapes(drawn: Iterable[Shape], size: tuple[int, int], base: Image.Image | None = None) -> Image.Image:
    """The paint of ``size`` of shapes over ``base``; raises InvalidRequest as ``rasterise`` does."""
    width, height = size
    if not 0 < width * height <= MOST_PIXELS or max(width, height) * FINE >= len(WHITE):
        raise InvalidRequest(f"A mask may have at most {MOST_PIXELS // 1_000_000} megapixels.", param="mask")
    paint = base.copy() if base is not None else Image.new("L", size)
    stack, edges = [], 0
    for layer in layers(drawn):
        stack.append(layer)
        edges += len(layer.edges)
        if edges > MOST_EDGES:
            raise refused("it is too intricate")
    rows = max(1, BAND // ((width + 1) * FINE * FINE))
    spent = 0
    for top in range(0, height, rows):
        spent += _band(stack, paint, top, min(height, top + rows))
        if spent > MOST_CROSSINGS:
            raise refused("it is too intricate")
    return paint


def layers(drawn: Iterable[Shape]) -> Iterator[Layer]:
    """The shapes as layers; neighbours that cannot cancel each other are one."""
    parts = (part for shape in drawn for part in _parts(shape))
    numbered = ((layer, nth if alone else 0) for nth, (layer, alone) in enumerate(parts, start=1))
    for (erases, alone), group in groupby(numbered, key=lambda each: (each[0].erases, each[1])):
        found = [layer for layer, _ in group]
        yield found[0] if alone else Layer(np.concatenate([layer.edges for layer in found]), erases)


def _parts(shape: Shape) -> Iterator[tuple[Layer, bool]]:
    """Fill and stroke as layers, and whether each has to stand alone because it may wind either way."""
    a, b, c, d, *_ = shape.matrix
    if shape.fills:
        rings = [moved(points, shape.matrix) * FINE for points, _ in shape.lines]
        edges = np.concatenate([np.stack((ring, np.roll(ring, -1, axis=0)), axis=1) for ring in rings])
        area = float(np.sum(edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 1, 0] * edges[:, 0, 1]))
        yield Layer(edges[:, ::-1] if area < 0 else edges, shape.erases, shape.even_odd), not shape.simple
    if shape.width:
        reach = max(math.hypot(a, b), math.hypot(c, d))
        pen = Pen(shape.width, shape.cap, shape.join, shape.miter, reach)
        edges = np.concatenate([outline(points, closed, pen) for points, closed in shape.lines])
        edges = moved(edges, shape.matrix) * FINE
        yield Layer(edges[:, ::-1] if a * d < b * c else edges, shape.erases), False


def _band(stack: Sequence[Layer], paint: Image.Image, top: int, bottom: int) -> int:
    """Paint the rows from ``top`` to before ``bottom``; gives the number of crossings it took."""
    width, height = paint.width, bottom - top
    stride = (width + 1) * FINE  # one more pixel: where spans end that reach beyond the right edge
    samples: NDArray[np.uint8] | None = None
    spent = 0
    for layer in stack:
        crossings = _crossings(layer.edges, top * FINE, bottom * FINE, width * FINE, stride)
        spent += len(crossings)
        if not len(crossings):
            continue
        if samples is None:
            samples = _magnified(paint.crop((0, top, width, bottom)))
        _fill(samples, *_spans(crossings, layer.even_odd), BLACK if layer.erases else WHITE)
    if samples is not None:
        fine = Image.frombuffer("L", (stride, height * FINE), samples, "raw", "L", 0, 1)
        paint.paste(fine.reduce(FINE).crop((0, 0, width, height)), (0, top))
    return spent


def _magnified(paint: Image.Image) -> NDArray[np.uint8]:
    if paint.getbbox() is None:
        return np.zeros((paint.width + 1) * paint.height * FINE * FINE, np.uint8)
    wider = Image.new("L", (paint.width + 1, paint.height))
    wider.paste(paint)
    size = (wider.width * FINE, wider.height * FINE)
    return np.array(wider.resize(size, Image.Resampling.NEAREST)).reshape(-1)


def _crossings(edges: Edges, top: int, bottom: int, right: int, stride: int) -> NDArray[np.int64]:
    """Where edges cross the rows from ``top`` to before ``bottom``, sorted: twice the sample's index, odd if downwards.

    A sample counts as inside where its middle is; those of the first row begin at 0, of the second at ``stride``.
    """
    first = np.clip(np.ceil(edges[:, 0, 1] - 0.5), top, bottom).astype(np.int64)
    last = np.clip(np.ceil(edges[:, 1, 1] - 0.5), top, bottom).astype(np.int64)
    meets = np.flatnonzero(first != last)
    edges, first, last = edges[meets], first[meets], last[meets]
    low, counts = np.minimum(first, last), np.abs(last - first)
    total = int(counts.sum())
    if total > MOST_AT_ONCE:
        raise refused("it is too intricate")
    slope = (edges[:, 1, 0] - edges[:, 0, 0]) / (edges[:, 1, 1] - edges[:, 0, 1])
    start = edges[:, 0, 0] + (low + 0.5 - edges[:, 0, 1]) * slope - 0.5
    nth = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    x = np.ceil(np.repeat(start, counts) + nth * np.repeat(slope, counts))
    keys: NDArray[np.int64] = (
        np.clip(x, 0, right).astype(np.int64) + nth * stride + np.repeat((low - top) * stride, counts)
    )
    keys = keys * 2 + np.repeat(last > first, counts)
    keys.sort()
    return keys


def _spans(crossings: NDArray[np.int64], even_odd: bool) -> tuple[list[int], list[int]]:
    """Where runs of inner samples begin and end."""
    winding = np.cumsum((crossings & 1) * 2 - 1)
    inside = (winding & 1).astype(bool) if even_odd else winding != 0
    change = np.flatnonzero(np.diff(inside, prepend=False))
    places = crossings[change] >> 1
    begins, ends = places[::2], places[1::2]
    some = begins < ends
    return begins[some].tolist(), ends[some].tolist()


def _fill(samples: NDArray[np.uint8], begins: list[int], ends: list[int], colour: memoryview) -> None:
    target = memoryview(samples)  # type: ignore[arg-type]
    for begin, end in zip(begins, ends, strict=True):
        target[begin:end] = colour[: end - begin]
