"""A conversation in a real browser: turns, a reload in mid-turn, a branch, a mask, and a keyboard that composes."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.drawing import PATIENCE, Drawer, cancel, picture, shot, until
from tests.browser.test_layout import PHONE, is_large_and_whole, place, settled

FOX = "A red fox in the snow"


def field(page: Page) -> Locator:
    return page.get_by_test_id("stChatInputTextArea")


def opens(page: Page) -> Locator:
    """Go to a page without a conversation; its input."""
    page.goto("/converse")
    expect(page.get_by_role("button", name="Start with this example")).to_be_visible(timeout=PATIENCE)
    return field(page)


def say(page: Page, words: str) -> None:
    field(page).fill(words)
    field(page).press("Enter")


def is_made(page: Page, words: str) -> None:
    """Wait for the image of these words."""
    expect(picture(page, words)).to_have_js_property("naturalWidth", 1024, timeout=PATIENCE)
    expect(cancel(page)).to_have_count(0, timeout=PATIENCE)


def heard(page: Page) -> Locator:
    """What a screen reader hears without being asked."""
    return page.locator("#triptych-live")


def turn(page: Page, words: str) -> Locator:
    return page.locator("[class*=st-key-turn_]").filter(has=page.get_by_text(words, exact=True))


def in_turn(page: Page, words: str, name: str) -> Locator:
    return turn(page, words).get_by_role("button", name=name, exact=True)


def paints(page: Page) -> None:
    """Paint a stroke in the open dialog and close it."""
    canvas = page.locator(".st-key-mask_box .upper-canvas")
    expect(canvas).to_be_visible(timeout=PATIENCE)
    settled(canvas)
    box = place(canvas)
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 140, steps=8)
    page.mouse.up()
    expect(page.locator(".st-key-mask_undo button").first).to_be_enabled(timeout=PATIENCE)
    page.get_by_role("button", name="Done", exact=True).click()
    expect(canvas).to_have_count(0, timeout=PATIENCE)


def reloads_in_mid_turn(page: Page, words: str, artist: Drawer) -> None:
    """Send and reload: the focus goes to Cancel, and once the turn has ended to its image."""
    say(page, words)
    expect(cancel(page)).to_be_visible(timeout=PATIENCE)
    expect(heard(page)).to_have_text("Generating")
    page.reload()
    expect(cancel(page)).to_be_focused(timeout=PATIENCE)
    artist.release()
    is_made(page, words)
    expect(heard(page)).to_have_text("1 image ready")
    expect(picture(page, words)).to_be_focused()


def test_four_turns_with_a_reload_a_branch_a_pinned_reference_and_a_mask(page: Page, artist: Drawer) -> None:
    opens(page)
    say(page, FOX)
    is_made(page, FOX)
    expect(heard(page)).to_have_text("1 image ready")
    expect(field(page)).to_be_focused()  # where the next message is written
    is_large_and_whole(page, picture(page, FOX))
    shot(page, "converse-1440")

    artist.hold(pieces=4)  # the turn's id is known by then
    reloads_in_mid_turn(page, "the same at night", artist)
    assert 2 == artist.posts

    in_turn(page, FOX, "Branch").click()
    expect(page.get_by_role("button", name="New branch")).to_be_visible()
    say(page, "add a boat")
    is_made(page, "add a boat")
    expect(picture(page, "the same at night")).to_have_count(0)
    in_turn(page, "add a boat", "Previous branch").click()
    expect(picture(page, "the same at night")).to_be_visible()
    in_turn(page, "the same at night", "Next branch").click()
    expect(picture(page, "add a boat")).to_be_visible()

    in_turn(page, FOX, "Pin").click()
    expect(page.get_by_text("Pinned · 1").first).to_be_visible()
    page.locator(".st-key-mask_open button").first.click()
    paints(page)
    say(page, "add a tree")
    is_made(page, "add a tree")
    expect(turn(page, "add a tree").get_by_alt_text("sent with the message")).to_have_count(2)

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    settled(picture(page, "add a tree"))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert place(picture(page, "add a tree"))["width"] >= PHONE["width"] - 40
    shot(page, "converse-390")


def test_a_key_that_composes_never_sends(page: Page, artist: Drawer) -> None:
    artist.forget()
    line = opens(page)
    line.click()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "여우", "selectionStart": 2, "selectionEnd": 2})
    for kind in ("rawKeyDown", "keyUp"):  # the Enter that the input method takes for itself
        keyboard.send("Input.dispatchKeyEvent", {"type": kind, "key": "Enter", "windowsVirtualKeyCode": 13})
    keyboard.send("Input.insertText", {"text": "여우"})
    # Safari tells of the Enter that ends a composition after its end, by its old code alone.
    line.evaluate(
        """(one) => one.dispatchEvent(new KeyboardEvent(
            "keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }))"""
    )
    expect(line).to_have_value("여우")

    line.press("Enter")

    is_made(page, "여우")
    until(page, lambda: artist.posts == 1)
    expect(page.locator("[class*=st-key-turn_]")).to_have_count(1)
