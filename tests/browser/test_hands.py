"""Hands on the canvas in a real browser: keys, two fingers, the wheel, and shapes that no mouse has drawn."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import FloatRect, Page, expect

from tests.browser.conftest import Apart
from tests.browser.drawing import PATIENCE, until
from tests.browser.fingers import Fingers
from tests.browser.painter import BOX, CANVAS, VIEW, Pupil, easel_address, easel_folder
from tests.browser.parts import Parts
from tests.browser.truth import is_exactly

folder, address = easel_folder, easel_address
SIZE = (1024, 1024)
# What is to be done next comes later, as on a page with much to do: hands go on before it.
BUSY = """() => {
    window.timely = window.setTimeout
    window.setTimeout = (does, wait, ...rest) => window.timely(does, wait || 5000, ...rest)
}"""
# A key that is down for long is held, so both ends of a tap come in one moment, however busy the machine is.
TAP = """key => {
    const told = { key, code: `Key${key.toUpperCase()}`, bubbles: true, cancelable: true, composed: true }
    for (const kind of ["keydown", "keyup"]) document.activeElement.dispatchEvent(new KeyboardEvent(kind, told))
}"""


@pytest.fixture
def painter(page: Page, address: str, folder: Path) -> Pupil:
    return Pupil(page, SIZE, folder).open(address)


def box(page: Page, selector: str = CANVAS) -> FloatRect:
    found = page.locator(selector).bounding_box()
    assert found
    return found


def part(page: Page, at: tuple[float, float]) -> tuple[float, float]:
    """What of the picture is at this point of the page, in parts of its width and height."""
    canvas = box(page)
    return (at[0] - canvas["x"]) / canvas["width"], (at[1] - canvas["y"]) / canvas["height"]


def zoom(page: Page) -> float:
    """Pixels of the page to one of the picture."""
    return box(page)["width"] / SIZE[0]


def test_the_wheel_zooms_at_the_pointer_and_the_ring_is_as_wide_as_the_brush(page: Page, painter: Pupil) -> None:
    canvas = box(page)
    at = (round(canvas["x"] + 0.7 * canvas["width"]), round(canvas["y"] + 0.3 * canvas["height"]))
    page.mouse.move(*at)
    before, whole = part(page, at), zoom(page)
    page.keyboard.down("Control")
    for _ in range(4):
        page.mouse.wheel(0, -100)
    page.keyboard.up("Control")

    until(page, lambda: zoom(page) > 2 * whole)
    assert part(page, at) == pytest.approx(before, abs=2 / box(page)["width"])
    ring = box(page, f"{BOX} .tip")
    assert ring["width"] == pytest.approx(painter.wide() * zoom(page), abs=3)
    assert (ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2) == pytest.approx(at, abs=2)

    page.get_by_label("Zoom", exact=True).and_(page.locator("select")).select_option(label="200 %")
    assert zoom(page) == pytest.approx(2)
    assert part(page, at) == pytest.approx(before, abs=3 / box(page)["width"])
    painter.strokes((100, 100), (140, 100))
    assert zoom(page) == pytest.approx(2)  # and stays where one looks
    assert part(page, at) == pytest.approx(before, abs=3 / box(page)["width"])
    page.keyboard.press("0")
    expect(page.locator(BOX)).to_have_attribute("data-zoom", "fit")
    assert zoom(page) == pytest.approx(whole)


def test_space_moves_the_image_and_paints_nothing(page: Page, painter: Pupil) -> None:
    painter.zooms("200 %")
    view = box(page, VIEW)
    at = (round(view["x"] + view["width"] / 2), round(view["y"] + view["height"] / 2))
    page.mouse.move(*at)
    before = box(page)

    page.keyboard.down("Space")
    page.mouse.down()
    page.mouse.move(at[0] - 120, at[1] - 80, steps=4)
    page.evaluate(BUSY)
    page.mouse.up()
    page.keyboard.up("Space")
    page.evaluate("() => { window.setTimeout = window.timely }")

    after = box(page)
    assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((-120, -80), abs=1)
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] + 40, at[1], steps=4)
    page.mouse.up()
    expect(page.locator(BOX)).to_have_attribute("data-steps", "1", timeout=PATIENCE)


def test_escape_takes_back_the_stroke_that_is_being_painted(page: Page, painter: Pupil) -> None:
    sheet, wide = painter.sheet(), painter.wide()
    canvas = box(page)
    for tool in (None, "Rectangle", "Ellipse"):
        if tool:
            painter.takes(tool)
        page.mouse.move(canvas["x"] + 100, canvas["y"] + 100)
        page.mouse.down()
        page.mouse.move(canvas["x"] + 300, canvas["y"] + 300, steps=5)
        page.keyboard.press("Escape")
        page.mouse.move(canvas["x"] + 320, canvas["y"] + 320)
        page.mouse.up()
    painter.takes("Brush")
    painter.strokes((60, 60), (300, 60))

    assert painter.steps() == 1
    is_exactly(painter.sent(), sheet.line((60, 60), (300, 60), wide))


def test_a_tap_on_o_takes_the_ellipse_and_holding_it_shows_the_original(page: Page, painter: Pupil) -> None:
    painter.strokes((60, 60), (300, 60))
    paint = page.locator(f"{BOX} .canvas-container")

    page.keyboard.down("o")
    expect(paint).to_have_css("opacity", "0")
    page.keyboard.up("o")
    expect(paint).to_have_css("opacity", "1")
    expect(page.get_by_role("radio", name="Brush", exact=True)).to_be_checked()

    page.evaluate(TAP, "o")
    expect(page.get_by_role("radio", name="Ellipse", exact=True)).to_be_checked()


@pytest.mark.parametrize("tool", [pytest.param("Rectangle", marks=pytest.mark.trust), "Ellipse"])
def test_a_shape_is_placed_sized_and_painted_by_keys_alone(page: Page, painter: Pupil, tool: str) -> None:
    page.evaluate(TAP, "r" if tool == "Rectangle" else "o")
    painter.says("press Enter")
    page.locator(VIEW).focus()
    page.keyboard.press("Enter")
    painter.says("256 × 256 at 384, 384")
    for key in ("ArrowLeft", "ArrowUp", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    stride = round(8 / zoom(page))
    left, top, edge = 384 - stride, 384 - 2 * stride, 256 + stride
    painter.says(f"{edge} × {edge} at {left}, {top}")
    with painter.taken():
        page.keyboard.press("Enter")

    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]] + 0.5
    if tool == "Rectangle":
        truth = (x > left) & (x < left + edge) & (y > top) & (y < top + edge)
    else:
        truth = (x - left - edge / 2) ** 2 + (y - top - edge / 2) ** 2 <= edge**2 / 4
    is_exactly(painter.sent(), truth)


def test_the_editor_fills_the_window_and_gives_it_back(page: Page, painter: Pupil) -> None:
    before = box(page)
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Full window")).to_have_attribute("aria-pressed", "true")

    size = page.viewport_size
    assert size
    assert box(page)["width"] > before["width"]
    assert box(page)["height"] >= size["height"] - 150
    for found in (page.get_by_role("radio", name="Brush", exact=True), page.get_by_role("button", name="Full window")):
        expect(found).to_be_in_viewport()
    painter.strokes((60, 60), (300, 60))
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Full window")).to_have_attribute("aria-pressed", "false")
    assert box(page) == before


def test_the_second_finger_takes_back_the_stroke_and_two_zoom_and_never_paint(
    apart: Apart, address: str, folder: Path
) -> None:
    page = apart(viewport={"width": 1440, "height": 900}, has_touch=True)
    painter = Pupil(page, SIZE, folder).open(address)
    sheet, wide, canvas = painter.sheet(), painter.wide(), box(page)
    fingers = Fingers(page)
    x, y, whole = canvas["x"], canvas["y"], zoom(page)
    middle = (x + 200, y + 200)
    before = part(page, middle)

    fingers.do("touchStart", (x + 150, y + 200))
    fingers.do("touchMove", (x + 160, y + 200))
    fingers.do("touchMove", (x + 150, y + 200))
    fingers.do("touchStart", (x + 150, y + 200), (x + 250, y + 200))
    for spread in (70, 90, 110):
        fingers.do("touchMove", (x + 200 - spread, y + 200), (x + 200 + spread, y + 200))
    assert zoom(page) == pytest.approx(whole * 2.2, rel=0.02)
    assert part(page, middle) == pytest.approx(before, abs=2 / box(page)["width"])
    moved = box(page)
    fingers.do("touchMove", (x + 70, y + 150), (x + 290, y + 150))
    assert (box(page)["x"] - moved["x"], box(page)["y"] - moved["y"]) == pytest.approx((-20, -50), abs=2)
    fingers.do("touchEnd", (x + 70, y + 150))
    fingers.do("touchMove", (x + 300, y + 300))
    fingers.do("touchEnd")
    page.keyboard.press("0")
    with painter.taken():
        for kind, across in (("touchStart", 60), ("touchMove", 150), ("touchMove", 300)):
            fingers.do(kind, (x + across, y + 60))
        fingers.do("touchEnd")

    assert painter.steps() == 1
    is_exactly(painter.sent(), sheet.line((60, 60), (300, 60), wide))


def test_a_box_is_one_step_and_no_stroke_waits_for_it_though_the_page_hears_late_that_it_was_taken(
    page: Page, address: str, folder: Path
) -> None:
    parts = Parts(page)
    painter = Pupil(page, SIZE, folder).open(address)
    sheet = painter.sheet()
    parts.lose(b'"drawn": false')  # so that it first hears of what the canvas was given as of what it shows

    painter.takes("Ellipse")
    painter.strokes((60, 60), (200, 160))
    page.mouse.click(*painter.place((400, 300)), button="right")  # which the canvas does not hear
    painter.strokes((60, 260), (200, 360))

    is_exactly(painter.sent(), sheet.ellipse((60, 60), (200, 160)) | sheet.ellipse((60, 260), (200, 360)))


# Keeps how long the canvas waits until it asks the server again what it has heard.
WAITS = """() => {
    const timely = window.setTimeout
    window.waits = []
    window.setTimeout = (does, wait, ...rest) => {
        if (does.name === "ask") window.waits.push(wait)
        return timely(does, wait, ...rest)
    }
}"""


def test_a_server_that_does_not_answer_is_asked_ever_more_seldom(page: Page, address: str, folder: Path) -> None:
    parts = Parts(page)
    painter = Pupil(page, SIZE, folder).open(address)
    painter.takes("Ellipse")
    page.evaluate(WAITS)
    parts.lose(b'"drawn": true')  # that it has heard what the canvas shows

    painter.paints((60, 60), (200, 160))

    until(page, lambda: page.evaluate("Math.max(0, ...window.waits) >= 1200"))
    waits = page.evaluate("window.waits")
    assert [150, 300, 600, 1200] == waits[: waits.index(1200) + 1][-4:]
