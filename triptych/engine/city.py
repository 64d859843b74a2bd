"""A city: rows of towers with lit windows, neon signs in a neon city, and a street before them."""

import random

from triptych.engine.colours import darker, lighter, mix
from triptych.engine.marks import DETAIL, SHAPE, Mark, Outline
from triptych.engine.plan import Plan, band, blob, flecks, solid


def city(plan: Plan, horizon: float) -> list[Mark]:
    """Three rows of towers with lit windows, and a street before them."""
    chance, mood = plan.chance("city"), plan.mood
    ground = plan.height
    marks: list[Mark] = []
    for row in range(3):
        share = row / 2
        colour = mix(mix(mood.far, mood.low, 0.5), darker(mood.far, 0.5), share)
        x, windows = -0.02 * plan.width, list[Outline]()
        signs: list[Mark] = []
        base = horizon + (ground - horizon) * 0.34 * (row + 1) / 3
        while x < plan.width:
            wide = plan.unit * chance.uniform(0.055, 0.12)
            tall = plan.unit * chance.uniform(0.16, 0.46) * (1.1 - 0.35 * share)
            marks.append(
                solid(
                    ((x, base - tall), (x + wide, base - tall), (x + wide, base), (x, base)),
                    colour,
                    mix(colour, mood.low, 0.3),
                    depth=0.8 - share * 0.2,
                )
            )
            windows += _windows(plan, chance, x, base - tall, wide, tall)
            signs += _signs(plan, chance, x, base - tall, wide, tall)
            x += wide + plan.unit * chance.choice((0, 0.004, 0.012))
        lit = plan.brief.time in {"night", "dusk"} or plan.brief.style == "neon"
        marks += (
            flecks(windows, mood.glow if lit else lighter(colour, 0.4), 0.9 if lit else 0.5, depth=0.8 - share * 0.2)
            + signs
        )
    street = darker(mix(mood.near, mood.far, 0.7), 0.4)
    marks.append(band(plan, horizon + (ground - horizon) * 0.34, ground + 2, street, darker(street, 0.35), SHAPE, 0.5))
    return marks + _reflections(plan, horizon + (ground - horizon) * 0.36)


def _windows(plan: Plan, chance: random.Random, x: float, y: float, wide: float, tall: float) -> list[Outline]:
    if plan.detail == 1:
        return []
    cell = plan.unit * (0.02 if plan.detail < 4 else 0.015)
    found: list[Outline] = []
    for column in range(int((wide - cell * 0.4) / cell)):
        for line in range(int(tall / cell / 1.3)):
            if chance.random() < 0.55:
                left, top = x + cell * (column + 0.4), y + cell * 1.3 * (line + 0.5)
                found.append(
                    (
                        (left, top),
                        (left + cell * 0.5, top),
                        (left + cell * 0.5, top + cell * 0.7),
                        (left, top + cell * 0.7),
                    )
                )
    return found


def _signs(plan: Plan, chance: random.Random, x: float, y: float, wide: float, tall: float) -> list[Mark]:
    """Tubes of light on one tower in three, in a neon city only."""
    luck, side, share = chance.random(), chance.random(), chance.uniform(0.15, 0.5)
    if plan.brief.style != "neon" or luck > 0.34:
        return []
    colour = (plan.mood.accent, plan.mood.glint, (124, 255, 160))[int(side * 3)]
    left, top, foot = x + wide * (0.1 + 0.6 * side), y + tall * share, y + tall * min(share + 0.3, 0.8)
    tube: Outline = ((left, top), (left + wide * 0.2, top), (left + wide * 0.2, foot), (left, foot), (left, top))
    glow = blob(left + wide * 0.1, (top + foot) / 2, (foot - top) * 0.8, colour, 0.4, depth=0.7)
    return [glow, Mark((tube,), lighter(colour, 0.3), stroke=plan.unit * 0.004, stage=DETAIL, depth=0.7)]


def _reflections(plan: Plan, top: float) -> list[Mark]:
    if plan.detail == 1:
        return []
    chance = plan.chance("reflections")
    colours = (plan.mood.glow, plan.mood.accent, plan.mood.glint)
    marks = []
    for _ in range(plan.many(5, 14)):
        x, y = chance.uniform(0, plan.width), top + chance.uniform(0.05, 0.8) * (plan.height - top)
        radius = plan.unit * chance.uniform(0.03, 0.1)
        marks.append(blob(x, y, radius, chance.choice(colours), 0.2, flat=0.3, depth=0.4))
    return marks
