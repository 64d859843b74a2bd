"""Grounds without a horizon: a table in soft light, a plain studio, space, the deep sea, and pure composition."""

import math

from triptych.engine.colours import RGB, darker, lighter, luminance, mix
from triptych.engine.marks import DETAIL, SHAPE, Mark, Outline, oval, spline
from triptych.engine.plan import Plan, band, blob, flecks, solid
from triptych.engine.sky import stars


def studio(plan: Plan, ground: RGB) -> list[Mark]:
    """A plain backdrop of exactly the colour asked for, a little light on a coloured one."""
    marks = [band(plan, -2, plan.height + 2, ground, ground)]
    if 0.05 < luminance(ground) < 0.9 and not plan.light.flat:
        marks.append(
            blob(plan.width * 0.42, plan.height * 0.36, plan.unit * 0.42, lighter(ground, 0.4), 0.5, stage=SHAPE)
        )
    return marks


def table(plan: Plan, edge: float) -> list[Mark]:
    """A wall, light through a window that is not seen, and a table top from `edge` (pixels) down."""
    mood, chance, w, h = plan.mood, plan.chance("table"), plan.width, plan.height
    wall = mix(mix(mood.high, mood.low, 0.5), (222, 205, 184), 0.45)
    wood = mix(mix((150, 104, 68), mood.accent, 0.12), mood.tint, plan.light.share)
    marks = [band(plan, -2, edge + 2, darker(wall, 0.1), lighter(wall, 0.18))]
    lean = chance.choice((-1, 1)) * plan.unit * 0.2
    for i in range(2):
        x = w * chance.uniform(0.2, 0.3) + i * plan.unit * 0.3
        pane = (
            (x, h * 0.06),
            (x + plan.unit * 0.24, h * 0.06),
            (x + plan.unit * 0.24 + lean, edge * 0.92),
            (x + lean, edge * 0.92),
        )
        marks.append(
            Mark((pane,), lighter(wall, 0.75), alpha=0.42, soft=plan.unit * 0.012, stage=SHAPE, depth=1, edge=False)
        )
    marks.append(band(plan, edge, h + 2, lighter(wood, 0.22), darker(wood, 0.28), SHAPE, 0.4))
    marks.append(band(plan, edge, edge + plan.unit * 0.008, lighter(wood, 0.5), lighter(wood, 0.3), SHAPE, 0.4))
    if plan.detail > 1:
        marks += _grain(plan, edge, darker(wood, 0.3))
    return marks


def _grain(plan: Plan, edge: float, colour: RGB) -> list[Mark]:
    chance, lines = plan.chance("grain"), list[Outline]()
    for _ in range(plan.many(8, 60)):
        y = edge + (plan.height - edge) * chance.random() ** 0.8
        x, long = chance.uniform(-0.1, 0.9) * plan.width, plan.unit * chance.uniform(0.1, 0.5)
        lines.append(
            spline([(x + long * t / 4, y + chance.uniform(-1, 1) * plan.unit * 0.004) for t in range(5)], closed=False)
        )
    return flecks(lines, colour, 0.35, depth=0.3, stroke=plan.unit * 0.0022)


def space(plan: Plan) -> list[Mark]:
    mood, chance, w, h = plan.mood, plan.chance("space"), plan.width, plan.height
    deep = mix((9, 10, 28), mood.high, 0.18)
    marks = [band(plan, -2, h + 2, deep, mix(deep, mood.accent, 0.12))]
    for _ in range(4 + 2 * plan.busy):
        colour = chance.choice((mood.accent, mood.water, mood.low, (128, 84, 200)))
        x, y = chance.gauss(0.5, 0.25) * w, chance.gauss(0.45, 0.2) * h
        marks.append(
            blob(x, y, plan.unit * chance.uniform(0.14, 0.34), colour, 0.2, flat=chance.uniform(0.4, 0.9), stage=SHAPE)
        )
    marks += stars(plan, h * 1.3, plan.many(160, 700))
    x, y, radius = w * chance.choice((0.2, 0.8)), h * chance.uniform(0.16, 0.28), plan.unit * 0.09
    body = mix(mood.low, mood.accent, 0.4)
    return [
        *marks,
        blob(x, y, radius * 1.7, body, 0.25, stage=SHAPE),
        solid(oval(x, y, radius, radius), lighter(body, 0.2), darker(body, 0.6), 0.9),
    ]


def moonscape(plan: Plan, edge: float) -> list[Mark]:
    """Grey ground with craters for whoever has to stand in space."""
    chance, dust = plan.chance("moonscape"), mix((168, 168, 178), plan.mood.tint, 0.1)
    ridge = spline(
        [(plan.width * i / 5, edge + chance.uniform(-0.02, 0.02) * plan.height) for i in range(-1, 7)], closed=False
    )
    marks = [
        solid(
            (*ridge, (plan.width * 1.2, plan.height + 4), (-plan.width * 0.2, plan.height + 4)),
            lighter(dust, 0.2),
            darker(dust, 0.5),
            0.3,
        )
    ]
    for _ in range(plan.many(4, 14)):
        x, share = chance.uniform(0, 1) * plan.width, chance.uniform(0.15, 0.95)
        y, wide = edge + (plan.height - edge) * share, plan.unit * chance.uniform(0.015, 0.05) * (0.5 + share)
        marks += [
            Mark((oval(x, y, wide, wide * 0.3),), darker(dust, 0.4), stage=DETAIL, depth=0.3, edge=False),
            Mark(
                (oval(x, y + wide * 0.08, wide * 0.9, wide * 0.22),),
                darker(dust, 0.22),
                stage=DETAIL,
                depth=0.3,
                edge=False,
            ),
        ]
    return marks


def deep(plan: Plan) -> list[Mark]:
    """Under water: rays from above, sand, weed and bubbles."""
    mood, chance, w, h, unit = plan.mood, plan.chance("deep"), plan.width, plan.height, plan.unit
    marks = [band(plan, -2, h + 2, lighter(mix(mood.water, (90, 196, 206), 0.45), 0.25), darker(mood.water, 0.5))]
    for i in range(5):
        x = w * (0.08 + 0.2 * i) + unit * 0.02 * math.sin(2 * math.pi * (plan.phase + i / 5))
        ray = (
            (x, -4),
            (x + unit * 0.08, -4),
            (x + unit * (0.16 - 0.05 * i), h * 0.86),
            (x - unit * (0.05 + 0.05 * i), h * 0.86),
        )
        marks.append(Mark((ray,), (240, 252, 246), alpha=0.1, soft=unit * 0.012, stage=SHAPE, depth=1, edge=False))
    sand = mix((214, 190, 142), mood.water, 0.3)
    floor = spline([(w * i / 5, h * (0.88 + chance.uniform(-0.02, 0.02))) for i in range(-1, 7)], closed=False)
    marks.append(solid((*floor, (w * 1.2, h + 4), (-w * 0.2, h + 4)), lighter(sand, 0.2), darker(sand, 0.3), 0.4))
    roots = [(chance.random() * w, h * chance.uniform(0.9, 1.0)) for _ in range(plan.many(7, 18))]
    marks += [_weed(plan, x, y, unit * chance.uniform(0.1, 0.28), chance.random()) for x, y in roots]
    spots = [
        (chance.uniform(0, w), (chance.random() - plan.phase) % 1 * h * 0.9, unit * chance.uniform(0.003, 0.011))
        for _ in range(plan.many(12, 50))
    ]
    return marks + flecks([oval(x, y, r, r) for x, y, r in spots], (232, 250, 252), 0.5, depth=0.2)


def _weed(plan: Plan, x: float, y: float, tall: float, turn: float) -> Mark:
    sway = plan.unit * 0.02 * math.sin(2 * math.pi * (plan.phase + turn))
    stem = spline(
        [
            (x, y),
            (x + tall * 0.1, y - tall * 0.35),
            (x - tall * 0.06 + sway, y - tall * 0.7),
            (x + tall * 0.06 + 2 * sway, y - tall),
        ],
        closed=False,
    )
    colour = mix((62, 132, 96), plan.mood.accent, 0.5 * (turn > 0.7))
    return Mark((stem,), mix(colour, plan.mood.water, 0.25), stroke=plan.unit * 0.012, stage=SHAPE, depth=0.4)


def abstract(plan: Plan) -> list[Mark]:
    """For prompts without a noun we know: discs, arcs and bars that balance, in the prompt's colours."""
    mood, chance, w, h, unit = plan.mood, plan.chance("abstract"), plan.width, plan.height, plan.unit
    colours = [*plan.brief.colours, mood.accent, mood.water, mood.near, mood.glow]
    paper = mix(lighter(mood.low, 0.55), (244, 238, 226), 0.4)
    marks = [band(plan, -2, h + 2, paper, mix(paper, colours[0], 0.1))]
    focus = (w * chance.choice((0.36, 0.64)), h * chance.choice((0.38, 0.6)))
    big = unit * chance.uniform(0.25, 0.31)
    marks.append(_subject(oval(*focus, big, big), colours[0]))
    marks.append(
        _subject(
            _arc(focus[0] + big * 0.9, focus[1] + big * 0.7, big * 0.75, chance.uniform(0, 6)),
            colours[1 % len(colours)],
        )
    )
    for i in range(plan.many(6, 12) + 2 * plan.busy):
        colour = colours[(i + 2) % len(colours)]
        x, y, size = chance.uniform(0.1, 0.9) * w, chance.uniform(0.1, 0.9) * h, unit * chance.uniform(0.03, 0.12)
        marks.append(_subject(_figure(i, x, y, size, chance.uniform(0, math.pi)), colour))
    angle = chance.uniform(-0.5, 0.5)
    bars: list[Outline] = [
        ((-unit, focus[1] + d - unit * angle), (w + unit, focus[1] + d + (w + unit) * angle))
        for d in (unit * 0.2, unit * 0.23)
    ]
    marks.append(Mark(tuple(bars), darker(mood.high, 0.6), stroke=unit * 0.005, stage=DETAIL, subject=True))
    return marks + (_dots(plan) if plan.detail > 2 else [])


def _dots(plan: Plan) -> list[Mark]:
    step, size = plan.unit * 0.022, plan.unit * 0.004
    x, y = plan.width * 0.1, plan.height * 0.8
    return flecks(
        [oval(x + step * (i % 9), y + step * (i // 9), size, size) for i in range(45)],
        darker(plan.mood.high, 0.5),
        subject=True,
    )


def _subject(outline: Outline, colour: RGB) -> Mark:
    return Mark((outline,), lighter(colour, 0.12), darker(colour, 0.12), stage=SHAPE, subject=True, across=True)


def _arc(x: float, y: float, radius: float, turn: float) -> Outline:
    outer = [
        (x + radius * math.cos(turn + math.pi * t / 30), y + radius * math.sin(turn + math.pi * t / 30))
        for t in range(31)
    ]
    inner = [(x + (px - x) * 0.62, y + (py - y) * 0.62) for px, py in reversed(outer)]
    return (*outer, *inner)


def _figure(kind: int, x: float, y: float, size: float, turn: float) -> Outline:
    """A disc, a triangle or a bar in turn."""
    if kind % 3 == 0:
        return oval(x, y, size * 0.6, size * 0.6)
    corners = (
        ((0, -1), (0.87, 0.5), (-0.87, 0.5)) if kind % 3 == 1 else ((-1.6, -0.2), (1.6, -0.2), (1.6, 0.2), (-1.6, 0.2))
    )
    cos, sin = math.cos(turn), math.sin(turn)
    return tuple((x + size * (a * cos - b * sin), y + size * (a * sin + b * cos)) for a, b in corners)


def poster(plan: Plan) -> list[Mark]:
    """A calm field for large lettering in a thin frame; cut-paper hills in shades of the field's own colour below it.

    No rays, no disc, no stripes: a poster without a subject must look like nobody's flag.
    """
    mood, chance, w, h, unit = plan.mood, plan.chance("poster"), plan.width, plan.height, plan.unit
    field = mix(mood.high, mood.accent, 0.08) if not plan.brief.colours else plan.brief.colours[0]
    shade = lighter(field, 0.6) if luminance(field) < 0.3 else darker(field, 0.7)
    second = plan.brief.colours[1] if len(plan.brief.colours) > 1 else shade
    marks = [band(plan, -2, h + 2, lighter(field, 0.1), darker(field, 0.08))]
    for number, share in enumerate((0.3, 0.55, 0.8)):
        top = h * (0.76 + 0.075 * number)
        ridge = [(w * i / 4, top + h * chance.uniform(-0.035, 0.035)) for i in range(-1, 6)]
        colour = mix(field, second, share)
        hill = (*spline(ridge, closed=False), (w * 1.25, h + 4), (-w * 0.25, h + 4))
        marks.append(Mark((hill,), lighter(colour, 0.06), darker(colour, 0.1), stage=SHAPE, subject=True))
    gap = unit * 0.04
    frame = ((gap, gap), (w - gap, gap), (w - gap, h - gap), (gap, h - gap), (gap, gap))
    return [*marks, Mark((frame,), lighter(field, 0.6), stroke=unit * 0.005, stage=DETAIL, subject=True)]
