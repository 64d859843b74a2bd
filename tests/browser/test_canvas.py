"""Painting with the mouse in a real browser: the mask that a click sends is, pixel by pixel, what was painted."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Apart
from tests.browser.drawing import until
from tests.browser.fingers import Fingers
from tests.browser.painter import CANVAS, Pupil, easel, easel_address, easel_folder
from tests.browser.parts import Parts
from tests.browser.truth import is_exactly

folder, address = easel_folder, easel_address
SIZES = [*(pytest.param(each, marks=pytest.mark.trust) for each in ((1024, 1024), (1536, 1024))), (3840, 2160)]
MOST_MOVED = 150_000  # bytes over the WebSocket with one stroke of 120 points


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_mask_is_what_was_painted(page: Page, address: str, folder: Path, size: tuple[int, int]) -> None:
    painter = Pupil(page, size, folder).open(address)
    sheet = painter.sheet()
    wide = min(size) // 25

    painter.strokes((60, 60), (300, 60))
    painter.strokes((60, 120), (300, 160))
    painter.takes("Eraser")
    painter.strokes((180, 30), (180, 250))
    painter.takes("Rectangle")
    painter.strokes((350, 40), (450, 120))
    painter.takes("Ellipse")
    painter.strokes((350, 200), (500, 280))
    painter.takes("Polygon")
    painter.clicks((60, 300), (200, 300), (120, 400))
    painter.says("Not in the mask yet: click the first point.")
    with painter.taken():
        painter.clicks((60, 300))
    painter.takes("Line")
    painter.strokes((300, 350), (450, 450))
    painter.strokes((300, 450), (450, 350))
    painter.presses("undo")
    page.get_by_label("Prompt", exact=True).fill("another prompt")
    page.keyboard.press("Enter")
    expect(page.get_by_text("another prompt, drawn")).to_be_visible()

    truth = sheet.line((60, 60), (300, 60), wide) | sheet.line((60, 120), (300, 160), wide)
    truth &= ~sheet.line((180, 30), (180, 250), wide)
    truth |= sheet.box((350, 40), (450, 120)) | sheet.ellipse((350, 200), (500, 280))
    truth |= sheet.triangle((60, 300), (200, 300), (120, 400))
    truth |= sheet.line((300, 350), (450, 450), wide, round_ends=False)
    first = painter.sent()
    is_exactly(first, truth)
    assert np.array_equal(first, painter.sent())


@pytest.mark.parametrize("size", [(1, 3000), (3000, 1)], ids=["high", "wide"])
def test_a_picture_one_pixel_thin_is_seen_and_painted_on(
    page: Page, address: str, folder: Path, size: tuple[int, int]
) -> None:
    painter = Pupil(page, size, folder).open(address)
    box = page.locator(CANVAS).bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 16

    wide, high = box["width"] / 10, box["height"] / 10
    painter.strokes(*((wide * along, high * 5) if size[0] > size[1] else (wide * 5, high * along) for along in (3, 6)))

    sent = painter.sent()
    assert (size[1], size[0]) == sent.shape
    assert 800 < np.count_nonzero(sent < 128) < 2000


def test_whoever_paints_and_clicks_in_a_hurry_gets_all_that_was_painted(page: Page, address: str, folder: Path) -> None:
    painter = Pupil(page, (3840, 2160), folder).open(address)
    sheet = painter.sheet()
    for y in (60, 120):
        painter.draws((60, y), (900, y), 160)  # heavy enough to be baked, so that there is an image to be read

    for y in (180, 240):  # the second click takes back the stroke that came after the first
        page.locator(".st-key-mask_undo button:visible").click()
        painter.paints((60, y), (300, y))
    painter.paints((60, 300), (300, 300))

    lines = [sheet.line((60, y), (right, y), 86) for y, right in ((60, 900), (240, 300), (300, 300))]
    is_exactly(painter.sent(), np.logical_or.reduce(lines))


def test_a_stroke_under_way_as_what_was_held_is_drawn_leaves_the_ones_before_it_alone(
    page: Page, address: str, folder: Path
) -> None:
    asked = Parts(page, every=True)
    painter = Pupil(page, (3840, 2160), folder).open(address)
    sheet, undo = painter.sheet(), page.locator(".st-key-mask_undo button:visible")
    for y in (60, 120):
        painter.strokes((60, y), (900, y))
    round_ = "document.querySelector('.st-key-mask_box').turn.round"
    before = page.evaluate(round_)

    asked.keep_back()
    undo.click()
    painter.paints((60, 180), (300, 180))
    undo.click()
    with painter.pressed((60, 240), (180, 240)) as goes:
        asked.let_through()
        page.wait_for_function(f"() => {round_} >= {before + 2} && document.querySelector('[data-canvas=ready]')")
        goes((300, 240))

    lines = [sheet.line((60, y), (right, y), 86) for y, right in ((60, 900), (240, 300))]
    is_exactly(painter.sent(), np.logical_or.reduce(lines))


def test_a_stroke_is_kept_though_its_page_is_left_before_it_is_drawn_again(
    page: Page, address: str, folder: Path
) -> None:
    parts = Parts(page)
    painter = Pupil(page, (1024, 1024), folder).open(address)
    sheet = painter.sheet()
    parts.keep_back()
    painter.paints((70, 70), (280, 70))
    page.get_by_text("Another page").click()
    expect(page.locator(CANVAS)).to_have_count(0)
    parts.forget()
    page.get_by_text("Another page").click()
    painter.ready().strokes((70, 140), (280, 140))

    is_exactly(painter.sent(), sheet.line((70, 70), (280, 70), 40) | sheet.line((70, 140), (280, 140), 40))


def test_a_click_held_until_a_stroke_is_drawn_acts_on_the_whole_page(page: Page, address: str, folder: Path) -> None:
    (folder / "1024x1024.png").unlink(missing_ok=True)
    parts = Parts(page)
    painter = Pupil(page, (1024, 1024), folder).open(address)
    sheet = painter.sheet()
    painter.strokes((70, 70), (280, 70))
    painter.strokes((70, 210), (280, 210))
    expect(page.get_by_text("Nothing was sent")).to_be_visible()
    parts.keep_back()
    page.locator(".st-key-mask_undo button:visible").click()
    painter.paints((70, 140), (280, 140))
    page.get_by_role("button", name="Send").click()
    parts.let_through()

    expect(page.get_by_text("A mask was sent")).to_be_visible()
    is_exactly(painter.sent(), sheet.line((70, 70), (280, 70), 40) | sheet.line((70, 140), (280, 140), 40))


def test_paint_survives_another_page_and_one_that_never_was_whole_and_undo_goes_back_across_them(
    page: Page, address: str, folder: Path
) -> None:
    painter = Pupil(page, (1024, 1024), folder).open(address)
    sheet = painter.sheet()
    painter.strokes((70, 70), (280, 70))
    for name, y in (("Another page", 140), ("An endless page", 210)):
        page.get_by_text(name).click()
        expect(page.locator(CANVAS)).to_have_count(0)
        page.get_by_text(name).click()
        painter.ready().strokes((70, y), (280, y))

    everything = painter.sent()
    painter.presses("undo")
    painter.presses("undo")
    one = painter.sent()
    painter.presses("redo")
    painter.presses("redo")

    lines = [sheet.line((70, y), (280, y), 40) for y in (70, 140, 210)]
    is_exactly(everything, np.logical_or.reduce(lines))
    is_exactly(one, lines[0])
    assert np.array_equal(everything, painter.sent())
    painter.presses("clear")
    assert (painter.sent() == 255).all()


def test_zoomed_in_the_brush_is_as_wide_on_the_picture_and_the_box_scrolls(
    page: Page, address: str, folder: Path
) -> None:
    painter = Pupil(page, (1536, 1024), folder).open(address)
    painter.zooms("200 %")
    painter.strokes((100, 100), (500, 300))

    sheet = painter.sheet()
    assert (0.5, 0.5) == sheet.scale
    is_exactly(painter.sent(), sheet.line((100, 100), (500, 300), 40))
    assert 560 == page.locator(".st-key-mask_box .dc-scroll").evaluate("box => box.clientHeight")


def test_a_stroke_of_many_points_moves_little_and_is_kept_when_it_is_baked(
    page: Page, address: str, folder: Path
) -> None:
    painter = Pupil(page, (3840, 2160), folder).listens().open(address)
    sheet = painter.sheet()
    for number in range(3):
        painter.moved.clear()
        painter.draws((40, 40 + 80 * number), (900, 40 + 80 * number), 120)
        assert not any(b"How the canvas is looked at" in frame for frame in painter.moved)  # the script came before
        # A slow machine is asked the same again, which counts once here; `make bench` counts all of it.
        assert sum(map(len, set(painter.moved))) <= MOST_MOVED

    lines = [sheet.line((40, 40 + 80 * number), (900, 40 + 80 * number), 86) for number in range(3)]
    is_exactly(painter.sent(), np.logical_or.reduce(lines))


def test_a_stroke_too_long_for_the_connection_ends_in_words_and_all_paint_is_kept(page: Page, tmp_path: Path) -> None:
    with easel(tmp_path, "--server.maxWidgetStateSize=1") as address:  # MB that a message may have, 25 elsewhere
        painter = Pupil(page, (1024, 1024), tmp_path).open(address)
        painter.strokes((60, 60), (300, 60))

        with painter.taken():
            painter.rubs((60, 200), 240, 15_000)  # which would be 1.1 MB
            painter.says("Too long: the stroke ends here. Let go.")
        painter.strokes((60, 340), (300, 340))

        sheet = painter.sheet()
        lines = [sheet.line((60, y), (300, y), 40) for y in (60, 200, 340)]
        is_exactly(painter.sent(), np.logical_or.reduce(lines))


def test_a_scribble_that_cannot_be_painted_is_refused_in_words_and_the_painting_kept(
    page: Page, address: str, folder: Path
) -> None:
    painter = Pupil(page, (3840, 2160), folder).open(address)
    painter.strokes((60, 60), (300, 60))
    sheet = painter.sheet()

    painter.scribbles((500, 350), 2_900)
    painter.says("This stroke cannot be painted")
    painter.rests()
    painter.says("This stroke cannot be painted")
    is_exactly(painter.sent(), sheet.line((60, 60), (300, 60), 86))
    painter.strokes((60, 200), (300, 200))

    expect(page.get_by_text("This stroke cannot be painted")).to_have_count(0)
    is_exactly(painter.sent(), sheet.line((60, 60), (300, 60), 86) | sheet.line((60, 200), (300, 200), 86))


def painted(painter: Pupil) -> bool:
    """Whether a line that a mouse draws now is taken."""
    painter.paints((60, 60), (300, 60))
    painter.rests()
    return painter.steps() > 0


def test_a_finger_sets_the_points_of_a_polygon_and_a_touch_that_is_taken_away_paints_nothing(
    apart: Apart, address: str, folder: Path
) -> None:
    page = apart(viewport={"width": 1440, "height": 900}, has_touch=True)
    painter = Pupil(page, (1024, 1024), folder).open(address)
    sheet, wide, fingers = painter.sheet(), painter.wide(), Fingers(page)
    x, y = painter.place((0, 0))

    fingers.do("touchStart", (x + 60, y + 400))
    fingers.do("touchMove", (x + 300, y + 400))
    fingers.do("touchCancel")
    until(page, partial(painted, painter))  # by a mouse, which the library hears again soon after a touch

    painter.takes("Polygon")
    fingers.do("touchStart", (x + 400, y + 400))
    fingers.do("touchStart", (x + 400, y + 400), (x + 500, y + 400))
    fingers.do("touchEnd")
    painter.says("Click point by point")  # two fingers have set none
    with painter.taken():
        for across, along in ((60, 300), (200, 300), (120, 400), (66, 308)):  # the last is near the first
            fingers.do("touchStart", (x + across, y + along))
            fingers.do("touchEnd")

    is_exactly(
        painter.sent(), sheet.line((60, 60), (300, 60), wide) | sheet.triangle((60, 300), (200, 300), (120, 400))
    )
