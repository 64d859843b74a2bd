"""The painter's marks: filled outlines and lettering in picture coordinates, which both canvas and SVG can draw."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triptych.engine.colours import RGB

Point = tuple[float, float]
Outline = tuple[Point, ...]

WASH, SHAPE, DETAIL = 0, 1, 2


@dataclass(frozen=True)
class Mark:
    """Outlines filled together, from `colour` at the top (or left) to `fade` at the bottom (or right).

    `stroke` > 0 draws open lines of that width in pixels; `soft` blurs the edge by that many pixels; `subject` marks
    survive a transparent background; `depth` 0 is near, 1 is far (a camera's focus is on 0).
    """

    outlines: tuple[Outline, ...]
    colour: RGB
    fade: RGB | None = None
    alpha: float = 1.0
    stroke: float = 0.0
    soft: float = 0.0
    stage: int = SHAPE
    subject: bool = False
    depth: float = 0.0
    across: bool = False
    edge: bool = True

    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of everything the mark may touch."""
        xs = [x for o in self.outlines for x, _ in o]
        ys = [y for o in self.outlines for _, y in o]
        reach = self.stroke / 2 + 3 * self.soft + 1
        return min(xs) - reach, min(ys) - reach, max(xs) + reach, max(ys) + reach


@dataclass(frozen=True)
class Lettering:
    """One line of words, centred at `centre`, as large as fits `width` × `height` pixels."""

    words: str
    centre: Point
    width: float
    height: float
    colour: RGB
    shadow: RGB | None = None


@dataclass(frozen=True)
class Scene:
    """A whole composition: `width` × `height` pixels, marks in painting order, lettering on top, its treatment."""

    width: int
    height: int
    paper: RGB
    marks: tuple[Mark, ...]
    letters: tuple[Lettering, ...]
    style: str
    seed: int
    detail: int


def oval(cx: float, cy: float, rx: float, ry: float) -> Outline:
    steps = 48
    return tuple(
        (cx + rx * math.cos(2 * math.pi * i / steps), cy + ry * math.sin(2 * math.pi * i / steps)) for i in range(steps)
    )


def spline(points: Sequence[Point], closed: bool = True, steps: int = 8) -> Outline:
    """A smooth line through `points` (centripetal enough for hand-drawn shapes: Catmull–Rom at tension one half)."""
    last = len(points) - 1
    out: list[Point] = []
    for i in range(len(points) if closed else last):
        if closed:
            p0, p1, p2, p3 = (points[(i + k) % len(points)] for k in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = (points[min(max(i + k, 0), last)] for k in (-1, 0, 1, 2))
        out.extend(_between(p0, p1, p2, p3, s / steps) for s in range(steps))
    return tuple(out if closed else [*out, points[last]])


def _between(p0: Point, p1: Point, p2: Point, p3: Point, t: float) -> Point:
    return _hermite(p0[0], p1[0], p2[0], p3[0], t), _hermite(p0[1], p1[1], p2[1], p3[1], t)


def _hermite(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def moved(outline: Iterable[Point], x: float, y: float, scale: float, flip: bool = False) -> Outline:
    """An outline of the 100 × 100 box, its floor's middle set on (x, y), `scale` pixels per hundredth."""
    side = -1 if flip else 1
    return tuple((x + side * (px - 50) * scale, y + (py - 100) * scale) for px, py in outline)
