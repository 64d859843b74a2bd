"""What must hold whatever a visitor and the network do: one click is one call, and its picture is never lost."""

import re
import time

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.drawing import BUTTON, IDLE, PATIENCE, Drawer, cancel, generate, is_drawn, picture, until, visit
from tests.browser.menu import follow

AT_ONCE = 2.0  # seconds from the end of the answer to the image on the page, which `make trust` measures
SHOWN = "alt => [...document.images].some(image => image.alt === alt && image.naturalWidth === 1024)"
# Streamlit shows its button only while a script runs, which is over and begins again a few times a second.
STOP = """() => {
    const button = document.querySelector('[data-testid="stStatusWidget"] button')
    button?.click()
    return button !== null
}"""
FOCUSED = "(document.activeElement.getAttribute('aria-label') || '') + '|' + document.activeElement.textContent"


CLICKS = "(button, clicks) => { for (let click = 0; click < clicks; click++) button.click() }"
# Keeps, in their order, the seconds that a wait counts down.
COUNTED = """() => {
    window.counted = []
    const look = () => {
        const seconds = /trying again in (\\d+) s/.exec(document.body.textContent)?.[1]
        if (seconds && seconds !== window.counted.at(-1)) window.counted.push(seconds)
    }
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
}"""


def counts(short: int, full: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("times", [short, pytest.param(full, marks=pytest.mark.trust)])


@pytest.fixture
def page(page: Page, artist: Drawer) -> Page:
    """A tab that shows the first page, before an engine with nothing on its books that draws as fast as it can."""
    artist.forget()
    artist.at(0)
    visit(page)
    return page


def begun(page: Page, artist: Drawer, prompt: str) -> None:
    """Click, and wait until it has reached the engine."""
    before = artist.posts
    generate(page, prompt)
    until(page, lambda: artist.posts == before + 1)


def is_shown_at_once(page: Page, artist: Drawer, prompt: str, number: int, times: int) -> None:
    page.wait_for_function(SHOWN, arg=prompt, polling="raf", timeout=PATIENCE)
    shown = time.monotonic()
    until(page, lambda: len(artist.ended) == number)
    assert times <= 2 or shown - artist.ended[-1] < AT_ONCE
    is_drawn(page, prompt)


@counts(1, 20)
def test_streamlits_own_stop_loses_and_repeats_nothing(page: Page, artist: Drawer, times: int) -> None:
    for number in range(1, times + 1):
        artist.hold()
        begun(page, artist, f"stopped {number} times")
        until(page, lambda: bool(page.evaluate(STOP)))
        artist.release()

        is_shown_at_once(page, artist, f"stopped {number} times", number, times)

    assert times == artist.posts


@pytest.mark.goes_on
@counts(2, 20)
def test_another_widget_loses_and_repeats_nothing(page: Page, artist: Drawer, times: int) -> None:
    for number in range(1, times + 1):
        artist.hold()
        begun(page, artist, f"changed {number} times")
        page.locator(".st-key-background").get_by_text(("opaque", "auto")[number % 2], exact=True).click()
        page.get_by_label("Prompt", exact=True).fill("the next one")
        page.get_by_label("Prompt", exact=True).blur()
        expect(page.get_by_text("12 characters")).to_be_visible(timeout=PATIENCE)
        artist.release()

        is_shown_at_once(page, artist, f"changed {number} times", number, times)

    assert times == artist.posts


@pytest.mark.goes_on
@counts(1, 20)
def test_a_reload_finds_the_drawing_again(page: Page, artist: Drawer, times: int) -> None:
    for number in range(1, times + 1):
        artist.hold()
        begun(page, artist, f"reloaded {number} times")

        page.reload()

        expect(cancel(page)).to_be_visible(timeout=PATIENCE)
        artist.release()
        is_drawn(page, f"reloaded {number} times")
    assert times == artist.posts


@pytest.mark.goes_on
@counts(1, 20)
def test_a_closed_tab_loses_nothing(page: Page, artist: Drawer, times: int) -> None:
    for number in range(1, times + 1):
        artist.hold()
        begun(page, artist, f"closed {number} times")
        another = page.context.new_page()
        page.close()

        page = another
        page.goto("/")
        expect(cancel(page)).to_be_visible(timeout=PATIENCE)
        artist.release()

        is_drawn(page, f"closed {number} times")
    assert times == artist.posts


@pytest.mark.goes_on
@counts(3, 15)
def test_a_cut_connection_repeats_nothing_and_the_page_stays_usable(page: Page, artist: Drawer, times: int) -> None:
    sockets: list[WebSocketRoute] = []

    def connected(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket(re.compile("/_stcore/stream"), connected)
    page.reload()
    artist.hold()
    begun(page, artist, "cut off")
    for number in range(1, times + 1):
        sockets[-1].close(code=1012)
        until(page, lambda number=number: len(sockets) == number + 1)
    artist.release()

    is_drawn(page, "cut off")
    assert 1 == artist.posts
    begun(page, artist, "drawn afterwards")
    is_drawn(page, "drawn afterwards")
    assert 2 == artist.posts


@pytest.mark.goes_on
@pytest.mark.parametrize("clicks", [2, pytest.param(5, marks=pytest.mark.trust)])
def test_clicks_in_one_moment_are_one_call_though_its_image_comes_at_once(
    page: Page, artist: Drawer, clicks: int
) -> None:
    page.get_by_label("Prompt", exact=True).fill(f"{clicks} clicks")
    page.get_by_label("Prompt", exact=True).blur()

    page.get_by_role("button", name=BUTTON).evaluate(CLICKS, clicks)

    is_drawn(page, f"{clicks} clicks")
    expect(page.locator(IDLE)).to_be_visible(timeout=PATIENCE)
    assert 1 == artist.posts


@pytest.mark.goes_on
def test_many_clicks_before_the_image_has_come_are_one_call(page: Page, artist: Drawer) -> None:
    artist.hold()
    page.get_by_label("Prompt", exact=True).fill("5 clicks")

    page.get_by_role("button", name=BUTTON).click(click_count=5)
    until(page, lambda: artist.posts > 0)
    expect(cancel(page)).to_be_visible(timeout=PATIENCE)
    artist.release()

    is_drawn(page, "5 clicks")
    expect(page.locator(IDLE)).to_be_visible(timeout=PATIENCE)
    assert 1 == artist.posts


@pytest.mark.goes_on
def test_two_tabs_draw_one_picture_each(page: Page, artist: Drawer) -> None:
    other = page.context.new_page()
    other.goto("/")
    begun(page, artist, "the left one")

    begun(other, artist, "the right one")

    is_drawn(page, "the left one")
    is_drawn(other, "the right one")
    assert 2 == artist.posts


@pytest.mark.goes_on
def test_other_pages_show_what_is_drawn_and_coming_back_shows_the_picture(page: Page, artist: Drawer) -> None:
    artist.hold()
    begun(page, artist, "while away")

    follow(page, "Models")

    expect(page.get_by_text(re.compile(r"1 image · \d+ s"))).to_be_visible()
    artist.release()
    expect(page.locator(".st-key-stop")).to_have_count(0, timeout=PATIENCE)
    follow(page, "Generate")
    is_drawn(page, "while away")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("while away")
    assert 1 == artist.posts


@pytest.mark.goes_on
def test_a_drawing_is_stopped_from_any_page_and_may_be_charged(page: Page, artist: Drawer) -> None:
    artist.at(20)
    begun(page, artist, "stopped from afar")
    follow(page, "Settings")
    stop = page.locator(".st-key-stop button").first
    stop.hover()
    expect(page.get_by_text("A request already sent may still be charged")).to_be_visible(timeout=PATIENCE)

    stop.click()

    expect(page.locator(".st-key-stop")).to_have_count(0, timeout=PATIENCE)
    follow(page, "Generate")
    expect(page.get_by_text(re.compile(r"Canceled after \d+ s\. .*may still be charged"))).to_be_visible()
    expect(page.get_by_role("link", name="Settle in Spending")).to_be_visible()
    until(page, lambda: artist.engine.log[-1].status == 499)
    assert 1 == artist.posts


@pytest.mark.goes_on
def test_a_prompt_is_shown_as_text_and_fetches_nothing(page: Page, artist: Drawer) -> None:
    away = f"{artist.engine.base_url}/beacon"
    prompt = f'![x]({away}.png) [link]({away}) <img src="{away}.gif"> "OPEN" no hands, 12 dogs'
    called: list[str] = []
    page.on("request", lambda request: called.append(request.url))

    generate(page, prompt)
    is_drawn(page, prompt[:100])
    page.locator("[class*=st-key-enlarge_] button").first.click()
    expect(page.get_by_role("dialog").get_by_role("table")).to_be_visible()

    foreign = page.locator(f'[src*="{artist.engine.port}"], [href*="{artist.engine.port}"]')
    expect(foreign).to_have_count(0)
    assert [] == [url for url in called if "beacon" in url]
    assert [] == [entry.path for entry in artist.engine.log if "beacon" in entry.path]


def test_the_keyboard_alone_draws_a_picture(page: Page, artist: Drawer) -> None:
    expect(page.locator(IDLE)).to_be_visible(timeout=PATIENCE)
    tab_to(page, re.compile(r"^Prompt\|"))
    page.keyboard.type("drawn by keyboard")
    tab_to(page, re.compile("Generate · "))

    page.keyboard.press("Enter")

    is_drawn(page, "drawn by keyboard")
    assert 1 == artist.posts


def tab_to(page: Page, place: re.Pattern[str]) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if place.search(page.evaluate(FOCUSED)):
            return
    raise AssertionError(f"No Tab leads to {place.pattern}")


@pytest.mark.goes_on
def test_a_rate_limit_is_counted_down_and_then_goes_by_itself(page: Page, artist: Drawer) -> None:
    artist.engine.faults.plan("rate_limit", retry_after=6)

    page.evaluate(COUNTED)

    generate(page, "in its turn")

    is_drawn(page, "in its turn")
    first, *rest = map(int, page.evaluate("window.counted"))  # each second, or fewer of them on a busy machine
    assert rest
    assert 6 >= first
    assert sorted({first, *rest}, reverse=True) == [first, *rest]
    expect(page.get_by_role("alert")).to_have_count(0)
    assert 2 == artist.posts


@pytest.mark.goes_on
def test_a_refusal_says_what_to_do_and_keeps_the_prompt(page: Page, artist: Drawer) -> None:
    """One of those that tests/pages/test_generate.py asks for, each."""
    artist.engine.faults.plan("moderation_output")

    generate(page, "refused")

    until(page, lambda: artist.posts == 1)
    request_id = next(entry.request_id for entry in artist.engine.log if entry.method == "POST")
    alert = page.get_by_role("alert").filter(has_text=f"Request {request_id}")
    expect(alert).to_contain_text("Try again, or change the prompt", timeout=PATIENCE)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("refused")
    expect(picture(page, "refused")).to_have_count(0)
    assert 1 == artist.posts
