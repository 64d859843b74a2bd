"""The History page in a real browser: search while typing, a ZIP whose bytes are the engine's, and a way back."""

import hashlib
import io
import json
import re
import zipfile

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.drawing import IDLE, Drawer, download, generate, is_drawn, visit
from tests.browser.menu import follow
from tests.browser.test_layout import settled

HIGH = 240  # pixels from the top of the window, within which the gallery begins
PROMPTS = ("A red fox in the snow", "A lighthouse at dusk")


@pytest.fixture
def page(page: Page, artist: Drawer) -> Page:
    """A tab on the History page of a playground in which two images have been made; every test leaves both there."""
    for prompt in PROMPTS[artist.posts :]:
        visit(page)
        generate(page, prompt)
        is_drawn(page, prompt)
    visit(page, "/history")
    expect(pictures(page)).to_have_count(2)
    return page


def pictures(page: Page) -> Locator:
    return page.get_by_test_id("stImage").locator("img")


def alts(page: Page) -> list[str | None]:
    return [picture.get_attribute("alt") for picture in pictures(page).all()]


def pick(page: Page) -> None:
    """Select the first image: its box is there once the image is pointed at."""
    page.locator("[class*=st-key-tile_]").first.get_by_role("button", name="Open").hover()
    page.locator("[class*=st-key-pick_] label").first.click()
    expect(page.get_by_role("button", name="1 selected")).to_be_visible()


def test_typing_finds_at_once_and_the_zip_holds_what_the_engine_sent(page: Page, artist: Drawer) -> None:
    page.get_by_label("Search prompts").press_sequentially("fox", delay=20)
    expect(pictures(page)).to_have_count(1)
    assert [PROMPTS[0]] == alts(page)

    page.get_by_label("Search prompts").fill("")
    expect(pictures(page)).to_have_count(2)
    pick(page)
    page.get_by_text("Select page").click()
    expect(page.get_by_role("button", name="2 selected")).to_be_visible()
    data = download(page, page.get_by_role("link", name="Download ZIP"))

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sent = {hashlib.sha256(data).hexdigest() for name, data in files.items() if name.endswith(".png")}
    facts = [json.loads(data) for name, data in files.items() if name.endswith(".json")]
    assert set(artist.sent) == sent
    assert set(PROMPTS) == {each["request"]["prompt"] for each in facts}


def test_what_is_thrown_away_comes_back_and_nothing_else_moves(page: Page) -> None:
    settled(pictures(page).first)
    before = pictures(page).first.bounding_box()
    pick(page)
    assert before == pictures(page).first.bounding_box()
    page.get_by_role("button", name="Move to trash").click()
    expect(pictures(page)).to_have_count(1)
    assert [PROMPTS[0]] == alts(page)
    assert before == pictures(page).first.bounding_box()

    page.get_by_role("button", name="Undo").click()

    expect(pictures(page)).to_have_count(2)


@pytest.mark.goes_on
def test_six_stand_side_by_side_and_the_address_of_one_opens_and_closes_its_panel(page: Page) -> None:
    tile = page.locator("[class*=st-key-tile_]").first
    settled(tile)
    box = tile.bounding_box()
    assert box
    assert 150 <= box["width"] <= 200
    assert box["y"] <= HIGH
    foot = page.locator(".st-key-frame_foot").bounding_box()
    assert foot  # the sidebar ends at the end of the window, though there is nothing else in it
    assert 840 <= foot["y"] + foot["height"] <= 900
    tile.get_by_role("button", name="Open").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1 of 2 on this page")).to_be_visible()
    address = page.url
    assert "?image=" in address

    page.go_back()
    expect(dialog).to_have_count(0)
    page.goto(address)

    expect(dialog.get_by_text("1 of 2 on this page")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).to_have_url(re.compile("/history$"))


@pytest.mark.goes_on
def test_a_chart_is_drawn_under_the_policy_of_the_page(page: Page) -> None:
    follow(page, "Spending")

    expect(page.locator(".stVegaLiteChart canvas, .stVegaLiteChart svg").first).to_be_visible()


def test_details_obey_the_arrows_and_hand_the_settings_over(page: Page) -> None:
    page.locator("[class*=st-key-open_] button").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1 of 2 on this page")).to_be_visible()
    expect(dialog.get_by_role("button", name="Use these settings")).to_be_visible()
    window = dialog.element_handle()
    page.keyboard.press("ArrowRight")  # the page may be drawn once more behind it just then
    expect(dialog.get_by_text("2 of 2 on this page")).to_be_visible()
    assert window.evaluate("(window) => window.isConnected")
    expect(page.locator(IDLE)).to_be_visible()  # until then the buttons below may still be those of the image before

    dialog.get_by_role("button", name="Use these settings").click()

    expect(page.get_by_role("heading", name="Generate")).to_be_visible()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(PROMPTS[0])
