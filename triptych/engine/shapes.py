"""The shapes the demo engine knows by name, read from shapes.txt, and how one becomes marks."""

import re
from dataclasses import dataclass
from importlib import resources

from triptych.engine.colours import RGB, darker, lighter, mix, rgb
from triptych.engine.marks import DETAIL, SHAPE, Mark, Outline, Point, moved, oval, spline

HEADER = re.compile(r"\[(?P<names>[^\]]+)\] height=(?P<height>\S+) place=(?P<place>\S+) colour=(?P<colour>\S+)")
PART = re.compile(r"(?P<role>\S+) (?P<kind>[a-z]+)(?::(?P<width>[\d.]+))? (?P<points>[^@]+?)(?: @(?P<level>\d))?$")


@dataclass(frozen=True)
class Part:
    """One outline of a shape; drawn from `level` of detail (1 low … 5 max) on."""

    role: str
    outline: Outline
    stroke: float
    level: int


@dataclass(frozen=True)
class Shape:
    """`height` is its share of the picture's height, `place` where it belongs, `colour` its usual one."""

    name: str
    height: float
    place: str
    colour: RGB
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Light:
    """How the scene colours everything in it: `tint` by `share`, what windows and lamps glow with, and the accent."""

    tint: RGB
    share: float
    glow: RGB
    accent: RGB
    flat: bool = False


def _outline(kind: str, numbers: list[Point]) -> Outline:
    if kind == "oval":
        (cx, cy), (rx, ry) = numbers
        return oval(cx, cy, rx, ry)
    if kind == "smooth":
        return spline(numbers)
    return spline(numbers, closed=False) if kind == "curve" else tuple(numbers)


def _part(line: str) -> Part:
    found = PART.match(line)
    if found is None:
        raise ValueError(f"shapes.txt: {line!r} is no part")
    flat = [float(n) for n in re.split(r"[ ,]+", found["points"].strip())]
    points = list(zip(flat[::2], flat[1::2], strict=True))
    return Part(found["role"], _outline(found["kind"], points), float(found["width"] or 0), int(found["level"] or 1))


def _load() -> tuple[dict[str, str], dict[str, Shape]]:
    nouns: dict[str, str] = {}
    shapes: dict[str, Shape] = {}
    text = resources.files("triptych.engine").joinpath("shapes.txt").read_text(encoding="utf-8")
    for block in re.split(r"\n(?=\[)", text):
        head, *lines = [line for line in block.splitlines() if line and not line.startswith("# ")] or [""]
        found = HEADER.match(head)
        if found is None:
            continue
        names = found["names"].split()
        nouns.update(dict.fromkeys(names, names[0]))
        parts = tuple(_part(line) for line in lines)
        shapes[names[0]] = Shape(names[0], float(found["height"]), found["place"], rgb(found["colour"]), parts)
    return nouns, shapes


NOUNS, SHAPES = _load()


def _colour(role: str, main: RGB, light: Light) -> RGB:
    roles = {
        "main": main,
        "light": lighter(main, 0.28),
        "shade": darker(main, 0.24),
        "dark": darker(main, 0.68),
        "white": (246, 244, 238),
        "accent": light.accent,
        "glow": light.glow,
    }
    colour = roles[role] if role in roles else rgb(role)
    return colour if role == "glow" else mix(colour, light.tint, light.share)


def draw(
    name: str,
    x: float,
    y: float,
    height: float,
    light: Light,
    detail: int,
    colour: RGB | None = None,
    flip: bool = False,
    depth: float = 0.0,
) -> list[Mark]:
    """The marks of a shape standing on (x, y), `height` pixels tall."""
    shape = SHAPES[name]
    marks = []
    for part in shape.parts:
        if part.level > detail:
            continue
        fill = _colour(part.role, colour or shape.colour, light)
        top, foot = (fill, fill) if light.flat or part.role == "glow" else (lighter(fill, 0.1), darker(fill, 0.16))
        marks.append(
            Mark(
                (moved(part.outline, x, y, height / 100, flip),),
                top,
                foot,
                stroke=part.stroke * height / 100,
                stage=SHAPE if part.level == 1 else DETAIL,
                subject=True,
                depth=depth,
                across=part.stroke == 0,
            )
        )
    return marks
