"""The keys of every page in a real browser: run, cancel, the prompt and the list, and never while somebody types."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import PATIENCE, Drawer, cancel, is_drawn, until, visit

PROMPT = ".st-key-prompt textarea"
LIST = "dialog.keys[open]"


@pytest.fixture(autouse=True)
def fresh(artist: Drawer, page: Page, address: str) -> None:
    artist.forget()
    visit(page)
    expect(page.locator(".st-key-page_keys[data-keys]")).to_be_attached(timeout=PATIENCE)
    expect(page.locator(".st-key-frame_foot")).to_be_attached(timeout=PATIENCE)


def test_slash_goes_to_the_prompt_and_control_enter_sends_what_was_just_typed_once(page: Page, artist: Drawer) -> None:
    page.keyboard.press("/")
    expect(page.locator(PROMPT)).to_be_focused()
    page.keyboard.type("A heron / by the lake?")
    page.keyboard.press("Control+Enter")

    is_drawn(page, "A heron / by the lake?")
    assert 1 == artist.posts


@pytest.mark.goes_on
def test_escape_cancels_the_run(page: Page, artist: Drawer) -> None:
    artist.hold()
    page.locator(PROMPT).fill("A run that is canceled")
    page.keyboard.press("Control+Enter")
    until(page, lambda: artist.posts == 1)
    expect(cancel(page)).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_text("Canceled after")).to_be_visible()
    assert 1 == artist.posts


def test_a_key_that_composes_a_letter_or_is_typed_elsewhere_is_none_of_ours(page: Page, artist: Drawer) -> None:
    page.locator(PROMPT).focus()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Input.imeSetComposition", {"text": "한", "selectionStart": 1, "selectionEnd": 1})
    composing = {"key": "Process", "windowsVirtualKeyCode": 229, "modifiers": 2}
    devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **composing})
    page.locator(PROMPT).evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown', "
        "{key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true, composed: true}))"
    )
    devtools.send("Input.insertText", {"text": "한"})
    page.get_by_role("button", name="Builder").click()
    subject = page.get_by_label("Subject")
    subject.fill("a cat")
    page.keyboard.type("/?")
    page.keyboard.press("Control+Enter")

    expect(subject).to_have_value("a cat/?")
    expect(page.locator(LIST)).to_have_count(0)
    page.keyboard.press("Escape")  # closes the builder
    expect(subject).to_be_hidden()
    page.locator(PROMPT).focus()
    page.keyboard.press("Control+Enter")  # what follows the composition is the first run
    is_drawn(page, "한")
    assert 1 == artist.posts


def test_the_question_mark_lists_the_keys_and_escape_closes_the_list_alone(page: Page, artist: Drawer) -> None:
    page.locator("body").press("?")
    expect(page.locator(LIST)).to_be_visible()
    expect(page.locator(LIST).get_by_text("Go to the prompt")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator(LIST)).to_have_count(0)
    assert 0 == artist.posts
