"""Typing a prompt and clicking at once, in a real browser: the click that commits the text is never lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import Drawer, until, visit
from tests.browser.parts import Parts

# Prompts of different lengths and with different hints, so that what stands between them and the button changes.
PROMPTS = (
    "a cat",
    "a dog " * 400,
    'a sign that says "OPEN"',
    "twelve dogs and a pie chart, no cats",
    "a\nb\nc\nd\ne\nf",
    "a red square",
    "a hand playing the piano, painting by Hockney",
    'a poster with "' + "LONG " * 20 + '"',
    "x" * 900,
    "a transparent background",
)
SENT = (*PROMPTS[:4], *PROMPTS[-2:])  # one of each kind
PRESS = 120  # milliseconds between pressing and releasing the button, as a person does
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]:not(:has(.st-key-cancel))'  # nothing runs


@pytest.mark.parametrize(
    "prompts", [pytest.param(SENT, id="some"), pytest.param(PROMPTS, id="all", marks=pytest.mark.trust)]
)
def test_a_prompt_typed_and_sent_at_once_is_never_lost(page: Page, artist: Drawer, prompts: tuple[str, ...]) -> None:
    artist.forget()
    visit(page)
    button = page.get_by_role("button", name=re.compile("^Generate · "))
    for number, prompt in enumerate(prompts, 1):
        expect(page.locator(IDLE)).to_be_visible()
        page.get_by_label("Prompt", exact=True).fill(prompt)

        button.click(delay=PRESS)

        until(page, lambda number=number: artist.posts >= number)  # a lost click never comes
        assert number == artist.posts, prompt[:40]


@pytest.mark.goes_on
def test_the_button_stays_where_it_is_while_the_prompt_changes(page: Page) -> None:
    visit(page)
    button = page.get_by_role("button", name=re.compile("^Generate · "))
    places = set()
    for prompt in (*PROMPTS, "x" * 32_001, ""):
        page.get_by_label("Prompt", exact=True).fill(prompt)
        page.get_by_label("Prompt", exact=True).blur()
        expect(page.get_by_text(f"{len(prompt):,} character")).to_be_visible()
        box = button.bounding_box()
        places.add((box["x"], box["y"], box["height"]) if box else None)

    assert 1 == len(places)


@pytest.mark.goes_on
def test_a_part_typed_and_put_into_the_prompt_at_once_is_there(page: Page) -> None:
    visit(page)
    page.get_by_role("button", name="Builder").click()
    page.get_by_label("Subject").fill("A very long subject " * 20)

    page.get_by_role("button", name="Insert", exact=True).click(delay=PRESS)

    expect(page.get_by_label("Prompt", exact=True)).to_have_value(("A very long subject " * 20).strip())
    expect(page.get_by_label("Subject")).to_be_hidden()


@pytest.mark.goes_on
def test_a_gap_filled_and_used_at_once_is_there(page: Page) -> None:
    visit(page)
    page.get_by_role("button", name="Templates").click()
    page.locator(".st-key-prompt_tile_product").click(position={"x": 20, "y": 20})  # on its image
    page.get_by_label("Product", exact=True).fill("a very long pair of blue shoes " * 10)

    page.get_by_role("button", name="Use", exact=True).click(delay=PRESS)

    expect(page.get_by_label("Prompt", exact=True)).to_have_value(re.compile("pair of blue shoes"))


def test_what_a_click_has_closed_stays_closed_where_the_page_is_slow_to_draw_what_came_before_it(page: Page) -> None:
    parts = Parts(page)
    visit(page)
    builder = page.get_by_role("button", name="Builder")
    builder.click()
    page.get_by_label("Subject").fill("A lighthouse")
    page.get_by_label("Subject").blur()
    expect(page.get_by_test_id("stPopoverBody")).to_contain_text("A lighthouse")
    parts.cover_ears_after(b"-undo_prompt")
    page.get_by_role("button", name="Insert", exact=True).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(builder).to_have_count(0)  # in its place is that button
    parts.uncover_ears()
    expect(builder).to_be_visible()

    page.get_by_role("button", name="Templates").click()

    expect(page.locator(".st-key-prompt_tile_product")).to_be_visible()
    expect(page.locator(IDLE)).to_be_visible()
    expect(builder).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_label("Subject")).to_have_count(0)
