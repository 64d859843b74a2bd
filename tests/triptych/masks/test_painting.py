"""A painting and its easel: what the canvas sends becomes steps that undo brings back, and nothing hostile gets in."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from triptych.errors import BadFile, TriptychError
from triptych.masks.painting import BRUSH, ELLIPSE, ERASER, HEAVY, LABELLED, LEAST, LONGEST, Easel, Painting, canvas_of
from triptych.masks.screen import EDGE, MOST_OVERLAY, backdrop, base_object

SIZE = (200, 100)


def box(left: float, width: float = 20, **more: Any) -> dict[str, Any]:
    place = {"left": left, "top": 10, "width": width, "height": 40, "originX": "left", "originY": "top"}
    return {"type": "Rect", **place, "strokeWidth": 0, "fill": BRUSH, "stroke": BRUSH, **more}


def line(left: float, colour: str = BRUSH) -> dict[str, Any]:
    ends = {"x1": -5, "x2": 5, "y1": 0, "y2": 0, "left": left, "top": 30, "width": 10, "height": 0}
    return {"type": "Line", **ends, "originX": "center", "originY": "center", "strokeWidth": 8, "stroke": colour}


def sent(easel: Easel, *strokes: dict[str, Any]) -> dict[str, Any]:
    """What the canvas sends after these strokes."""
    return {"objects": [*easel.first(base_object(easel.shown)), *strokes]}


def painted(painting: Painting) -> int:
    return int(np.count_nonzero(np.asarray(painting.paint()) > 127))


def test_each_stroke_is_a_step_that_undo_takes_back_and_redo_brings_again() -> None:
    easel = Easel.of(SIZE).took(sent(Easel.of(SIZE), box(10)))
    easel = easel.took(sent(easel, box(10), box(60)))

    assert [800, 1600] == [painted(easel.undone().now), painted(easel.now)]
    assert easel.now == easel.undone().redone().now
    assert easel.undone().undone().now.empty
    assert easel.cleared().now.empty
    assert easel.now == easel.cleared().undone().now


def test_the_same_drawing_sent_twice_is_taken_once() -> None:
    easel = Easel.of(SIZE).took(sent(Easel.of(SIZE), box(10)))

    assert easel == easel.took(sent(easel, box(10)))


@pytest.mark.parametrize("rest", [[], [box(60)], [box(60), box(110)]], ids=len)
def test_what_a_canvas_mounted_anew_sends_is_taken_and_it_is_given_what_was_painted_before(rest: list[Any]) -> None:
    easel = Easel.of(SIZE).took(sent(Easel.of(SIZE), box(10)))

    mounted = easel.took(sent(easel, *rest))

    assert 800 * (1 + len(rest)) == painted(mounted.now)
    assert (1, mounted.now) == (mounted.round, mounted.shown)
    assert mounted == mounted.took(sent(easel, *rest))


def test_a_stroke_on_a_canvas_mounted_anew_is_kept_though_the_canvas_is_being_replaced() -> None:
    easel = Easel.of(SIZE)
    easel = easel.took(sent(easel, box(10)))

    assert 1600 == painted(easel.again().took(sent(easel, box(60))).now)


def test_the_eraser_takes_away_what_lies_under_it_and_nothing_above() -> None:
    easel = Easel.of(SIZE)
    easel = easel.took(sent(easel, box(10), line(20, ERASER), box(10, 10)))

    assert 800 - 80 + 5 * 8 == painted(easel.now)


def test_baking_keeps_the_paint_and_every_step_and_lightens_what_is_sent() -> None:
    strokes = [box(index % 150) for index in range(HEAVY // 100)]
    easel = Easel.of(SIZE)
    easel = easel.took(sent(easel, *strokes))
    assert easel.heavy

    baked = easel.baked()

    assert not baked.heavy
    assert list(easel.now.paint().tobytes()) == list(baked.now.paint().tobytes())
    assert easel.undone().now == baked.undone().now
    assert painted(baked.now) + 800 == painted(baked.took(sent(baked, box(179))).now)


def test_a_stroke_drawn_while_the_canvas_is_replaced_is_not_lost() -> None:
    easel = Easel.of(SIZE)
    easel = easel.took(sent(easel, box(10)))
    late = sent(easel, box(10), box(60))

    easel = easel.baked().took(late)

    assert 1600 == painted(easel.now)
    assert easel == easel.took(late)


def test_an_undone_stroke_does_not_come_back_with_what_the_canvas_still_holds() -> None:
    easel = Easel.of(SIZE)
    easel = easel.took(sent(easel, box(10)))

    assert easel.undone() == easel.undone().took(sent(easel, box(10)))


def test_the_box_of_an_ellipse_becomes_the_ellipse_inside_it() -> None:
    easel = Easel.of(SIZE)
    easel = easel.took(sent(easel, box(10, type=LABELLED, label=ELLIPSE)))

    assert np.pi * 10 * 20 == pytest.approx(painted(easel.now), rel=0.02)
    assert 1 == easel.round


def test_a_click_without_a_drag_paints_nothing() -> None:
    easel = Easel.of(SIZE)

    assert easel.took(sent(easel, box(10, 0))).now.empty


def test_a_stroke_that_was_taken_back_is_no_step_and_the_next_one_is() -> None:
    easel = Easel.of(SIZE)
    dot = {"type": "Path", "path": [["M", -4000.01, 0], ["L", -3999.99, 0]], "strokeWidth": 8, "stroke": BRUSH}

    taken_back = easel.took(sent(easel, dot))
    painted_on = taken_back.took(sent(easel, dot, box(10)))

    assert taken_back.now.empty
    assert () == taken_back.past
    assert 1 == len(painted_on.past)
    assert 800 == painted(painted_on.now)


HOSTILE: dict[str, Any] = {
    "a word": "objects",
    "no objects": {"objects": 3},
    "objects that are words": {"objects": ["path", "path"]},
    "too many": {"objects": [box(1)] * 501},
    "no number": [box(float("nan"))],
    "a number out of reach": [box(1e308)],
    "an ellipse of words": [{**box(1), "type": LABELLED, "label": ELLIPSE, "width": "wide"}],
    "an ellipse of lists": [{**box(1), "type": LABELLED, "label": ELLIPSE, "width": [1], "height": {}}],
    "an ellipse beyond all numbers": [{**box(1), "type": LABELLED, "label": ELLIPSE, "width": 10**400}],
    "another kind of thing": [{"type": "Textbox", "left": 1, "top": 1, "text": "x"}],
    "a path of words": [{"type": "Path", "path": [["M", "a", "b"]], "strokeWidth": 3, "stroke": BRUSH}],
    "a million points": [
        {"type": "Path", "path": [["M", 0, 0]] + [["L", 1, 1]] * 600_000, "strokeWidth": 3, "stroke": BRUSH}
    ],
}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_what_no_hand_can_have_drawn_is_refused_in_words_and_the_painting_kept(payload: Any) -> None:
    easel = Easel.of(SIZE)
    easel = easel.took(sent(easel, box(10)))
    raw = sent(easel, box(10), *payload) if isinstance(payload, list) else payload

    with pytest.raises(TriptychError) as refusal:
        easel.took(raw)

    assert refusal.value.message.endswith(".")
    assert easel.now == easel.refusing("no").now
    assert easel.now == easel.refusing("no").took(None).now


def test_a_scribble_too_intricate_for_a_large_picture_is_refused_when_it_comes_and_the_painting_kept() -> None:
    easel = Easel.of((3840, 2160))
    easel = easel.took(sent(easel, box(10)))
    corners = [(nth * 7919 % 1600, nth * 104_729 % 900) for nth in range(3000)]
    path = [["M", 0, 0], *(["Q", x, y, y, x] for x, y in corners)]
    scribble = {"type": "Path", "path": path, "strokeWidth": 36, "stroke": BRUSH, "strokeLineJoin": "round"}

    with pytest.raises(BadFile, match="painting is as it was before; paint it in parts"):
        easel.took(sent(easel, box(10), scribble))

    assert round(20 * 2.4) * round(40 * 2.4) == painted(easel.refusing("no").now)


def test_a_canvas_is_never_longer_than_a_screen_has_use_for_nor_too_thin_to_paint_on() -> None:
    assert [(1024, 1024), (LONGEST, 900), (LEAST, LONGEST)] == [
        canvas_of((1024, 1024)),
        canvas_of((3840, 2160)),
        canvas_of((1, 8000)),
    ]


@pytest.mark.parametrize("size", [(1, 3000), (3000, 1)])
def test_the_half_of_a_line_is_painted_as_on_any_picture(size: tuple[int, int]) -> None:
    width, height = canvas_of(size)
    half = {"type": "Rect", "left": 0, "top": 0, "originX": "left", "originY": "top", "fill": BRUSH, "strokeWidth": 0}
    half |= {"width": width if width == LEAST else width / 2, "height": height if height == LEAST else height / 2}

    paint = Painting(size, strokes=(half,)).paint()

    assert (size, 1500) == (paint.size, painted(Painting.of(paint)))


def test_paint_made_elsewhere_is_a_step_too_and_lies_under_later_strokes() -> None:
    paint = Image.new("L", SIZE)
    paint.paste(255, (0, 0, 50, 100))
    easel = Easel.of(SIZE).put(Painting.of(paint))

    easel = easel.took(sent(easel, box(60)))

    assert 5000 + 800 == painted(easel.now)
    assert 5000 == painted(easel.undone().now)
    assert Painting.of(Image.new("L", SIZE)).empty


def test_baked_paint_is_shown_in_red_and_weighs_little_whatever_it_is() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (2160, 3840), dtype=np.uint8)
    shown = base_object(Painting.of(Image.fromarray(noise)))

    assert shown
    assert ("Image", LONGEST) == (shown["type"], shown["width"] * shown["scaleX"])
    assert len(shown["src"]) < 2 * MOST_OVERLAY
    assert base_object(Painting(SIZE)) is None


def test_a_backdrop_is_a_webp_no_longer_than_asked_and_stays_transparent() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (3200, 1600), (0, 0, 0, 0)).save(out, "PNG")

    with Image.open(io.BytesIO(backdrop(out.getvalue()))) as small:
        assert ("WEBP", (EDGE, EDGE // 2), 0) == (small.format, small.size, small.convert("RGBA").getpixel((5, 5))[3])


def test_a_drawing_of_no_known_round_changes_nothing() -> None:
    easel = Easel.of(SIZE)

    assert easel == easel.took({"objects": [box(10)]})
    assert easel == easel.took(sent(replace(easel, round=7), box(10)))
    with pytest.raises(BadFile):
        easel.took({"objects": [{"left": {1}}]})


def test_what_the_canvas_was_given_is_drawn_once_it_comes_back_and_at_once_if_there_is_no_image_to_read() -> None:
    easel = Easel.of(SIZE)
    easel = easel.took(sent(easel, box(10)))
    given = sent(easel)
    baked = easel.baked()

    assert easel.is_drawn(given)
    assert not baked.is_drawn({"version": "7.4.0", **given})
    assert not baked.is_drawn(sent(baked))
    assert baked.is_drawn({"version": "7.4.0", **sent(baked)})


@pytest.mark.parametrize("label", ["", "x", "-1", "1" * 5000, None, 0, [0], "²"], ids=lambda label: str(label)[:9])
def test_a_drawing_labelled_with_no_round_is_of_no_round(label: object) -> None:
    easel = Easel.of(SIZE)
    raw = {"objects": [{"type": "LabeledRect", "label": label}, box(10)]}

    assert easel == easel.took(raw)
    assert not easel.is_drawn(raw)


@pytest.mark.parametrize("raw", [None, 7, {}, {"objects": None}, {"objects": "x"}, {"objects": [7]}, {"objects": []}])
def test_what_is_no_drawing_is_not_drawn(raw: object) -> None:
    assert not Easel.of(SIZE).is_drawn(raw)
