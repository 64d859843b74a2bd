"""Where everything stands in a picture, and how tall."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from triptych.engine.plan import Plan
from triptych.engine.shapes import SHAPES
from triptych.engine.words import Thing

STANDING = {"ground", "table", "coast"}
BUILDINGS = {"house", "shop", "lighthouse", "church", "castle", "windmill"}
# Shares of the width: on a coast at the left, on the water beside it, and elsewhere for what came later.
ASHORE = (0.24, 0.1, 0.37, 0.03, 0.44)
AFLOAT = (0.72, 0.53, 0.86, 0.63, 0.8)
OTHERS = (0.2, 0.8, 0.5, 0.35, 0.65, 0.86, 0.14)
ROOM = 0.28  # of the width, which two things take side by side
MOST_OF_A_KIND = 7


def left(plan: Plan) -> bool:
    """On which side of the sea the coast is."""
    return plan.chance("side").random() < 0.5


@dataclass(frozen=True)
class Placed:
    """A thing and where its floor's middle stands, with its height, in pixels."""

    thing: Thing
    x: float
    y: float
    height: float


def placed(plan: Plan, ground: str, horizon: float) -> list[Placed]:
    """Every single thing, the farthest first."""
    found = _arranged(plan, ground, horizon) if plan.first is None else [*_kept(plan, plan.first, ground, horizon)]
    return sorted(found, key=lambda p: p.y)


def _arranged(plan: Plan, ground: str, horizon: float) -> list[Placed]:
    things = [t for t in plan.brief.things for _ in range(min(t.count, MOST_OF_A_KIND))]
    chance, alone = plan.chance("places"), len(things) == 1
    columns = _columns(plan, ground, things)
    return [
        Placed(t, x, *_stand(plan, ground, horizon, t, chance.random(), alone))
        for t, x in zip(things, columns, strict=True)
    ]


def _kept(plan: Plan, first: tuple[Thing, ...], ground: str, horizon: float) -> Iterator[Placed]:
    """What was there stays where it was; what came later has a seat of its own, and more of a kind stand beside it."""
    was: dict[str, list[Placed]] = {}
    for p in _arranged(replace(plan, brief=replace(plan.brief, things=first)), ground, horizon):
        was.setdefault(p.thing.name, []).append(p)
    seats = _seats(plan, ground, [p.x for spots in was.values() for p in spots])
    for thing in plan.brief.things:
        spots = was.get(thing.name, [])
        x = spots[0].x if spots else seats.get(thing.name, plan.width / 2)
        for copy in range(min(thing.count, MOST_OF_A_KIND)):
            luck = plan.chance(f"place/{thing.name}/{copy}").random()
            y, tall = _stand(plan, ground, horizon, thing, luck, alone=False)
            if spots:
                p = spots[min(copy, len(spots) - 1)]
                x, y, tall = p.x, p.y, p.height * thing.scale / p.thing.scale
            more = max(copy + 1 - max(len(spots), 1), 0)
            inward = 1 if x < plan.width / 2 else -1
            yield Placed(thing, _within(plan, x, inward * more * tall * 0.9), y + more * plan.height * 0.012, tall)


def _seats(plan: Plan, ground: str, taken: list[float]) -> dict[str, float]:
    """An x for each that came later, where there is room beside what was there before."""
    found: dict[str, float] = {}
    for name in plan.seats:
        standing = SHAPES[name].place in STANDING
        # At sea what stands needs the coast, and what floats the open water.
        shares = OTHERS if ground != "sea" else ASHORE if standing else AFLOAT
        mirrored = ground == "sea" and not left(plan)
        xs = [plan.width * (1 - share if mirrored else share) for share in shares]
        others = [*taken, *found.values()]
        room = {x: min((abs(x - other) for other in others), default=plan.width) for x in xs}
        found[name] = next((x for x in xs if room[x] >= ROOM * plan.width), max(xs, key=room.__getitem__))
    return found


def _within(plan: Plan, x: float, by: float) -> float:
    """So far to a side, or to the other side where that would leave the picture."""
    if not by:
        return x
    edge = plan.width * 0.14
    return min(max(x + by if edge < x + by < plan.width - edge else x - by / 2, edge), plan.width - edge)


def _columns(plan: Plan, ground: str, things: list[Thing]) -> list[float]:
    """An x for each thing: one by the thirds (in a studio the middle), several side by side, the first the main one."""
    chance, w = plan.chance("columns"), plan.width
    if len(things) == 1:
        centre = ground in {"studio", "still", "under"} or SHAPES[things[0].name].place == "span"
        if ground == "sea" and SHAPES[things[0].name].place in STANDING:
            return [w * (0.26 if left(plan) else 0.74)]
        return [w * (0.5 if centre else chance.choice((0.35, 0.65)))]
    slots = [w * (i + 0.5 + chance.uniform(-0.1, 0.1)) / len(things) for i in range(len(things))]
    if ground != "sea":
        return slots
    # At sea what stands needs the coast, and what floats the open water.
    on_coast = [SHAPES[t.name].place in STANDING for t in things]
    ashore = iter([w * s for s in ASHORE] * 8)
    count = max(on_coast.count(False), 1)
    start = 0.56 if any(on_coast) else 0.1
    afloat = iter([w * (start + (0.94 - start) * (i + 0.5) / count) for i in range(count)])
    found = [next(ashore) if coast else next(afloat) for coast in on_coast]
    return found if left(plan) or not any(on_coast) else [w - x for x in found]


def _stand(plan: Plan, ground: str, horizon: float, thing: Thing, luck: float, alone: bool) -> tuple[float, float]:
    """Where the thing's floor is and how tall it is, in pixels."""
    shape, h = SHAPES[thing.name], plan.height
    crowd = len(plan.brief.things) + sum(t.count - 1 for t in plan.brief.things)
    # What has a seat of its own keeps its size, whoever comes.
    room = min(plan.width * 1.15, h) * (1.0 if crowd < 4 or plan.seats else 0.8 if crowd < 6 else 0.62)
    # A title needs the sky above: things make room for it.
    room *= 0.8 if plan.brief.letters and not plan.brief.sign else 1.0
    room *= thing.scale * plan.brief.zoom
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
