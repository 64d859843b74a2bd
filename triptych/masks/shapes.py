"""What the canvas says was drawn, read as shapes: lines in the pen's own space and the matrix that brings them home."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triptych.errors import InvalidRequest

Points = NDArray[np.float64]  # (n, 2)
Matrix = tuple[float, float, float, float, float, float]  # x' = a·x + c·y + e, y' = b·x + d·y + f

FARTHEST = 1e6  # canvas pixels; what lies farther out was drawn by no hand
MOST_OBJECTS = 5_000
MOST_POINTS = 200_000
TOLERANCE = 0.02  # image pixels between a curve and the chords that stand for it
MOST_CHORDS = 256  # of one curve
MOST_AT_ONCE = 60_000  # chords or corners of one line
FULL_TURN = 360.0
ORIGINS = {"left": -0.5, "top": -0.5, "center": 0.0, "right": 0.5, "bottom": 0.5}
WIDTHS = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0}


@dataclass(frozen=True)
class Shape:
    """One thing drawn. ``lines`` are in the pen's space, where ``width`` is its diameter; ``matrix`` leads to pixels.

    ``simple`` says that the filled lines do not cross themselves.
    """

    lines: tuple[tuple[Points, bool], ...]
    matrix: Matrix
    fills: bool
    width: float
    cap: str
    join: str
    miter: float
    even_odd: bool
    erases: bool
    simple: bool


def shapes(objects: Any, scale: tuple[float, float]) -> Iterator[Shape]:
    """The visible shapes of Fabric.js ``objects`` in drawing order, ``scale`` being image pixels per canvas pixel.

    Raises InvalidRequest for what no canvas of ours sends: too much, numbers out of reach, or unknown kinds.
    """
    if not isinstance(objects, Sequence) or isinstance(objects, str | bytes) or len(objects) > MOST_OBJECTS:
        raise refused(f"it must be a list of at most {MOST_OBJECTS:,} objects")
    if not all(0 < edge <= FARTHEST for edge in scale):
        raise refused("its scale is not a number above zero")
    if sum(_length(each) for each in objects) > MOST_POINTS:
        raise refused(f"it has more than {MOST_POINTS:,} points")
    for each in objects:
        if each.get("visible", True) and number(each, "opacity", 1) > 0:
            yield from _shape(each, scale)


def refused(why: str) -> InvalidRequest:
    """The refusal of a drawing, with its reason."""
    return InvalidRequest(f"The stroke cannot be read: {why}. Undo the last stroke, or clear the canvas.", param="mask")


def number(values: Mapping[str, Any], name: str, default: float) -> float:
    """The number called ``name``; raises InvalidRequest where it is none or out of reach."""
    value = values.get(name, default)
    value = default if value is None else value
    if not isinstance(value, int | float) or not abs(value) <= FARTHEST:
        raise refused(f"its {name} is no number within reach")
    return float(value)


def _length(each: Any) -> int:
    if not isinstance(each, Mapping):
        raise refused("one of its objects is none")
    parts = [each.get(name) for name in ("path", "points")]
    length = sum(len(part) for part in parts if isinstance(part, list))
    if length > MOST_AT_ONCE:
        raise refused("a stroke of it is too long")
    return length + 1


def _shape(each: Mapping[str, Any], scale: tuple[float, float]) -> Iterator[Shape]:
    fill, stroke = (_colour(each.get(name, default)) for name, default in (("fill", "#000"), ("stroke", None)))
    width = number(each, "strokeWidth", 1)
    local, finish = _geometry(each, _reach(each) * max(scale))
    if not local:
        return
    box, matrix = _box(local), _matrix(each)
    width_and_height = (box[2] - box[0], box[3] - box[1]) if "path" in each or "points" in each else _edges(each)
    move = _place(each, width_and_height, width, matrix)
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if "path" in each or "points" in each else (0.0, 0.0)
    a, b, c, d = matrix
    whole = (a, b, c, d, move[0] - a * middle[0] - c * middle[1], move[1] - b * middle[0] - d * middle[1])
    if each.get("strokeUniform") is True:  # the pen keeps its width on the canvas however the shape is pulled
        local = tuple((moved(points, whole), closed) for points, closed in local)
        whole = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    sx, sy = scale
    yield Shape(
        lines=local,
        matrix=(whole[0] * sx, whole[1] * sy, whole[2] * sx, whole[3] * sy, whole[4] * sx, whole[5] * sy),
        fills=fill is not None and finish != "open",
        width=width if stroke is not None and width > 0 else 0.0,
        cap=str(each.get("strokeLineCap", "butt")),
        join=str(each.get("strokeLineJoin", "miter")),
        miter=number(each, "strokeMiterLimit", 4),
        even_odd=each.get("fillRule") == "evenodd",
        erases=each.get("globalCompositeOperation") == "destination-out" or each.get("erasing") is True,
        simple=finish == "simple",
    )


def _geometry(each: Mapping[str, Any], reach: float) -> tuple[tuple[tuple[Points, bool], ...], str]:
    """Its lines around its own middle (paths and polygons: as they are), and whether they may cross."""
    kind = str(each.get("type", "")).lower()
    if kind == "path":
        return tuple(_path(each.get("path"), TOLERANCE / reach)), "crossing"
    if kind in {"polygon", "polyline"}:
        return ((_corners(each.get("points")), kind == "polygon"),), "crossing"
    if kind == "line":
        ends = [number(each, name, 0) for name in ("x1", "y1", "x2", "y2")]
        return ((np.array(ends).reshape(2, 2), False),), "open"
    if kind in {"rect", "labeledrect"}:
        x, y = (edge / 2 for edge in _edges(each))
        return ((np.array([(-x, -y), (x, -y), (x, y), (-x, y)]), True),), "simple"
    if kind in {"circle", "ellipse"}:
        return (_round(each, reach),), "simple"
    raise refused(f"a mask is not made from {kind[:40] or 'nothing'!r}")


def _edges(each: Mapping[str, Any]) -> tuple[float, float]:
    """Width and height in its own space."""
    kind = str(each.get("type", "")).lower()
    if kind == "circle":
        return (2 * number(each, "radius", 0),) * 2
    if kind == "ellipse":
        return 2 * number(each, "rx", 0), 2 * number(each, "ry", 0)
    if kind == "line":
        return abs(number(each, "x2", 0) - number(each, "x1", 0)), abs(number(each, "y2", 0) - number(each, "y1", 0))
    return number(each, "width", 0), number(each, "height", 0)


def _round(each: Mapping[str, Any], reach: float) -> tuple[Points, bool]:
    rx, ry = (edge / 2 for edge in _edges(each))
    first, last = number(each, "startAngle", 0), number(each, "endAngle", FULL_TURN)
    whole = abs(last - first) >= FULL_TURN
    chords = arcs(max(rx, ry) * reach, 2 * math.pi)
    turn = np.linspace(math.radians(first), math.radians(last), chords, endpoint=not whole)
    return np.column_stack((rx * np.cos(turn), ry * np.sin(turn))), whole


def arcs(radius: float, turn: float) -> int:
    """How many chords stand for an arc of ``radius`` image pixels that turns by ``turn`` radians."""
    flat = math.acos(max(-1.0, 1 - TOLERANCE / max(radius, TOLERANCE)))
    return min(4 * MOST_CHORDS, max(8, math.ceil(turn / (2 * flat))))


def _corners(points: Any) -> Points:
    if not isinstance(points, list) or not all(isinstance(each, Mapping) for each in points):
        raise refused("a polygon's corners are no list of points")
    return _array([[each.get("x"), each.get("y")] for each in points], 2)


def _array(rows: Any, width: int) -> Points:
    try:
        array = np.array(rows, dtype=np.float64).reshape(len(rows), width)
    except (TypeError, ValueError, OverflowError):
        raise refused("a point of it is no pair of numbers") from None
    if not (np.abs(array) <= FARTHEST).all():  # neither does NaN
        raise refused("a point of it lies out of reach")
    return array


def _path(commands: Any, tolerance: float) -> Iterator[tuple[Points, bool]]:
    if not isinstance(commands, list) or not all(isinstance(c, list) and c and isinstance(c[0], str) for c in commands):
        raise refused("a path of it is no list of steps")
    pieces: list[Points] = []
    for step, group in groupby(commands, key=lambda command: str(command[0]).upper()):
        run = [command[1:] for command in group]
        if step not in WIDTHS or (step not in {"M", "Z"} and not pieces):
            raise refused(f"a path takes no step {step[:8]!r} there")
        if step in {"M", "Z"}:
            if pieces:
                yield np.concatenate(pieces), step == "Z"
            pieces = [_array(run, 2)[-1:]] if step == "M" else [pieces[0][:1]] if pieces else []
            continue
        pieces.append(_chords(pieces[-1][-1:], _array(run, WIDTHS[step]), tolerance))
    if pieces and (len(pieces) > 1 or commands[-1][0].upper() == "M"):
        yield np.concatenate(pieces), False


def _chords(start: Points, steps: Points, tolerance: float) -> Points:
    """The end points of chords along lines (n, 2), quadratic (n, 4) or cubic (n, 6) curves that begin at ``start``."""
    ends = steps[:, -2:]
    if steps.shape[1] == WIDTHS["L"]:
        return ends
    begins = np.concatenate((start, ends[:-1]))
    controls = [begins, *(steps[:, column : column + 2] for column in range(0, steps.shape[1], 2))]
    bends = [np.hypot(*(p - 2 * q + r).T) for p, q, r in zip(controls, controls[1:], controls[2:], strict=False)]
    bend = np.max(bends, axis=0) * (0.25 if steps.shape[1] == WIDTHS["Q"] else 0.75)
    counts = np.clip(np.ceil(np.sqrt(bend / tolerance)), 1, MOST_CHORDS).astype(np.int64)
    if counts.sum() > MOST_AT_ONCE:
        raise refused("a stroke of it is too intricate")
    owner = np.repeat(np.arange(len(counts)), counts)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    t = (nth / counts[owner])[:, None]
    level = [control[owner] for control in controls]
    while len(level) > 1:  # de Casteljau
        level = [p + (q - p) * t for p, q in pairwise(level)]
    return level[0]


def _box(lines: tuple[tuple[Points, bool], ...]) -> tuple[float, float, float, float]:
    every = np.concatenate([points for points, _ in lines])
    (left, top), (right, bottom) = every.min(axis=0), every.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _matrix(each: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """Scale, flip, skew and angle as Fabric.js multiplies them: rotation · scale · skew x · skew y."""
    sx = number(each, "scaleX", 1) * (-1 if each.get("flipX") is True else 1)
    sy = number(each, "scaleY", 1) * (-1 if each.get("flipY") is True else 1)
    kx, ky = (math.tan(math.radians(number(each, name, 0))) for name in ("skewX", "skewY"))
    a, b, c, d = sx * (1 + kx * ky), sy * ky, sx * kx, sy
    angle = math.radians(number(each, "angle", 0))
    cos, sin = math.cos(angle), math.sin(angle)
    return a * cos - b * sin, a * sin + b * cos, c * cos - d * sin, c * sin + d * cos


def _reach(each: Mapping[str, Any]) -> float:
    """How much larger the canvas shows a length of it, at most."""
    a, b, c, d = _matrix(each)
    return max(math.hypot(a, b), math.hypot(c, d), 1e-6)


def _place(
    each: Mapping[str, Any], edges: tuple[float, float], width: float, matrix: tuple[float, float, float, float]
) -> tuple[float, float]:
    """Where its middle lies on the canvas; Fabric.js counts the stroke into the box that left and top refer to."""
    origins = [ORIGINS.get(str(each.get(name, "center")), 0.0) for name in ("originX", "originY")]
    left, top = number(each, "left", 0), number(each, "top", 0)
    if origins == [0.0, 0.0]:
        return left, top
    uniform = each.get("strokeUniform") is True
    x, y = (edge + (0 if uniform else width) for edge in edges)
    angle = math.radians(number(each, "angle", 0))
    cos, sin = math.cos(angle), math.sin(angle)
    a, b, c, d = matrix
    a, b, c, d = a * cos + b * sin, b * cos - a * sin, c * cos + d * sin, d * cos - c * sin  # without the angle
    wide, high = abs(a) * x + abs(c) * y, abs(b) * x + abs(d) * y
    wide, high = (edge + (width if uniform else 0) for edge in (wide, high))
    x, y = -origins[0] * wide, -origins[1] * high
    return left + x * cos - y * sin, top + x * sin + y * cos


def moved(points: Points, matrix: Matrix) -> Points:
    """``points`` through ``matrix``; equal points stay equal to the bit, which a matrix product does not promise."""
    a, b, c, d, e, f = matrix
    x, y = points[..., 0], points[..., 1]
    return np.stack((a * x + c * y + e, b * x + d * y + f), axis=-1)


def _colour(value: Any) -> str | None:
    """The CSS colour if it shows at all."""
    if value is not None and not isinstance(value, str):
        raise refused("a color of it is not a color")
    if value in {None, "", "transparent"}:
        return None
    clear = re.fullmatch(r"rgba\(.*[,/ ]\s*0*\.?0+%?\s*\)|#[0-9a-fA-F]{6}00|#[0-9a-fA-F]{3}0", value.strip()[:64])
    return None if clear else value
