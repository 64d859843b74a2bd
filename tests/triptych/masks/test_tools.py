"""The tools on a paint: laws that hold for any paint, and geometry that holds for known ones."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from triptych import masks
from triptych.errors import BadFile, InvalidRequest

PAINTS = arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))).map(Image.fromarray)
LAWFUL = settings(max_examples=40)


def levels(paint: Image.Image) -> np.ndarray:
    return np.asarray(paint).astype(int)


def saved(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@LAWFUL
@given(PAINTS)
def test_turning_round_twice_is_nothing(paint: Image.Image) -> None:
    assert paint.tobytes() == masks.invert(masks.invert(paint)).tobytes()


@LAWFUL
@given(PAINTS, st.integers(0, 9), st.integers(0, 9))
def test_growing_only_adds_shrinking_only_takes_and_more_does_more(paint: Image.Image, less: int, more: int) -> None:
    less, more = sorted((less, more))
    small, large = masks.grow(paint, less), masks.grow(paint, more)

    assert (levels(paint) <= levels(small)).all()
    assert (levels(small) <= levels(large)).all()
    assert (levels(masks.shrink(paint, more)) <= levels(masks.shrink(paint, less))).all()
    assert (levels(masks.shrink(paint, less)) <= levels(paint)).all()


@LAWFUL
@given(PAINTS, PAINTS)
def test_adding_and_subtracting_follow_the_laws_of_sets(first: Image.Image, second: Image.Image) -> None:
    second = second.resize(first.size)
    union, cut = masks.combine(first, second, "add"), masks.combine(first, second, "subtract")

    assert union.tobytes() == masks.combine(second, first, "add").tobytes()
    assert masks.combine(first, masks.invert(second), "intersect").tobytes() == cut.tobytes()
    assert second.tobytes() == masks.combine(first, second, "replace").tobytes()
    assert 0 <= masks.share(cut) <= masks.share(first) <= masks.share(union) <= 1


@LAWFUL
@given(PAINTS)
def test_filling_holes_only_adds_and_is_done_after_once(paint: Image.Image) -> None:
    filled = masks.fill_holes(paint)

    assert (levels(paint) <= levels(filled)).all()
    assert filled.tobytes() == masks.fill_holes(filled).tobytes()


@pytest.mark.parametrize("px", [1, 7, 30])
def test_a_point_grows_to_a_disc(px: int) -> None:
    point = Image.new("L", (101, 101))
    point.putpixel((50, 50), 255)
    y, x = np.mgrid[:101, :101] - 50

    assert np.array_equal(x * x + y * y <= px * px, levels(masks.grow(point, px)) == 255)


def test_the_pictures_own_edges_do_not_shrink() -> None:
    half = Image.new("L", (40, 40))
    half.paste(255, (0, 0, 20, 40))

    assert (0, 0, 15, 40) == masks.shrink(half, 5).getbbox()


def test_smoothing_takes_a_hair_off_and_leaves_the_body() -> None:
    body = Image.new("L", (200, 200))
    body.paste(255, (50, 50, 150, 150))
    hairy = body.copy()
    hairy.paste(255, (0, 99, 50, 101))

    smooth = masks.smooth(hairy, 6)

    assert [0, 255, 0] == [smooth.getpixel(at) for at in ((20, 100), (100, 100), (30, 30))]
    assert masks.share(body) == pytest.approx(masks.share(smooth), rel=0.02)


def test_feathering_softens_to_both_sides() -> None:
    half = Image.new("L", (100, 20))
    half.paste(255, (0, 0, 50, 20))

    soft = levels(masks.feather(half, 8))[10]

    assert (True, True, True) == (bool((np.diff(soft) <= 0).all()), 128 < soft[49] < 255, 0 < soft[51] < 128)


def test_holes_are_filled_with_their_soft_rims_and_bays_stay_open() -> None:
    ring = Image.new("L", (60, 60))
    ring.paste(255, (10, 10, 50, 50))
    ring.paste(100, (20, 20, 40, 40))
    ring.paste(0, (22, 22, 38, 38))
    bay = ring.copy()
    bay.paste(0, (30, 30, 60, 32))

    filled = masks.fill_holes(ring)
    assert ((10, 10, 50, 50), pytest.approx(1600 / 3600)) == (filled.getbbox(), masks.share(filled))
    assert bay.tobytes() == masks.fill_holes(bay).tobytes()


def test_an_empty_and_a_full_mask_are_known() -> None:
    some = Image.new("L", (9, 9))
    some.putpixel((4, 4), 255)

    paints = (Image.new("L", (9, 9)), some, Image.new("L", (9, 9), 255))
    assert ["empty", None, "full"] == [masks.verdict(each) for each in paints]


def test_the_wand_takes_what_is_alike_and_hangs_together() -> None:
    picture = Image.new("RGB", (60, 40), (200, 10, 10))
    picture.paste((0, 0, 200), (20, 0, 25, 40))
    picture.paste((205, 12, 10), (30, 10, 40, 20))
    data = saved(picture)

    near, everywhere, exact = (masks.wand(data, (5, 5), *how) for how in ((10,), (10, False), (0, False)))

    assert ((0, 0, 20, 40), 55 * 40, 55 * 40 - 100) == (
        near.getbbox(),
        np.count_nonzero(everywhere),
        np.count_nonzero(exact),
    )


def test_the_wand_follows_a_spiral_to_its_end() -> None:
    wall = Image.new("L", (41, 41), 255)
    for ring in range(2, 20, 4):
        wall.paste(0, (ring, ring, 41 - ring, 41 - ring))
        wall.paste(255, (ring + 1, ring + 1, 40 - ring, 40 - ring))
        wall.putpixel((ring, 20), 255)

    found = masks.wand(saved(wall), (0, 0), 10)

    assert np.array_equal(levels(wall), levels(found))


def test_a_click_beside_the_picture_and_an_edge_moved_too_far_are_refused() -> None:
    paint = Image.new("L", (9, 9), 255)

    with pytest.raises(InvalidRequest):
        masks.wand(saved(paint), (9, 0), 10)
    with pytest.raises(InvalidRequest):
        masks.grow(paint, 5000)
    with pytest.raises(InvalidRequest):
        masks.feather(paint, -1)
    with pytest.raises(BadFile):
        masks.combine(paint, Image.new("L", (8, 9)), "add")
