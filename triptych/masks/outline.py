"""The outline of a pen's stroke as directed edges that wind around every painted point the same way."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triptych.masks.shapes import Points, arcs, refused

Numbers = NDArray[np.float64]
Edges = NDArray[np.float64]  # (n, 2, 2): from, to
SAME = 1e-9  # pen units; points nearer than this are one
BESIDE = 1e-6
ROOMY = 0.99
MOST_ARCS = 500_000  # chords of one stroke's round corners


@dataclass(frozen=True)
class Pen:
    """What draws a stroke: its diameter in its own units, its ends and corners, and image pixels per unit."""

    width: float
    cap: str
    join: str
    miter: float
    reach: float

    @property
    def half_circle(self) -> int:
        """How many chords stand for half a circle around it."""
        return arcs(self.width / 2 * self.reach, math.pi)


def outline(points: Points, closed: bool, pen: Pen) -> Edges:
    """The edges around the stroke of ``pen`` along ``points``.

    They are the sum of a rectangle for each step, a wedge at each turn and the caps, less the edges those share, so
    the winding number is above zero exactly where the stroke paints, however it crosses itself.
    """
    half = pen.width / 2
    points = _apart(points, closed)
    if len(points) == 1:
        return _dot(points[0], pen)
    along = np.diff(points, axis=0, append=points[:1]) if closed else np.diff(points, axis=0)
    long = np.hypot(along[:, 0], along[:, 1])
    along = along / long[:, None]
    aside = half * np.column_stack((-along[:, 1], along[:, 0]))
    begins, ends = (points, np.roll(points, -1, axis=0)) if closed else (points[:-1], points[1:])
    parts = [np.stack((begins - aside, ends - aside), axis=1), np.stack((ends + aside, begins + aside), axis=1)]
    if closed:
        turns = (ends, aside, np.roll(aside, -1, axis=0), np.minimum(long, np.roll(long, -1)))
    else:
        turns = (points[1:-1], aside[:-1], aside[1:], np.minimum(long[:-1], long[1:]))
        parts += _cap(points[0], aside[0], pen), _cap(points[-1], -aside[-1], pen)
    return np.concatenate([*parts, *_joins(*turns, pen)])


def _apart(points: Points, closed: bool) -> Points:
    steps = np.diff(points, axis=0)
    points = points[np.concatenate(([True], np.hypot(steps[:, 0], steps[:, 1]) > SAME))]
    if closed and len(points) > 1 and np.hypot(*(points[0] - points[-1])) <= SAME:
        return points[:-1]
    return points


def _dot(at: Points, pen: Pen) -> Edges:
    if pen.cap == "butt":
        return np.empty((0, 2, 2))
    square, half = pen.cap == "square", pen.width / 2
    count = 4 if square else 2 * pen.half_circle
    turn = np.arange(count) * (2 * math.pi / count) + math.pi / 4
    ring = at + half * (math.sqrt(2) if square else 1) * np.column_stack((np.cos(turn), np.sin(turn)))
    return np.stack((ring, np.roll(ring, -1, axis=0)), axis=1)


def _cap(at: Points, aside: Points, pen: Pen) -> Edges:
    """From ``at + aside`` around the end of the line to ``at - aside``."""
    if pen.cap == "round":
        return _arcs(at[None], (aside[None], -aside[None]), np.array([math.pi]), pen.half_circle)
    path = [at + aside, at - aside]
    if pen.cap == "square":
        back = np.array((-aside[1], aside[0]))
        path = [path[0], at + aside + back, at - aside + back, path[1]]
    return np.stack((np.array(path[:-1]), np.array(path[1:])), axis=1)


def _joins(at: Points, before: Points, after: Points, room: Numbers, pen: Pen) -> tuple[Edges, ...]:
    """At each turn around the outer side, and through the corner itself on the inner side.

    Where both steps have ``room`` for it, the inner side goes straight: what that cuts off both rectangles cover.
    """
    if not len(at):
        return ()
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    dot = before[:, 0] * after[:, 0] + before[:, 1] * after[:, 1]
    left = (cross >= 0)[:, None]
    outer = np.where(left, -before, after), np.where(left, -after, before)
    inner = np.where(left, after, -before), np.where(left, before, -after)
    straight = (np.abs(cross) < ROOMY * pen.width / 2 * room) & (dot > 0)
    middle = at + np.where(straight[:, None], inner[1], 0)
    through = np.stack((at + inner[0], middle), axis=1), np.stack((at, at + inner[1]), axis=1)[~straight]
    turn = np.arctan2(np.abs(cross), dot)
    if pen.join == "round":
        return (*through, _arcs(at, outer, turn, pen.half_circle))
    if pen.join == "miter":
        return (*through, *_miters(at, *outer, turn, pen.miter))
    return (*through, np.stack((at + outer[0], at + outer[1]), axis=1))


def _miters(at: Points, first: Points, last: Points, turn: NDArray[np.float64], limit: float) -> tuple[Edges, Edges]:
    sharp = np.cos(turn / 2) * limit < 1
    whole = np.where(sharp, 1.0, 1 + np.cos(turn))[:, None]
    tip = at + np.where(sharp[:, None], first, (first + last) / np.maximum(whole, BESIDE))
    return np.stack((at + first, tip), axis=1), np.stack((tip, at + last), axis=1)


def _arcs(at: Points, ends: tuple[Points, Points], turn: NDArray[np.float64], half_circle: int) -> Edges:
    """Chords of arcs around each of ``at``, as fine as ``half_circle`` chords to half a circle; exact at both ends."""
    counts = np.maximum(1, np.ceil(turn * (half_circle / math.pi)).astype(np.int64))
    if counts.sum() > MOST_ARCS:
        raise refused("a stroke of it is too intricate")
    owner = np.repeat(np.arange(len(counts)), counts)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    first = ends[0][owner]
    angle = turn[owner] * nth / counts[owner]
    cos, sin = np.cos(angle), np.sin(angle)
    spokes = np.column_stack((first[:, 0] * cos - first[:, 1] * sin, first[:, 0] * sin + first[:, 1] * cos))
    spokes = np.where((nth == 0)[:, None], first, spokes) + at[owner]
    edges = np.empty((len(owner), 2, 2))
    edges[:, 0] = spokes
    edges[:-1, 1] = spokes[1:]
    edges[np.cumsum(counts) - 1, 1] = at + ends[1]
    return edges
