"""Composes a picture: which ground, what stands where, and where the words go."""

import math
from collections.abc import Callable
from dataclasses import replace

from triptych.engine import city, indoors, land
from triptych.engine.colours import RGB, darker, lighter, luminance, mix
from triptych.engine.marks import WASH, Lettering, Mark, Outline, Scene
from triptych.engine.mood import PAPERS, legible, light, mood, tone
from triptych.engine.placing import STANDING, Placed, left, placed
from triptych.engine.plan import Plan, blob
from triptych.engine.shapes import SHAPES, draw
from triptych.engine.sky import sky, weather
from triptych.engine.words import Brief, Thing

LANDS: dict[str, Callable[[Plan, float], list[Mark]]] = {
    "city": city.city,
    "forest": land.forest,
    "desert": land.desert,
    "snow": land.snowfield,
    "hill": land.hills,
}
ROOMS = {"studio", "still", "space", "under", "abstract", "poster"}
# Where a building carries its sign: height of its middle from the top, width and height, in hundredths of the building.
SIGNS = {
    "shop": (33, 78, 13),
    "house": (44, 44, 9),
    "lighthouse": (80, 30, 8),
    "windmill": (78, 30, 8),
    "train": (70, 50, 8),
}


def compose(
    brief: Brief,
    width: int,
    height: int,
    seed: int,
    detail: int,
    busy: int = 2,
    phase: float = 0.0,
    first: tuple[Thing, ...] | None = None,
    seats: tuple[str, ...] = (),
) -> Scene:
    """Everything to paint, in order, for a picture of `width` × `height` pixels; the same for the same arguments."""
    chosen = mood(brief)
    plan = Plan(width, height, brief, chosen, light(chosen, brief), seed, detail, busy, phase, first, seats)
    ground = ground_of(brief)
    horizon = height * plan.chance("horizon").uniform(0.54, 0.6)
    stood = placed(plan, ground, horizon)
    # Every colour is mixed as the style would mix it, wherever it came from.
    board, letters = _letters(plan, ground, stood)
    marks = _backdrop(plan, ground, horizon) + _things(plan, ground, stood) + board
    if ground not in ROOMS:
        marks += weather(plan)
    if not any(mark.subject for mark in marks):
        # Nothing stands in front: a transparent picture then keeps all but the sky.
        marks = [replace(mark, subject=mark.stage != WASH) for mark in marks]
    paper = brief.ground or PAPERS.get(brief.style, chosen.low)
    marks = [_toned(mark, brief) for mark in marks]
    # A product on a plain ground is lit evenly: no dark rim, no grain on what must stay pure.
    style = "plain" if ground == "studio" and brief.style in {"photo", "gouache"} else brief.style
    return Scene(width, height, paper, tuple(marks), letters, style, seed, detail)


def _toned(mark: Mark, brief: Brief) -> Mark:
    if mark.colour == brief.ground:
        return mark  # a ground asked for by name or code is exactly that
    fade = tone(brief.style, mark.fade) if mark.fade else None
    return replace(mark, colour=tone(brief.style, mark.colour), fade=fade)


def ground_of(brief: Brief) -> str:
    """Which kind of place the prompt is set in."""
    if brief.ground is not None:
        return "studio"
    for setting in ("space", "under", "sea", "city", "forest", "desert", "mountain", "snow", "road", "hill", "still"):
        if setting in brief.settings:
            return setting
    places = [SHAPES[t.name].place for t in brief.things]
    if not places:
        return "poster" if brief.letters else "hill" if brief.sky else "abstract"
    special = {"water": "sea", "under": "under", "table": "still", "span": "sea", "coast": "sea"}
    if {t.name for t in brief.things} & {"rocket", "astronaut", "planet"}:
        return "space"
    return next((special[p] for p in places if p in special and (p != "table" or set(places) == {"table"})), "hill")


def _backdrop(plan: Plan, ground: str, horizon: float) -> list[Mark]:
    if ground in ROOMS:
        return _room(plan, ground)
    marks = sky(plan, horizon)
    if ground == "sea":
        if "mountain" in plan.brief.settings:
            marks += land.mountains(plan, horizon)
        marks += land.sea(plan, horizon)
        standing = any(SHAPES[t.name].place in STANDING for t in plan.brief.things)
        return marks + (land.coast(plan, horizon, left(plan)) if standing else [])
    if ground == "mountain":
        return marks + land.mountains(plan, horizon) + land.hills(plan, horizon)
    if ground == "road":
        return marks + land.hills(plan, horizon) + land.road(plan, horizon)
    return marks + LANDS[ground](plan, horizon)


def _room(plan: Plan, ground: str) -> list[Mark]:
    if ground == "studio" and plan.brief.ground is not None:
        return indoors.studio(plan, plan.brief.ground)
    if ground == "space":
        standing = any(SHAPES[t.name].place == "ground" for t in plan.brief.things)
        return indoors.space(plan) + (indoors.moonscape(plan, plan.height * 0.78) if standing else [])
    rooms: dict[str, Callable[[Plan], list[Mark]]] = {
        "under": indoors.deep,
        "abstract": indoors.abstract,
        "poster": indoors.poster,
    }
    return rooms[ground](plan) if ground in rooms else indoors.table(plan, plan.height * 0.66)


def _things(plan: Plan, ground: str, stood: list[Placed]) -> list[Mark]:
    marks: list[Mark] = []
    for order, p in enumerate(stood):
        shape = SHAPES[p.thing.name]
        floats = shape.place in {"water", "sky", "under"} or ground in {"under", "space"}
        bob = math.sin(2 * math.pi * (plan.phase + order * 0.3)) * p.height * 0.03 if floats else 0.0
        marks += _shade(plan, ground, p)
        colour = p.thing.colour or shape.colour
        flip = p.x > plan.width * 0.55
        marks += draw(p.thing.name, p.x, p.y + bob, p.height, plan.light, plan.detail, colour, flip)
    return marks


def _shade(plan: Plan, ground: str, p: Placed) -> list[Mark]:
    """The soft shadow on the ground, or the reflection on water."""
    place = SHAPES[p.thing.name].place
    if place in {"sky", "under", "span"} or ground in {"under", "space"}:
        return []
    if ground == "sea" and place == "water":
        return [blob(p.x, p.y + p.height * 0.05, p.height * 0.42, plan.mood.high, 0.45, flat=0.16, depth=0)]
    wide = p.height * 0.4
    return [blob(p.x + wide * 0.12, p.y, wide, (18, 20, 34), 0.34, soft=wide * 0.12, flat=0.12, depth=0)]


def _letters(plan: Plan, ground: str, stood: list[Placed]) -> tuple[list[Mark], tuple[Lettering, ...]]:
    """The quoted words, and the board they are on: a sign where the prompt speaks of one, else the picture's title."""
    lines = plan.brief.letters
    shops = [p for p in stood if p.thing.name in SIGNS]
    if lines and plan.brief.sign and shops:
        return _sign(plan, shops[-1], " ".join(lines))
    w, h = plan.width, plan.height
    bare = not plan.brief.things
    top, room = (h * 0.2, h * 0.44) if bare else (h * 0.12, h * 0.18)
    room /= max(len(lines), 1)
    under = _behind(plan, ground)
    ink = legible(under)
    halo = mix(under, legible(ink), 0.35) if plan.brief.style != "flat" else None
    tall = room * 0.86 if bare else min(room, h * 0.15)
    return [], tuple(
        Lettering(t, (w / 2, top + room * (i + 0.2)), w * 0.84, tall, ink, halo) for i, t in enumerate(lines)
    )


def _sign(plan: Plan, p: Placed, words: str) -> tuple[list[Mark], tuple[Lettering, ...]]:
    """A board on the building's front, as wide as its words need."""
    at, wide, tall = (share * p.height / 100 for share in SIGNS[p.thing.name])
    wide, tall = max(wide, min(plan.unit * 0.28, plan.width * 0.4)), max(tall, plan.unit * 0.06)
    x, y = min(max(p.x, wide / 2 + 8), plan.width - wide / 2 - 8), p.y - p.height + at
    board = darker(plan.mood.accent, 0.45)
    rim = plan.unit * 0.006
    marks = [
        Mark((_box(x, y, wide + 2 * rim, tall + 2 * rim),), lighter(plan.mood.glow, 0.3), subject=True),
        Mark((_box(x, y, wide, tall),), board, darker(board, 0.2), subject=True),
    ]
    return marks, (Lettering(words, (x, y), wide * 0.88, tall * 0.86, legible(board)),)


def _box(x: float, y: float, wide: float, tall: float) -> Outline:
    return (
        (x - wide / 2, y - tall / 2),
        (x + wide / 2, y - tall / 2),
        (x + wide / 2, y + tall / 2),
        (x - wide / 2, y + tall / 2),
    )


def _behind(plan: Plan, ground: str) -> RGB:
    """The colour on which the words will stand, about."""
    grounds: dict[str, RGB] = {
        "poster": plan.brief.colours[0] if plan.brief.colours else plan.mood.high,
        "studio": plan.brief.ground or plan.mood.low,
        "space": (12, 12, 34),
        "still": (214, 200, 182),
        "abstract": (240, 234, 222),
    }
    style = plan.brief.style
    if style in PAPERS and style != "watercolour":
        return PAPERS[style]
    open_sky = mix(plan.mood.high, plan.mood.low, 0.25 if luminance(plan.mood.high) < 0.5 else 0.4)
    return tone(style, grounds.get(ground, open_sky))
