"""A drawing becomes a mask: as large as it was drawn, where it was drawn, at the picture's own resolution."""

import math
import time
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests.triptych.masks.drawn import Truth, brush, capsules, covered, grid, iou, rect, wander
from triptych import masks
from triptych.errors import InvalidRequest

SIZE = (240, 180)
BENT = [(40.0, 40.0), (120.0, 60.0), (60.0, 130.0), (200.0, 140.0)]
LINES = {"type": "Path", "path": [["M", *BENT[0]], *(["L", *each] for each in BENT[1:])], "left": 120, "top": 90}


@pytest.mark.parametrize(("width", "scale"), [(3, (1.0, 1.0)), (20, (1.7, 1.7)), (3, (2.0, 1.5))])
def test_a_stroke_lies_where_geometry_puts_it(scale: tuple[float, float], width: float) -> None:
    size = (round(SIZE[0] * scale[0]), round(SIZE[1] * scale[1]))
    drawn = {**brush(BENT, width), **LINES}
    x, y = (samples / edge for samples, edge in zip(grid(size), scale, strict=True))
    inside = np.zeros((y.size, x.size), bool)
    for (ax, ay), (bx, by) in pairwise(BENT):
        along = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0, 1)
        inside |= (x - ax - along * (bx - ax)) ** 2 + (y - ay - along * (by - ay)) ** 2 <= (width / 2) ** 2

    paint = masks.rasterise([drawn], size, scale)

    assert 0.99 if width == 3 else 0.995 <= iou(paint, covered(inside))


def test_a_brush_of_twenty_paints_twenty_pixels_from_edge_to_edge() -> None:
    paint = masks.rasterise([brush([(20.0, 50.0), (180.0, 50.0)], 20)], (200, 100))

    assert [0, 255, 255, 0] == [paint.getpixel((100, y)) for y in (39, 40, 59, 60)]


@pytest.mark.parametrize("width", [9, 20, 41])
def test_a_single_click_paints_a_disc_in_its_place(width: float) -> None:
    click = brush([(100.0, 70.0), (100.0, 70.0)], width)
    x, y = grid(SIZE)
    truth = covered((x - 100) ** 2 + (y - 70) ** 2 <= (width / 2) ** 2)

    paint = masks.rasterise([click], SIZE)

    found = np.asarray(paint) / 255
    middle = [
        float((found * place).sum() / found.sum()) for place in (np.arange(240) + 0.5, np.arange(180)[:, None] + 0.5)
    ]
    assert 0.985 <= iou(paint, truth)
    assert [100.0, 70.0] == pytest.approx(middle, abs=0.02)


def test_a_long_winding_stroke_lies_where_geometry_puts_it() -> None:
    size = (600, 500)
    way = [(300 + 200 * math.sin(t / 9), 250 + 170 * math.cos(t / 13)) for t in range(120)]
    middles = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in pairwise(way)]
    fine = [way[0]]
    for begin, bend, end in zip([way[0], *middles], way, middles, strict=False):
        for step in range(1, 5):
            t = step / 4
            fine.append(
                tuple(
                    (1 - t) ** 2 * p + 2 * t * (1 - t) * q + t * t * r for p, q, r in zip(begin, bend, end, strict=True)
                )
            )  # type: ignore[arg-type]
    fine.append(way[-1])

    paint = masks.rasterise([brush(way, 24)], size)

    assert 0.995 <= iou(paint, covered(capsules(fine, 24, size)))


TURNED = {"originX": "center", "originY": "center", "left": 100, "top": 80, "angle": 30, "fill": "#f00", "stroke": None}
RED = {"fill": "transparent", "stroke": "red"}
CORNERS = [{"x": 0, "y": 0}, {"x": 60, "y": 0}, {"x": 0, "y": 60}]
SHAPES: dict[str, tuple[dict[str, Any], Callable[[Truth, Truth], NDArray[np.bool_]]]] = {
    "rectangle": ({**rect(0, 0, 80, 50), **TURNED}, lambda u, v: (abs(u) <= 40) & (abs(v) <= 25)),
    "pulled circle": (
        {"type": "Circle", "radius": 25, "scaleX": 2, "strokeWidth": 0, **TURNED},
        lambda u, v: (u / 50) ** 2 + (v / 25) ** 2 <= 1,
    ),
    "ring": (
        {"type": "Circle", "radius": 40, **TURNED, **RED, "strokeWidth": 20},
        lambda u, v: abs(np.hypot(u, v) - 40) <= 10,
    ),
    "line": (
        {"type": "Line", "x1": -40, "y1": 0, "x2": 40, "y2": 0, **TURNED, **RED, "strokeWidth": 12},
        lambda u, v: (abs(u) <= 40) & (abs(v) <= 6),
    ),
    "triangle": (
        {"type": "Polygon", "points": CORNERS, "strokeWidth": 0, **TURNED},
        lambda u, v: (u >= -30) & (v >= -30) & (u + v <= 0),
    ),
}


@pytest.mark.parametrize("scale", [1, 1.7])
@pytest.mark.parametrize(("drawn", "inside"), SHAPES.values(), ids=SHAPES)
def test_a_turned_shape_lies_where_geometry_puts_it(
    drawn: dict[str, Any], inside: Callable[[Truth, Truth], NDArray[np.bool_]], scale: float
) -> None:
    size = (round(200 * scale), round(160 * scale))
    x, y = (samples / scale for samples in grid(size))
    cos, sin = math.cos(math.radians(30)), math.sin(math.radians(30))
    along, across = (x - 100) * cos + (y - 80) * sin, (y - 80) * cos - (x - 100) * sin

    paint = masks.rasterise([drawn], size, (scale, scale))

    assert 0.995 <= iou(paint, covered(inside(along, across)))


def test_an_eraser_subtracts_in_drawing_order_and_later_strokes_paint_again() -> None:
    across, down = [(20.0, 50.0), (180.0, 50.0)], [(100.0, 10.0), (100.0, 90.0)]

    paint = masks.rasterise(
        [brush(across), brush(down, erases=True), brush([(100.0, 45.0), (100.0, 55.0)], 4)], (200, 100)
    )

    assert [255, 0, 255, 0] == [paint.getpixel(each) for each in ((60, 50), (93, 50), (100, 50), (100, 20))]


def test_erasing_exactly_what_was_painted_leaves_nothing() -> None:
    way = wander(1, SIZE, 40)

    assert masks.rasterise([brush(way), brush(way, erases=True)], SIZE).getbbox() is None


def test_what_was_painted_before_stays_to_the_bit_where_nothing_is_drawn() -> None:
    base = Image.linear_gradient("L").resize(SIZE)

    paint = masks.rasterise([rect(10, 10, 20, 20)], SIZE, base=base)

    expected = np.array(base)
    expected[10:30, 10:30] = 255
    assert np.array_equal(expected, np.asarray(paint))


def test_a_polygon_crossing_itself_stays_painted_whatever_lies_beside_it() -> None:
    eight = [{"x": 0, "y": 0}, {"x": 60, "y": 60}, {"x": 60, "y": 0}, {"x": 0, "y": 60}]
    drawn = {"type": "Polygon", "points": eight, "left": 100, "top": 60, "fill": "red", "strokeWidth": 0}

    paint = masks.rasterise([rect(60, 20, 80, 80), drawn, rect(60, 20, 80, 80)], SIZE)

    assert 80 * 80 * 255 == np.asarray(paint, dtype=np.int64).sum()


def test_what_does_not_show_is_not_painted() -> None:
    hidden = [
        rect(0, 0, 50, 50, visible=False),
        rect(0, 0, 50, 50, opacity=0),
        rect(0, 0, 50, 50, fill="rgba(255, 0, 0, 0)"),
        rect(0, 0, 50, 50, fill="#ff000000"),
        rect(0, 0, 50, 50, fill=None),
    ]

    assert masks.rasterise(hidden, SIZE).getbbox() is None


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.floats(-50, 300), st.floats(-50, 250)).map(lambda at: tuple(map(float, at))),
        min_size=2,
        max_size=9,
    ),
    st.floats(1, 60),
)
def test_every_stroke_paints_what_its_points_cover(points: list[tuple[float, float]], width: float) -> None:
    lines = {"path": [["M", *points[0]], *(["L", *each] for each in points[1:])]}
    (left, right), (top, bottom) = ((min(edge), max(edge)) for edge in zip(*points, strict=True))
    drawn = {**brush(points, width), **lines, "left": (left + right) / 2, "top": (top + bottom) / 2}
    truth = covered(capsules(points, width, SIZE))

    found = np.asarray(masks.rasterise([drawn], SIZE)) / 255

    assert 0.3 > np.abs(found - truth).max()


POINT = {"x": 0, "y": 0}
HOSTILE: dict[str, Any] = {
    "no list": {"objects": []},
    "words": "objects",
    "no objects": [None],
    "not a number": [rect(math.nan, 0, 10, 10)],
    "endless": [rect(0, 0, math.inf, 10)],
    "as far as floats go": [rect(0, 0, 1e308, 10)],
    "a whole number too long for a float": [rect(10**400, 0, 10, 10)],
    "a word for a number": [rect("left", 0, 10, 10)],  # type: ignore[arg-type]
    "a list for a number": [brush([(0, 0), (1, 1)], [20])],  # type: ignore[arg-type]
    "a path of words": [{**brush([(0, 0), (1, 1)]), "path": "M 0 0 L 10 10"}],
    "a path of numbers": [{**brush([(0, 0), (1, 1)]), "path": [1, 2, 3]}],
    "a path with points missing": [{**brush([(0, 0), (1, 1)]), "path": [["M", 0, 0], ["Q", 1, 2]]}],
    "a path that begins nowhere": [{**brush([(0, 0), (1, 1)]), "path": [["L", 0, 0]]}],
    "a path with an unknown step": [{**brush([(0, 0), (1, 1)]), "path": [["M", 0, 0], ["A", 1, 2, 3, 4, 5, 6, 7]]}],
    "a path of nothing at all": [{**brush([(0, 0), (1, 1)]), "path": [["M", None, None], ["L", None, 2]]}],
    "a million points": [{**brush([(0, 0), (1, 1)]), "path": [["M", 0, 0], *[["L", 1, 2]] * 1_000_000]}],
    "a hundred thousand objects": [rect(0, 0, 1, 1)] * 100_000,
    "a corner that is none": [{"type": "Polygon", "points": [POINT, 3, POINT]}],
    "corners without edges": [{"type": "Polygon", "points": [POINT, {}, POINT]}],
    "an unknown kind": [{"type": "Image", "src": "http://localhost/"}],
    "no kind": [{}],
    "a colour that is none": [rect(0, 0, 1, 1, fill={"type": "linear"})],
    "a storm of strokes": [brush([(0, y % 2 * 2160) for y in range(30_000)], 2)],
}


@pytest.mark.parametrize("objects", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_drawing_is_refused_in_words_soon_and_in_little_memory(objects: Any) -> None:
    tracemalloc.start()
    start = time.thread_time()

    with pytest.raises(InvalidRequest) as refused:
        masks.rasterise(objects, (3840, 2160))

    took, most = time.thread_time() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ("Undo the last stroke, or clear the canvas." in refused.value.message, "mask") == (
        True,
        refused.value.param,
    )
    assert (10 > took, 300 << 20 > most) == (True, True)


def test_paths_of_no_length_and_empty_paths_paint_nothing_or_a_dot() -> None:
    drawn = [
        {**brush([(0, 0), (1, 1)]), "path": []},
        {**brush([(50, 50), (50, 50)]), "path": [["M", 50, 50], ["Z"]], "left": 50, "top": 50},
    ]

    paint = masks.rasterise(drawn, SIZE)

    assert (40, 40, 60, 60) == paint.getbbox()


def test_a_base_of_another_size_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        masks.rasterise([], SIZE, base=Image.new("L", (10, 10)))
