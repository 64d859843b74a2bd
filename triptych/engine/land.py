"""Lands and waters between the horizon and the viewer's feet: ridges, sea, forest, desert, road."""

import math
import random
from itertools import pairwise

from triptych.engine.colours import RGB, darker, lighter, mix
from triptych.engine.marks import DETAIL, SHAPE, Mark, Outline, spline
from triptych.engine.plan import Plan, band, flecks, solid
from triptych.engine.shapes import draw
from triptych.engine.sky import disc_at


def _ridge(plan: Plan, chance: random.Random, y: float, rise: float, points: int, sharp: bool) -> Outline:
    """The upper edge of a hill or a range, from left to right."""
    step = plan.width / (points - 1)
    knots = [
        (i * step + chance.uniform(-0.3, 0.3) * step, y - rise * chance.random() ** (1.2 if sharp else 1))
        for i in range(points)
    ]
    knots[0], knots[-1] = (-4, knots[0][1]), (plan.width + 4, knots[-1][1])
    if not sharp:
        return spline(knots, closed=False)
    return tuple(_jagged(chance, knots, rise * 0.16, 3))


def _jagged(
    chance: random.Random, line: list[tuple[float, float]], rough: float, times: int
) -> list[tuple[float, float]]:
    for _ in range(times):
        split = [line[0]]
        for (x0, y0), (x1, y1) in pairwise(line):
            split += [((x0 + x1) / 2, (y0 + y1) / 2 + chance.uniform(-rough, rough)), (x1, y1)]
        line, rough = split, rough * 0.5
    return line


def _filled(plan: Plan, ridge: Outline, foot: float) -> Outline:
    return (*ridge, (plan.width + 4, foot), (-4, foot))


def mountains(plan: Plan, horizon: float, snowy: bool = True) -> list[Mark]:
    chance, mood = plan.chance("mountains"), plan.mood
    marks: list[Mark] = []
    layers = 2 + min(plan.busy, 1)
    for i in range(layers):
        share = i / layers
        colour = mix(mix(mood.far, mood.low, 0.55), darker(mood.far, 0.35), share)
        rise = plan.height * (0.4 - 0.1 * i)
        ridge = _ridge(plan, chance, horizon + plan.height * 0.02 * i, rise, 6 + 2 * i, sharp=True)
        marks.append(solid(_filled(plan, ridge, horizon + 8), colour, mix(colour, mood.low, 0.5), depth=0.9))
        if snowy and i < 2 and plan.detail > 1:
            marks += _caps(plan, ridge, horizon, rise, mix((250, 250, 252), mood.tint, plan.light.share + 0.1))
    return marks


def _caps(plan: Plan, ridge: Outline, horizon: float, rise: float, colour: RGB) -> list[Mark]:
    """Snow down to a line that is ragged as the rock is."""
    chance, line = plan.chance("caps"), horizon - rise * 0.46
    caps: list[Outline] = []
    run: list[tuple[float, float]] = []
    for x, y in (*ridge, (0.0, horizon)):
        if y < line:
            run.append((x, y))
        elif run:
            under = [(px, min(py + (line - py) * chance.uniform(0.35, 1.0), line)) for px, py in reversed(run)]
            caps.append((*run, *under))
            run = []
    return (
        [Mark(tuple(c for c in caps if len(c) > 3), colour, alpha=0.92, stage=DETAIL, depth=0.9, edge=False)]
        if caps
        else []
    )


def hills(plan: Plan, horizon: float, colour: RGB | None = None) -> list[Mark]:
    """Rolling layers from the horizon to the lower edge, paler with distance."""
    chance, mood = plan.chance("hills"), plan.mood
    near = colour or mood.near
    layers = 3 + min(plan.busy, 1)
    marks: list[Mark] = []
    for i in range(layers):
        share = i / (layers - 1)
        y = horizon + (plan.height - horizon) * share * 0.62
        fill = mix(mix(near, mood.low, 0.58), near, share)
        ridge = _ridge(plan, chance, y + plan.unit * 0.02, plan.unit * 0.09, 5, sharp=False)
        marks.append(
            solid(
                _filled(plan, ridge, plan.height + 4), lighter(fill, 0.1), darker(fill, 0.22), depth=0.8 - 0.5 * share
            )
        )
        if plan.detail > 1 and colour is None:
            marks += _tufts(plan, ridge, i, darker(fill, 0.24), share)
    return marks


def _tufts(plan: Plan, ridge: Outline, layer: int, colour: RGB, share: float) -> list[Mark]:
    """Grass that stands on and below a ridge."""
    chance = plan.chance(f"tufts{layer}")
    blades: list[Outline] = []
    for _ in range(round(plan.many(14, 200) * (0.4 + share))):
        x, y = chance.choice(ridge)
        y += plan.height * 0.12 * chance.random() * (0.3 + share)
        x += chance.uniform(-0.02, 0.02) * plan.width
        tall, lean = plan.unit * (0.006 + 0.012 * share) * chance.uniform(0.6, 1.2), chance.uniform(-0.4, 0.4)
        blades.append(((x - tall * 0.12, y), (x + lean * tall, y - tall), (x + tall * 0.12, y)))
    return flecks(blades, colour, 0.75, depth=0.6 - 0.4 * share)


def sea(plan: Plan, horizon: float) -> list[Mark]:
    mood, chance = plan.mood, plan.chance("sea")
    marks = [
        band(
            plan,
            horizon,
            plan.height + 2,
            mix(mood.water, mood.low, 0.45),
            darker(mood.water, 0.42),
            stage=SHAPE,
            depth=0.8,
        )
    ]
    x, _, radius = disc_at(plan, horizon)
    glints: list[Outline] = []
    waves: list[Outline] = []
    for i in range(plan.many(26, 150)):
        share = chance.random() ** 1.4
        y = horizon + (plan.height - horizon) * (0.015 + share * 0.97)
        sway = math.sin(2 * math.pi * (plan.phase + i * 0.21)) * plan.unit * 0.012
        half = plan.unit * (0.012 + 0.05 * share) * chance.uniform(0.5, 1.2)
        thick = plan.unit * (0.0012 + 0.0035 * share)
        on_path = i % 2 == 0
        cx = (x + chance.gauss(0, radius * (0.5 + 1.2 * share)) if on_path else chance.uniform(0, plan.width)) + sway
        lens = spline([(cx - half, y), (cx, y - thick), (cx + half, y), (cx, y + thick)], steps=4)
        (glints if on_path else waves).append(lens)
    marks += flecks(waves, mix(mood.water, mood.glint, 0.5), 0.5, depth=0.5)
    return marks + flecks(glints, mood.glint, 0.8, depth=0.5)


def coast(plan: Plan, horizon: float, left: bool) -> list[Mark]:
    """A headland that reaches in from one side, for things that need ground at sea."""
    w, h, mood = plan.width, plan.height, plan.mood
    reach = (
        (-0.05, 0.68),
        (0.12, 0.655),
        (0.3, 0.67),
        (0.46, 0.72),
        (0.58, 0.82),
        (0.5, 0.9),
        (0.56, 1.05),
        (-0.05, 1.05),
    )
    knots = [(x * w if left else (1 - x) * w, horizon + (h - horizon) * (y - 0.55) / 0.45) for x, y in reach]
    outline = spline(knots)
    rock = darker(mix(mood.near, mood.far, 0.35), 0.34)
    shift = tuple((x, y - plan.unit * 0.022) for x, y in outline)
    foam = tuple((x + (1 if left else -1) * plan.unit * 0.012, y + plan.unit * 0.004) for x, y in outline)
    marks = [
        Mark((foam,), lighter(mood.glint, 0.3), alpha=0.55, soft=plan.unit * 0.004, stage=DETAIL, edge=False),
        solid(outline, rock, darker(rock, 0.4), depth=0.3),
        solid(shift, lighter(mood.near, 0.1), darker(mood.near, 0.3), depth=0.3),
    ]
    return marks + (_tufts(plan, shift[4:28], 9, darker(mood.near, 0.3), 0.8) if plan.detail > 1 else [])


def forest(plan: Plan, horizon: float) -> list[Mark]:
    chance, mood = plan.chance("forest"), plan.mood
    marks = hills(plan, horizon)
    rows = 2 + plan.busy
    for row in range(rows):
        share = (row + 1) / rows
        colour = mix(mix(mood.near, mood.low, 0.6), darker(mood.near, 0.35), share)
        base = horizon + (plan.height - horizon) * (0.06 + 0.3 * share)
        count = round(plan.many(12, 18) - 4 * share)
        for i in range(count):
            x = plan.width * (i + chance.uniform(0.1, 0.9)) / count
            clear = share > 0.6 and 0.28 < x / plan.width < 0.72
            if not clear:
                tall = plan.unit * (0.16 + 0.24 * share) * chance.uniform(0.75, 1.2)
                marks += draw(
                    "pine",
                    x,
                    base + chance.uniform(0, 0.03) * plan.unit,
                    tall,
                    plan.light,
                    min(plan.detail, 2),
                    colour,
                    depth=0.8,
                )
    return marks


def desert(plan: Plan, horizon: float) -> list[Mark]:
    return hills(plan, horizon, mix((222, 178, 112), plan.mood.tint, plan.light.share + 0.1))


def snowfield(plan: Plan, horizon: float) -> list[Mark]:
    return hills(plan, horizon, mix((236, 241, 247), plan.mood.tint, plan.light.share + 0.06))


def road(plan: Plan, horizon: float) -> list[Mark]:
    """A road that winds from the viewer to the horizon."""
    w, h = plan.width, plan.height
    centre = [
        (0.52, 1.02, 0.23),
        (0.46, 0.82, 0.13),
        (0.53, 0.64, 0.07),
        (0.5, 0.5, 0.035),
        (0.515, 0.42, 0.016),
        (0.51, 0.36, 0.006),
    ]
    knots = [(x * w, horizon + (h - horizon) * (y - 0.33) / 0.69, half * w) for x, y, half in centre]
    left, right = spline([(x - b, y) for x, y, b in knots], False), spline([(x + b, y) for x, y, b in knots], False)
    asphalt = darker(mix(plan.mood.far, (96, 98, 104), 0.6), 0.3)
    marks = [solid((*left, *reversed(right)), lighter(asphalt, 0.16), asphalt, depth=0.4)]
    middle = [((a[0] + b[0]) / 2, a[1], (b[0] - a[0]) * 0.016) for a, b in zip(left, right, strict=True)]
    dashes: list[Outline] = [
        ((x0 - b0, y0), (x0 + b0, y0), (x1 + b1, y1), (x1 - b1, y1))
        for (x0, y0, b0), (x1, y1, b1) in zip(middle[::2], middle[1::2], strict=False)
    ]
    return marks + flecks(dashes, (244, 238, 220), 0.9, depth=0.4)
