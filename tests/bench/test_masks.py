"""A mask of a hundred strokes beside Pillow's own bare polygon fill, and the tools at the largest size."""

import itertools
import math
import time
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from tests.bench.conftest import Table
from tests.triptych.masks.drawn import Points, brush, wander
from triptych import masks

SIZES = {"1024x1024": ((1024, 1024), 150.0), "3840x2160": ((3840, 2160), 1500.0)}
STROKES, WIDTH, TURNS = 100, 20, 7


def milliseconds(work: Callable[[], object]) -> float:
    """The processor's time, for all of this runs in one thread and another load does not lengthen it."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def hull(way: Points, scale: tuple[float, float]) -> Points:
    """About the outline of a stroke: along one side of the way and back along the other, as many points as ours has."""
    sides: tuple[Points, Points] = ([], [])
    for (ax, ay), (bx, by) in itertools.pairwise(way):
        length = math.hypot(bx - ax, by - ay)
        dx, dy = (by - ay) / length * WIDTH / 2, (ax - bx) / length * WIDTH / 2
        sides[0].append(((ax + dx) * scale[0], (ay + dy) * scale[1]))
        sides[1].append(((ax - dx) * scale[0], (ay - dy) * scale[1]))
    return sides[0] + sides[1][::-1]


@pytest.mark.parametrize(("size", "most"), SIZES.values(), ids=SIZES)
def test_a_hundred_strokes_become_a_mask_in_time(size: tuple[int, int], most: float, table: Table) -> None:
    ways = [wander(seed, (1024, 1024)) for seed in range(STROKES)]
    scale = (size[0] / 1024, size[1] / 1024)
    drawn, outlines = [brush(way, WIDTH) for way in ways], [hull(way, scale) for way in ways]

    def bare() -> None:
        draw = ImageDraw.Draw(Image.new("L", size))
        for outline in outlines:
            draw.polygon(outline, fill=255)

    def ours() -> bytes:
        return masks.encode(masks.rasterise(drawn, size, scale))

    pairs = [(milliseconds(ours), milliseconds(bare)) for _ in range(TURNS)]

    made, filled = map(list, zip(*pairs, strict=True))
    table.add(f"mask of {STROKES} strokes as PNG, {size[0]}x{size[1]}, to bare polygons", made, filled, bound=None)
    assert most >= min(made)


TOOLS: dict[str, Callable[[Image.Image], object]] = {
    "grow by 20": lambda paint: masks.grow(paint, 20),
    "shrink by 20": lambda paint: masks.shrink(paint, 20),
    "feather by 20": lambda paint: masks.feather(paint, 20),
    "smooth by 8": lambda paint: masks.smooth(paint, 8),
    "fill holes": masks.fill_holes,
    "invert": masks.invert,
}


def test_every_tool_takes_less_than_a_second_at_the_largest_size(table: Table) -> None:
    size = (3840, 2160)
    paint = masks.rasterise([brush(wander(seed, (1024, 576)), WIDTH) for seed in range(STROKES)], size, (3.75, 3.75))
    plain = [milliseconds(paint.copy) for _ in range(3)]

    slow = {}
    for name, tool in TOOLS.items():
        took = [milliseconds(lambda tool=tool: tool(paint)) for _ in range(3)]
        table.add(f"mask: {name} at 3840x2160, to a copy", took, plain, bound=None)
        if min(took) > 1000:
            slow[name] = min(took)

    assert {} == slow
