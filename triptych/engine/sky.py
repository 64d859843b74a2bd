"""Skies: gradient, sun and moon, stars, clouds, birds, and the weather that falls from them."""

import math

from triptych.engine.colours import RGB, lighter, mix
from triptych.engine.marks import DETAIL, SHAPE, Mark, Outline, oval, spline
from triptych.engine.plan import Plan, band, blob, flecks

RAINBOW: tuple[RGB, ...] = (
    (214, 82, 74),
    (236, 150, 70),
    (240, 214, 96),
    (112, 176, 104),
    (84, 142, 204),
    (134, 96, 176),
)


def sky(plan: Plan, horizon: float) -> list[Mark]:
    """Everything above `horizon` (pixels), far things first."""
    mood, kinds = plan.mood, plan.brief.sky
    marks = [band(plan, -2, horizon + 2, mood.high, mood.low)]
    dark = plan.brief.time == "night" or plan.brief.style == "neon"
    if dark or "stars" in kinds:
        marks += stars(plan, horizon, 60 if plan.detail == 1 else plan.many(110, 320))
    if "aurora" in kinds:
        marks += _aurora(plan, horizon)
    marks += _disc(plan, horizon, moon=dark or "moon" in kinds)
    if "rainbow" in kinds:
        marks += _rainbow(plan, horizon)
    if "clear" not in kinds and (plan.busy or "clouds" in kinds):
        marks += clouds(plan, horizon, heavy="clouds" in kinds or plan.brief.time == "storm")
    if "birds" in kinds or (plan.detail > 2 and plan.busy > 1 and not dark):
        marks += birds(plan, horizon)
    return marks


def disc_at(plan: Plan, horizon: float) -> tuple[float, float, float]:
    """Where sun or moon hangs: x, y and radius in pixels."""
    chance = plan.chance("disc")
    low = plan.brief.time in {"dusk", "dawn"}
    x = plan.width * chance.choice((0.27, 0.36, 0.66, 0.74))
    y = horizon * (chance.uniform(0.72, 0.84) if low else chance.uniform(0.26, 0.4))
    return x, y, plan.unit * (0.062 if low else 0.052)


def _disc(plan: Plan, horizon: float, moon: bool) -> list[Mark]:
    if plan.brief.time == "storm" and not moon:
        return []
    x, y, radius = disc_at(plan, horizon)
    mood = plan.mood
    pulse = 1 + 0.08 * math.sin(2 * math.pi * plan.phase)
    marks = [
        blob(x, y, radius * 5.5 * pulse, mood.disc, 0.28, stage=SHAPE),
        blob(x, y, radius * 2.1 * pulse, mood.disc, 0.5, stage=SHAPE),
        Mark((oval(x, y, radius, radius),), mood.disc, stage=SHAPE, depth=1, soft=0),
    ]
    if moon and plan.detail > 1:
        shade = mix(mood.disc, mood.high, 0.22)
        craters = ((-0.3, -0.2, 0.24), (0.3, 0.22, 0.18), (0.12, -0.46, 0.12), (-0.36, 0.38, 0.14))
        marks += flecks(
            [oval(x + a * radius, y + b * radius, c * radius, c * radius) for a, b, c in craters], shade, depth=1
        )
    return marks


def stars(plan: Plan, horizon: float, count: int) -> list[Mark]:
    chance = plan.chance("stars")
    dim: list[Outline] = []
    bright: list[Outline] = []
    for i in range(count):
        x, y = chance.uniform(0, plan.width), chance.uniform(0, horizon) * chance.uniform(0.3, 1)
        size = plan.unit * chance.choice((0.0011, 0.0014, 0.0018, 0.0026))
        twinkle = 0.75 + 0.25 * math.sin(2 * math.pi * (plan.phase + i * 0.37))
        (bright if i % 5 == 0 else dim).append(oval(x, y, size * twinkle, size * twinkle))
    colour = lighter(plan.mood.disc, 0.3)
    return flecks(dim, colour, 0.7, depth=1) + flecks(bright, colour, depth=1)


def clouds(plan: Plan, horizon: float, heavy: bool) -> list[Mark]:
    chance = plan.chance("clouds")
    marks: list[Mark] = []
    body = mix(plan.mood.low, (255, 255, 255), 0.45 if plan.brief.time in {"day", "storm"} else 0.12)
    for _ in range(plan.busy + (5 if heavy else 2)):
        y = horizon * chance.uniform(0.12, 0.7)
        size = plan.unit * chance.uniform(0.1, 0.2) * (1.3 if heavy else 1)
        drift = 0.03 * plan.width * math.sin(2 * math.pi * plan.phase)
        x = chance.uniform(-0.05, 1.05) * plan.width + drift
        marks += _cloud(plan, x, y, size, body, chance.random())
    return marks


def _cloud(plan: Plan, x: float, y: float, size: float, body: RGB, turn: float) -> list[Mark]:
    humps = [
        (-1.25, 0),
        (-0.95, -0.2),
        (-0.5, -0.34 - 0.1 * turn),
        (0.05, -0.5),
        (0.5, -0.3),
        (0.95, -0.24 * turn),
        (1.3, 0),
    ]
    top = spline([(x + a * size, y + b * size) for a, b in humps], closed=False)
    outline = (*top, (x + 1.1 * size, y + 0.07 * size), (x - 1.1 * size, y + 0.07 * size))
    soft = 0.0 if plan.light.flat else size * 0.035
    marks = [Mark((outline,), body, mix(body, plan.mood.low, 0.75), alpha=0.86, soft=soft, stage=SHAPE, depth=1)]
    if plan.detail > 1 and not plan.light.flat:
        marks.append(blob(x - 0.1 * size, y - 0.24 * size, size * 0.32, lighter(body, 0.6), 0.5, flat=0.5))
    return marks


def birds(plan: Plan, horizon: float) -> list[Mark]:
    chance = plan.chance("birds")
    x0, y0 = chance.uniform(0.3, 0.6) * plan.width, chance.uniform(0.2, 0.4) * horizon
    wings: list[Outline] = []
    for i in range(plan.many(4, 9)):
        x, y = x0 + chance.uniform(-0.16, 0.16) * plan.unit, y0 + chance.uniform(-0.08, 0.08) * plan.unit
        span = plan.unit * chance.uniform(0.008, 0.014)
        lift = span * (0.55 + 0.3 * math.sin(2 * math.pi * (plan.phase + i / 5)))
        wings.append(
            spline(
                [
                    (x - span, y - lift),
                    (x - span * 0.4, y - lift * 0.9),
                    (x, y),
                    (x + span * 0.4, y - lift * 0.9),
                    (x + span, y - lift),
                ],
                closed=False,
            )
        )
    return flecks(wings, mix(plan.mood.far, (20, 22, 34), 0.6), 0.85, depth=1, stroke=plan.unit * 0.0022)


def _rainbow(plan: Plan, horizon: float) -> list[Mark]:
    cx, width = plan.width * 0.5, plan.unit * 0.016
    marks = []
    for i, colour in enumerate(RAINBOW):
        radius = plan.width * 0.42 - i * width
        arc = tuple(
            (cx + radius * math.cos(math.pi * t / 60), horizon * 1.02 - radius * 0.9 * math.sin(math.pi * t / 60))
            for t in range(61)
        )
        marks.append(Mark((arc,), colour, alpha=0.5, stroke=width * 1.15, stage=SHAPE, depth=1, soft=width * 0.2))
    return marks


def _aurora(plan: Plan, horizon: float) -> list[Mark]:
    chance = plan.chance("aurora")
    marks = []
    for colour in ((96, 232, 170), (110, 190, 232), (168, 120, 226)):
        base = horizon * chance.uniform(0.35, 0.6)
        edge = [(plan.width * t / 6, base + horizon * chance.uniform(-0.12, 0.12)) for t in range(-1, 8)]
        ribbon = (*spline(edge, closed=False), *((x, y - horizon * 0.26) for x, y in reversed(edge)))
        marks.append(Mark((ribbon,), colour, alpha=0.34, soft=plan.unit * 0.03, stage=SHAPE, depth=1))
    return marks


def weather(plan: Plan) -> list[Mark]:
    """What falls in front of everything: rain, snow, fog."""
    chance, unit, kinds = plan.chance("weather"), plan.unit, plan.brief.sky
    spots = [
        (chance.uniform(-0.1, 1.1) * plan.width, (chance.random() + plan.phase) % 1 * plan.height)
        for _ in range(plan.many(120, 420))
    ]
    marks: list[Mark] = []
    if "rain" in kinds:
        drops: list[Outline] = [((x, y), (x - unit * 0.008, y + unit * 0.034)) for x, y in spots]
        marks += flecks(drops, lighter(plan.mood.low, 0.4), 0.42, depth=0, stroke=unit * 0.0016)
    if "snowfall" in kinds:
        sizes = [unit * chance.choice((0.002, 0.003, 0.0045)) for _ in spots]
        marks += flecks(
            [oval(x, y, s, s) for (x, y), s in zip(spots, sizes, strict=True)], (250, 251, 255), 0.9, depth=0
        )
    if "fog" in kinds:
        for y in (0.5, 0.62, 0.76):
            x = plan.width * chance.uniform(0.3, 0.7)
            marks.append(
                blob(
                    x, plan.height * y, plan.width * 0.6, plan.mood.low, 0.5, flat=0.16, soft=unit * 0.06, stage=DETAIL
                )
            )
    return marks
