"""Composes a picture: which ground, what stands where, and where the words go."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from triptych.engine import city, indoors, land
from triptych.engine.colours import RGB, darker, lighter, luminance, mix
from triptych.engine.marks import WASH, Lettering, Mark, Outline, Scene
from triptych.engine.mood import PAPERS, legible, light, mood, tone
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
STANDING = {"ground", "table", "coast"}
ROOMS = {"studio", "still", "space", "under", "abstract", "poster"}
BUILDINGS = {"house", "shop", "lighthouse", "church", "castle", "windmill"}
# Where a building carries its sign: height of its middle from the top, width and height, in hundredths of the building.
SIGNS = {
    "shop": (33, 78, 13),
    "house": (44, 44, 9),
    "lighthouse": (80, 30, 8),
    "windmill": (78, 30, 8),
    "train": (70, 50, 8),
}


def compose(brief: Brief, width: int, height: int, seed: int, detail: int, busy: int = 2, phase: float = 0.0) -> Scene:
    """Everything to paint, in order, for a picture of `width` × `height` pixels; the same for the same arguments."""
    chosen = mood(brief)
    plan = Plan(width, height, brief, chosen, light(chosen, brief), seed, detail, busy, phase)
    ground = _ground(brief)
    horizon = height * plan.chance("horizon").uniform(0.54, 0.6)
    placed = _placed(plan, ground, horizon)
    # Every colour is mixed as the style would mix it, wherever it came from.
    board, letters = _letters(plan, ground, placed)
    marks = _backdrop(plan, ground, horizon) + _things(plan, ground, placed) + board
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


def _ground(brief: Brief) -> str:
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
        return marks + (land.coast(plan, horizon, _left(plan)) if standing else [])
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


def _left(plan: Plan) -> bool:
    return plan.chance("side").random() < 0.5


@dataclass(frozen=True)
class Placed:
    """A thing and where its floor's middle stands, with its height, in pixels."""

    thing: Thing
    x: float
    y: float
    height: float


def _placed(plan: Plan, ground: str, horizon: float) -> list[Placed]:
    """Every single thing, the farthest first."""
    things = [t for t in plan.brief.things for _ in range(min(t.count, 7))]
    chance, alone = plan.chance("places"), len(things) == 1
    columns = _columns(plan, ground, things)
    found = [
        Placed(t, x, *_stand(plan, ground, horizon, t, chance.random(), alone))
        for t, x in zip(things, columns, strict=True)
    ]
    return sorted(found, key=lambda p: p.y)


def _things(plan: Plan, ground: str, placed: list[Placed]) -> list[Mark]:
    marks: list[Mark] = []
    for order, p in enumerate(placed):
        shape = SHAPES[p.thing.name]
        floats = shape.place in {"water", "sky", "under"} or ground in {"under", "space"}
        bob = math.sin(2 * math.pi * (plan.phase + order * 0.3)) * p.height * 0.03 if floats else 0.0
        marks += _shade(plan, ground, p)
        colour = p.thing.colour or shape.colour
        flip = p.x > plan.width * 0.55
        marks += draw(p.thing.name, p.x, p.y + bob, p.height, plan.light, plan.detail, colour, flip)
    return marks


def _columns(plan: Plan, ground: str, things: list[Thing]) -> list[float]:
    """An x for each thing: one by the thirds (in a studio the middle), several side by side, the first the main one."""
    chance, w = plan.chance("columns"), plan.width
    if len(things) == 1:
        centre = ground in {"studio", "still", "under"} or SHAPES[things[0].name].place == "span"
        if ground == "sea" and SHAPES[things[0].name].place in STANDING:
            return [w * (0.26 if _left(plan) else 0.74)]
        return [w * (0.5 if centre else chance.choice((0.35, 0.65)))]
    slots = [w * (i + 0.5 + chance.uniform(-0.1, 0.1)) / len(things) for i in range(len(things))]
    if ground != "sea":
        return slots
    # At sea what stands needs the coast, and what floats the open water.
    on_coast = [SHAPES[t.name].place in STANDING for t in things]
    ashore = iter([w * s for s in (0.24, 0.1, 0.37, 0.03, 0.44)] * 8)
    count = max(on_coast.count(False), 1)
    start = 0.56 if any(on_coast) else 0.1
    afloat = iter([w * (start + (0.94 - start) * (i + 0.5) / count) for i in range(count)])
    found = [next(ashore) if coast else next(afloat) for coast in on_coast]
    return found if _left(plan) or not any(on_coast) else [w - x for x in found]


def _stand(plan: Plan, ground: str, horizon: float, thing: Thing, luck: float, alone: bool) -> tuple[float, float]:
    """Where the thing's floor is and how tall it is, in pixels."""
    shape, h = SHAPES[thing.name], plan.height
    crowd = len(plan.brief.things) + sum(t.count - 1 for t in plan.brief.things)
    room = min(plan.width * 1.15, h) * (1.0 if crowd < 4 else 0.8 if crowd < 6 else 0.62)
    # A title needs the sky above: things make room for it.
    room *= 0.8 if plan.brief.letters and not plan.brief.sign else 1.0
    tall = shape.height * room * (1 if thing.count == 1 else 0.82)
    if ground in {"studio", "still"}:
        close = min(max(shape.height, 0.34) * (1.75 if alone else 1.4), 0.72) * min(room, plan.width * 0.95)
        return h * (0.84 if alone else 0.86 + 0.05 * luck), close
    if ground == "under" or shape.place == "sky" or (ground == "space" and shape.place != "ground"):
        low, high = (0.46, 0.84) if ground in {"under", "space"} else (0.36, 0.52)
        tall = min(tall * (1.7 if alone else 1.25), h * 0.7)
        floor = h * (low + (high - low) * (luck if not alone else 0.85))
        return max(floor, tall + h * 0.06), tall
    if shape.place == "span":
        return horizon + (h - horizon) * 0.3, shape.height * room * 1.7
    if shape.place == "water" and ground == "sea":
        return horizon + (h - horizon) * (0.22 + 0.5 * luck), tall * (0.62 + 0.5 * luck) * (1.2 if alone else 1)
    if ground == "sea":
        return horizon + (h - horizon) * (0.3 if thing.name in BUILDINGS else 0.36), tall * 0.9
    near = 0.86 if thing.name not in BUILDINGS else 0.74
    return h * (near + 0.08 * luck), tall * (1.2 if alone else 1) * (1.3 if ground in {"city", "road"} else 1)


def _shade(plan: Plan, ground: str, p: Placed) -> list[Mark]:
    """The soft shadow on the ground, or the reflection on water."""
    place = SHAPES[p.thing.name].place
    if place in {"sky", "under", "span"} or ground in {"under", "space"}:
        return []
    if ground == "sea" and place == "water":
        return [blob(p.x, p.y + p.height * 0.05, p.height * 0.42, plan.mood.high, 0.45, flat=0.16, depth=0)]
    wide = p.height * 0.4
    return [blob(p.x + wide * 0.12, p.y, wide, (18, 20, 34), 0.34, soft=wide * 0.12, flat=0.12, depth=0)]


def _letters(plan: Plan, ground: str, placed: list[Placed]) -> tuple[list[Mark], tuple[Lettering, ...]]:
    """The quoted words, and the board they are on: a sign where the prompt speaks of one, else the picture's title."""
    lines = plan.brief.letters
    shops = [p for p in placed if p.thing.name in SIGNS]
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
