"""Clicks before the page has shown what the click before them did, as on a slow line: what that one put in stays."""

import pytest
from playwright.sync_api import Page, expect

from components.edit.empty_page import EXAMPLE
from tests.browser.drawing import IDLE, generate, is_drawn, until, visit
from tests.browser.menu import header
from tests.browser.parts import Parts

LENGTH = f"{len(EXAMPLE)} characters"


@pytest.fixture
def parts(page: Page) -> Parts:
    """The Edit page without an image, and what goes to and fro."""
    found = Parts(page, every=True)
    page.goto("/edit")
    expect(page.locator(".st-key-frame_foot")).to_be_attached()
    expect(page.locator(IDLE)).to_be_attached()
    expect(page.locator(".st-key-frame_heard_box input")).to_be_attached()  # the browser has what draws the fields
    return found


def try_the_sample(page: Page) -> None:
    page.get_by_role("button", name="Try with a sample image").click()


def choose(page: Page, quality: str) -> None:
    page.locator(".st-key-quality").get_by_text(quality, exact=True).click()


def is_there(page: Page, quality: str) -> None:
    expect(page.locator(".st-key-mask_box .upper-canvas")).to_be_visible()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(EXAMPLE)
    expect(page.locator(".st-key-prompt_line")).to_contain_text(LENGTH)
    expect(page.locator(".st-key-quality").get_by_role("radio", name=quality, exact=True)).to_be_checked()


def test_two_clicks_of_which_the_server_hears_at_once_are_both_done(page: Page, parts: Parts) -> None:
    parts.keep_back()
    try_the_sample(page)
    until(page, lambda: parts.waiting > 0)
    choose(page, "low")
    until(page, lambda: parts.waiting > 1)

    parts.let_through()

    is_there(page, "low")


def test_a_click_of_a_browser_that_has_not_heard_of_the_last_leaves_what_that_one_put_in(
    page: Page, parts: Parts
) -> None:
    parts.cover_ears()
    try_the_sample(page)
    until(page, lambda: parts.ended > 0)
    choose(page, "low")
    until(page, lambda: parts.ended > 1)

    parts.uncover_ears()

    is_there(page, "low")
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("")  # as it was before the sample
    prompt.blur()
    expect(page.locator(".st-key-prompt_line")).to_contain_text("0 characters")
    choose(page, "medium")
    expect(page.locator(".st-key-quality").get_by_role("radio", name="medium", exact=True)).to_be_checked()
    expect(page.locator(IDLE)).to_be_attached()
    expect(prompt).to_have_value("")


def test_of_two_clicks_the_second_stays_though_a_third_says_what_the_first_had_put_in(page: Page) -> None:
    parts = Parts(page, every=True)
    line = page.locator(".st-key-prompt_line")
    first, second = "10\N{NO-BREAK SPACE}characters", "11\N{NO-BREAK SPACE}characters"
    visit(page)
    for words in ("A red kite", "A blue kite"):
        generate(page, words)
        is_drawn(page, words)
    again = page.get_by_role("button", name="Show run 1: A red kite")
    expect(again).to_be_attached()
    expect(page.locator(IDLE)).to_be_attached()
    parts.cover_ears()
    again.click()
    until(page, lambda: parts.has_ended(first.encode()))
    page.get_by_role("button", name="Show run 2: A blue kite").click()
    until(page, lambda: parts.has_ended(second.encode()))

    parts.hear_a_run(first.encode())
    expect(line).to_contain_text(first)
    parts.keep_back(b"high")
    choose(page, "high")
    until(page, lambda: parts.waiting > 0)
    parts.let_through()
    parts.uncover_ears()

    expect(page.locator(".st-key-quality").get_by_role("radio", name="high", exact=True)).to_be_checked()
    expect(line).to_contain_text(second)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A blue kite")


@pytest.mark.parametrize("late", [False, True], ids=["before the click", "after the click"])
def test_who_comes_back_and_goes_on_before_the_server_has_heard_of_it_finds_everything(page: Page, late: bool) -> None:
    parts = Parts(page, every=True)
    page.goto("/")
    page.get_by_label("Prompt", exact=True).fill("A lighthouse at dusk")
    page.get_by_label("Prompt", exact=True).blur()
    expect(page.locator(".st-key-prompt_line")).to_contain_text("20 characters")
    expect(page.locator(IDLE)).to_be_attached()
    parts.keep_back(b'"returned"')  # by which the browser tells that it was here before
    page.reload()
    until(page, lambda: parts.waiting > 0)
    header(page).get_by_role("link", name="Edit", exact=True).click()
    until(page, lambda: parts.waiting > 1)

    parts.let_through(backwards=late)

    expect(page.get_by_role("heading", name="Edit", exact=True)).to_be_visible()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A lighthouse at dusk")
