"""The stage in a real browser: the focus, what is heard and told, what a reload keeps and a new tab does not."""

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.drawing import PATIENCE, Drawer, cancel, generate, is_drawn, picture, visit
from triptych.request.link import packed

FOCUSED = "document.activeElement.alt || document.activeElement.innerText"
LIVE = "document.getElementById('triptych-live')?.textContent"


@pytest.fixture(autouse=True)
def fresh(artist: Drawer, page: Page, address: str) -> None:
    artist.forget()
    visit(page)
    expect(page.locator(".st-key-frame_foot")).to_be_attached(timeout=PATIENCE)


def test_the_focus_goes_to_cancel_and_then_to_the_image_and_both_are_heard(page: Page, artist: Drawer) -> None:
    artist.hold()
    generate(page, "A lighthouse that is heard")
    expect(cancel(page)).to_be_focused(timeout=PATIENCE)
    assert "Generating" == page.evaluate(LIVE)

    artist.release()
    is_drawn(page, "A lighthouse that is heard")

    page.wait_for_function(f"() => ({FOCUSED}) === 'A lighthouse that is heard'", timeout=PATIENCE)
    page.wait_for_function(f"() => ({LIVE}) === '1 image ready'", timeout=PATIENCE)


@pytest.mark.goes_on
def test_a_run_that_ends_behind_another_tab_is_told_by_the_title_until_the_tab_is_looked_at(
    page: Page, artist: Drawer
) -> None:
    artist.hold()
    generate(page, "A boat behind another tab")
    expect(cancel(page)).to_be_visible(timeout=PATIENCE)
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true})")
    page.evaluate("window.away = true")

    artist.release()

    expect(page).to_have_title("1 image ready · Generate · Triptych", timeout=PATIENCE)
    is_drawn(page, "A boat behind another tab")
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_title("Generate · Triptych")


def loses(page: Page, word: bytes) -> list[bytes]:
    """The first message with that ``word``, once the browser has said it: the server never hears it."""
    lost: list[bytes] = []

    def connected(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def up(message: str | bytes) -> None:
            said = message if isinstance(message, bytes) else message.encode()
            if word in said and not lost:
                lost.append(said)
            else:
                server.send(message)

        socket.on_message(up)
        server.on_message(socket.send)

    page.route_web_socket(re.compile("/_stcore/stream"), connected)
    return lost


def test_a_reload_keeps_prompt_settings_and_runs_whatever_is_lost_on_the_way_and_a_new_tab_begins_clean(
    page: Page,
) -> None:
    page.locator(".st-key-quality").get_by_text("low", exact=True).click()
    for prompt in ("A fox that is kept", "A teapot that is kept"):
        generate(page, prompt)
        is_drawn(page, prompt)
    expect(page.locator("[class*=st-key-show_] button")).to_have_count(2)

    lost = loses(page, b"returned")
    page.reload()

    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A teapot that is kept", timeout=PATIENCE)
    assert 1 == len(lost)
    expect(page.get_by_role("radio", name="low", exact=True)).to_be_checked()
    expect(picture(page, "A teapot that is kept")).to_be_visible()
    expect(page.locator("[class*=st-key-show_] button")).to_have_count(2)

    other = page.context.new_page()
    other.goto("/")
    expect(other.get_by_role("button", name="Continue your last run")).to_be_visible(timeout=PATIENCE)
    expect(other.get_by_label("Prompt", exact=True)).to_have_value("")
    expect(picture(other, "A teapot that is kept")).to_have_count(0)

    page.goto(f"/?settings={packed({'model': 'gpt-image-2', 'prompt': 'A fox of a link'})}")
    expect(page.locator("[class*=st-key-show_] button")).to_have_count(2, timeout=PATIENCE)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A fox of a link")

    other.get_by_role("button", name="Continue your last run").click()

    expect(other.get_by_label("Prompt", exact=True)).to_have_value("A teapot that is kept", timeout=PATIENCE)
    expect(picture(other, "A teapot that is kept")).to_be_visible()


def test_the_next_run_takes_the_element_of_the_last_and_an_earlier_one_comes_back_into_it(
    page: Page, artist: Drawer
) -> None:
    generate(page, "A first red fox")
    is_drawn(page, "A first red fox")
    picture(page, "A first red fox").evaluate("one => one.dataset.mark = 'same'")

    artist.hold()
    generate(page, "A second red fox")
    expect(page.get_by_role("button", name="Generate · queue")).to_be_visible(timeout=PATIENCE)
    artist.release()
    is_drawn(page, "A second red fox")

    expect(picture(page, "A second red fox")).to_have_attribute("data-mark", "same")
    page.get_by_role("button", name="Show run 1: A first red fox").click()
    expect(picture(page, "A first red fox")).to_have_attribute("data-mark", "same", timeout=PATIENCE)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A first red fox")


@pytest.mark.goes_on
def test_what_a_button_beside_the_form_settles_is_shown_in_the_form(page: Page) -> None:
    page.get_by_label("Prompt", exact=True).fill("A glass of water")
    page.locator(".st-key-output_format").get_by_text("jpeg", exact=True).click()
    expect(page.get_by_role("radio", name="jpeg", exact=True)).to_be_checked(timeout=PATIENCE)
    page.locator(".st-key-background").get_by_text("transparent", exact=True).click()

    page.get_by_role("button", name="Use png").click()

    expect(page.get_by_role("radio", name="png", exact=True)).to_be_checked(timeout=PATIENCE)
    expect(page.get_by_role("radio", name="transparent", exact=True)).to_be_checked()
    expect(page.get_by_role("button", name=re.compile("^Generate · "))).to_be_enabled()
