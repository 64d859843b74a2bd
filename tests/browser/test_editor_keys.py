"""Keys of the editor in a real browser: tools, sizes, undo and redo, and when a key is not the editor's."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import until
from tests.browser.painter import BOX, Pupil, easel_address, easel_folder
from tests.browser.parts import Parts
from tests.browser.truth import is_exactly

folder, address = easel_folder, easel_address
SIZE = (1024, 1024)
PRESS = """(how) => document.body.dispatchEvent(
    new KeyboardEvent("keydown", { ...how, bubbles: true, composed: true, cancelable: true })
)"""

# What waits for a minute, as a canvas that nobody tells of anything, waits for ever.
NEVER_A_MINUTE = """() => {
    const timely = window.setTimeout
    window.setTimeout = (does, wait, ...rest) => (wait < 60000 ? timely(does, wait, ...rest) : 0)
}"""


@pytest.fixture
def painter(page: Page, address: str, folder: Path) -> Pupil:
    return Pupil(page, SIZE, folder).open(address)


def test_keys_take_tools_and_sizes_and_undo_and_redo_what_was_painted(page: Page, painter: Pupil) -> None:
    sheet, wide = painter.sheet(), painter.wide()
    painter.strokes((60, 60), (300, 60))

    page.keyboard.press("]")
    expect(page.locator(".st-key-brush_size")).to_contain_text(f"{round(wide * 1.25)} px")
    painter.paints((60, 140), (300, 140))
    painter.rests()
    page.keyboard.press("e")
    painter.paints((180, 20), (180, 240))  # as soon as the key is pressed
    expect(page.get_by_role("radio", name="Eraser", exact=True)).to_be_checked()
    expect(page.locator(BOX)).to_have_attribute("data-steps", "3")
    lines = sheet.line((60, 60), (300, 60), wide) | sheet.line((60, 140), (300, 140), round(wide * 1.25))
    erased = sheet.line((180, 20), (180, 240), round(wide * 1.25))

    is_exactly(painter.sent(), lines & ~erased)
    with painter.taken(-1):
        page.keyboard.press("Control+z")
    is_exactly(painter.sent(), lines)
    with painter.taken():
        page.keyboard.press("Control+Shift+z")
    is_exactly(painter.sent(), lines & ~erased)

    page.keyboard.press("b")
    wide = round(wide * 1.25)
    for key, place, wider in (("[", "Digit5", 0.8), ("ü", "BracketLeft", 0.8), ("ъ", "BracketRight", 1.25)):
        wide = round(wide * wider)
        page.evaluate(PRESS, {"key": key, "code": place, "altKey": place == "Digit5"})
        expect(page.locator(".st-key-brush_size")).to_contain_text(f"{wide} px")


def test_a_size_taken_back_before_the_page_has_it_is_taken_back(page: Page, address: str, folder: Path) -> None:
    parts = Parts(page)
    painter = Pupil(page, SIZE, folder).open(address)
    wide, size = painter.wide(), page.locator(".st-key-brush_size")
    parts.keep_back()
    page.keyboard.press("[")
    until(page, lambda: parts.waiting > 0)  # it has been told, and nobody has heard

    page.keyboard.press("]")
    until(page, lambda: parts.waiting > 1)
    parts.let_through()

    painter.rests()
    expect(size).to_contain_text(f"{wide} px")
    page.keyboard.press("[")
    expect(size).to_contain_text(f"{round(wide * 0.8)} px")


@pytest.mark.parametrize("keys", [("e", "b"), ("[", "]")], ids=["tool", "size"])
def test_no_stroke_waits_for_what_was_taken_back_before_the_server_heard_of_it(
    page: Page, address: str, folder: Path, keys: tuple[str, str]
) -> None:
    parts = Parts(page)
    painter = Pupil(page, SIZE, folder).open(address)
    sheet, wide = painter.sheet(), painter.wide()
    page.evaluate(NEVER_A_MINUTE)
    parts.keep_back()
    page.keyboard.press(keys[0])
    until(page, lambda: parts.waiting > 0)
    parts.forget()  # as where the server hears of both at once

    page.keyboard.press(keys[1])
    painter.strokes((60, 60), (300, 60))

    is_exactly(painter.sent(), sheet.line((60, 60), (300, 60), wide))


def test_a_key_is_not_ours_while_somebody_types_or_composes(page: Page, painter: Pupil) -> None:
    page.get_by_label("Prompt", exact=True).press_sequentially("bero p[]0?f")

    page.get_by_label("Prompt", exact=True).blur()
    page.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent("keydown", {
            key: "e", bubbles: true, composed: true, isComposing: true,
        }))"""
    )

    expect(page.get_by_text("bero p[]0?f, drawn")).to_be_visible()
    expect(page.get_by_role("radio", name="Brush", exact=True)).to_be_checked()
    assert painter.steps() == 0
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.goes_on
def test_the_list_of_keys_opens_by_its_key_and_closes(page: Page, painter: Pupil) -> None:
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys of the editor")
    expect(keys).to_contain_text("Smaller, larger brush")
    page.keyboard.press("e")  # the canvas hears none while it is open
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()

    expect(page.get_by_role("radio", name="Brush", exact=True)).to_be_checked()
