"""What every part of a composition needs to know: the sheet, the brief, the light, the detail, and its own chance."""

import random
from dataclasses import dataclass

from triptych.engine.colours import RGB
from triptych.engine.marks import DETAIL, SHAPE, WASH, Mark, Outline, oval
from triptych.engine.mood import Mood
from triptych.engine.shapes import Light
from triptych.engine.words import Brief, Thing


@dataclass(frozen=True)
class Plan:
    """`detail` 1 (low) to 5 (max); `busy` 0 to 2 (complexity); `phase` 0 to 1 runs through an animation's loop.

    `first` are the things whose places are kept, whatever else comes or goes, and `seats` the names of those that came
    after them, in their order; None, and all share the room anew.
    """

    width: int
    height: int
    brief: Brief
    mood: Mood
    light: Light
    seed: int
    detail: int
    busy: int = 2
    phase: float = 0.0
    first: tuple[Thing, ...] | None = None
    seats: tuple[str, ...] = ()

    @property
    def unit(self) -> float:
        """The shorter edge: widths of lines and heights of things are shares of it."""
        return float(min(self.width, self.height))

    def chance(self, name: str) -> random.Random:
        """Chance of one part's own, so that more detail in one place moves nothing in another."""
        return random.Random(f"{self.seed}/{name}")  # noqa: S311 - a picture is no secret

    def many(self, low: int, most: int) -> int:
        """A count that grows with detail, `low` at low quality and `most` at max."""
        return low + (most - low) * (self.detail - 1) // 4


def band(plan: Plan, top: float, foot: float, upper: RGB, lower: RGB, stage: int = WASH, depth: float = 1.0) -> Mark:
    """A gradient over the whole width between two heights in pixels."""
    w = plan.width
    return Mark(
        (((-2, top), (w + 2, top), (w + 2, foot), (-2, foot)),), upper, lower, stage=stage, depth=depth, edge=False
    )


def blob(
    x: float,
    y: float,
    radius: float,
    colour: RGB,
    alpha: float,
    soft: float | None = None,
    flat: float = 1.0,
    stage: int = DETAIL,
    depth: float = 1.0,
) -> Mark:
    """A soft round light or shadow; `flat` squeezes its height."""
    softness = radius / 2.2 if soft is None else soft
    return Mark(
        (oval(x, y, radius, radius * flat),), colour, alpha=alpha, soft=softness, stage=stage, depth=depth, edge=False
    )


def solid(outline: Outline, colour: RGB, fade: RGB | None = None, depth: float = 0.6, stage: int = SHAPE) -> Mark:
    return Mark((outline,), colour, fade, stage=stage, depth=depth)


def flecks(
    outlines: list[Outline],
    colour: RGB,
    alpha: float = 1.0,
    depth: float = 0.6,
    stroke: float = 0.0,
    subject: bool = False,
) -> list[Mark]:
    """Many small outlines as one mark, or none."""
    if not outlines:
        return []
    return [
        Mark(
            tuple(outlines), colour, alpha=alpha, stroke=stroke, stage=DETAIL, depth=depth, edge=False, subject=subject
        )
    ]
