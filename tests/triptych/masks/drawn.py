"""Drawings as the canvas sends them, and the same geometry worked out point by point."""

import math
import random
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Points = list[tuple[float, float]]
Truth = NDArray[np.float64]
PARTS = 8  # samples along each edge of a pixel


def brush(points: Points, width: float = 20, erases: bool = False, **more: Any) -> dict[str, Any]:
    """What Fabric's pencil makes of the pointer's way: curves through the middles, lines at both ends."""
    middles = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in pairwise(points)]
    path = [["M", *points[0]], *(["Q", *p, *m] for p, m in zip(points, middles, strict=False)), ["L", *points[-1]]]
    (left, right), (top, bottom) = ((min(edge), max(edge)) for edge in zip(*points, strict=True))
    return {
        "type": "Path",
        "path": path,
        "fill": None,
        "stroke": "#ff0000",
        "strokeWidth": width,
        "strokeLineCap": "round",
        "strokeLineJoin": "round",
        "originX": "center",
        "originY": "center",
        "left": (left + right) / 2,
        "top": (top + bottom) / 2,
        "globalCompositeOperation": "destination-out" if erases else "source-over",
        **more,
    }


def rect(left: float, top: float, width: float, height: float, **more: Any) -> dict[str, Any]:
    return {
        "type": "Rect",
        "left": left,
        "top": top,
        "width": width,
        "height": height,
        "originX": "left",
        "originY": "top",
        "fill": "#ff0000",
        "stroke": None,
        "strokeWidth": 0,
        **more,
    }


def wander(seed: int, size: tuple[int, int], points: int = 120, step: float = 4) -> Points:
    """The way of a hand: so many points, each a step on in about the same direction."""
    chance = random.Random(seed)
    x, y, towards = chance.uniform(0, size[0]), chance.uniform(0, size[1]), chance.uniform(0, 2 * math.pi)
    way = [(x, y)]
    for _ in range(points - 1):
        towards += chance.uniform(-0.35, 0.35)
        x, y = x + step * math.cos(towards), y + step * math.sin(towards)
        way.append((x, y))
    return way


def grid(size: tuple[int, int]) -> tuple[Truth, Truth]:
    """Where the samples of a picture of ``size`` lie."""
    x, y = ((np.arange(edge * PARTS) + 0.5) / PARTS for edge in size)
    return x[None, :], y[:, None]


def covered(inside: NDArray[np.bool_]) -> Truth:
    """Shares of pixels from samples."""
    height, width = inside.shape
    return inside.reshape(height // PARTS, PARTS, width // PARTS, PARTS).mean(axis=(1, 3))


def capsules(points: Points, width: float, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Which samples lie within half of ``width`` of the lines between ``points``."""
    xs, ys = grid(size)
    inside = np.zeros((size[1] * PARTS, size[0] * PARTS), bool)
    for (ax, ay), (bx, by) in pairwise(points):
        first = [max(0, math.floor((min(pair) - width) * PARTS)) for pair in ((ax, bx), (ay, by))]
        last = [max(0, math.ceil((max(pair) + width) * PARTS)) for pair in ((ax, bx), (ay, by))]
        x, y, dx, dy = xs[:, first[0] : last[0]], ys[first[1] : last[1]], bx - ax, by - ay
        along = np.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-12), 0, 1)
        near = (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2 <= (width / 2) ** 2
        inside[first[1] : last[1], first[0] : last[0]] |= near
    return inside


def iou(paint: Image.Image, truth: Truth) -> float:
    """Intersection over union, soft edges in part."""
    found = np.asarray(paint) / 255
    return float(np.minimum(found, truth).sum() / np.maximum(found, truth).sum())
