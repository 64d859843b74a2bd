"""Windows that are narrow, zoomed, still or of few colors, around a prompt and a model name that never end."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.drawing import IDLE, PATIENCE, Drawer, generate, is_drawn, visit
from tests.serving import playground
from tests.triptych.store.drawn import REQUEST, draw
from triptych.engine.artist import Order, paint
from triptych.engine.encode import encode
from triptych.store import Caps, Store

PROMPT = "å" * 32_000  # without a space
NAME = "m" * 120
NARROW = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 720}
WIDE = {"width": 1440, "height": 900}
ZOOMED = {"width": 640, "height": 360}  # what zoom 200 % leaves of 1280 x 720
WINDOWS = {"320 px": [NARROW], "wide and then zoom 200 %": [WIDE, ZOOMED]}
BEYOND = """one => [...one.querySelectorAll("*")]
    .filter(each => each.getBoundingClientRect().right > one.getBoundingClientRect().right + 1)
    .map(each => `${each.className} ${Math.round(each.getBoundingClientRect().right)}`.slice(0, 120))"""
MOVING = """() => document.getAnimations().filter(one => {
    const timing = one.effect.getComputedTiming()
    return one.playState === "running" && (timing.duration > 1 || timing.iterations === Infinity)
}).map(one => one.animationName || one.transitionProperty)"""


@pytest.fixture(scope="module")
def address(artist: Drawer, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A playground whose history holds one image, of the endless prompt and name."""
    folder = tmp_path_factory.mktemp("windows")
    store = Store(folder / "home" / "images", caps=Caps())
    image = encode(paint(Order("A red fox", 256, 256)), "png")
    draw(store, data=image, request=replace(REQUEST, model=NAME, prompt=PROMPT))
    store.close()
    with playground(folder, port=port, **artist.environment) as found:
        yield found


def look(page: Page, path: str) -> None:
    visit(page, path)
    expect(page.locator(".st-key-frame_foot")).to_be_attached(timeout=PATIENCE)
    expect(page.locator(IDLE)).to_be_attached(timeout=PATIENCE)


def fits(page: Page) -> None:
    """Assert that nothing scrolls sideways, and nothing stands beyond the window's edge."""
    expect(page.locator(IDLE)).to_be_attached(timeout=PATIENCE)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("one => one.scrollWidth - one.clientWidth") <= 0, main.evaluate(BEYOND)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def windows(page: Page, name: str) -> Iterator[None]:
    """Each of them in turn; what is zoomed has two pixels of the screen to one of the page."""
    devtools = page.context.new_cdp_session(page)
    for size in WINDOWS[name]:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        scale = 2 if size is ZOOMED else 1
        devtools.send("Emulation.setDeviceMetricsOverride", {**size, "deviceScaleFactor": scale, "mobile": False})
        assert scale == page.evaluate("devicePixelRatio")
        yield
    devtools.send("Emulation.setDeviceMetricsOverride", {**size, "deviceScaleFactor": 1, "mobile": False})
    devtools.detach()


def is_in_reach(found: Locator) -> None:
    """Assert that it can be scrolled to and is wholly within the window's width."""
    found.scroll_into_view_if_needed(timeout=PATIENCE)
    box, size = found.bounding_box(), found.page.viewport_size
    assert box
    assert size
    assert box["x"] >= 0, box
    assert box["x"] + box["width"] <= size["width"] + 1, box


@pytest.mark.parametrize("name", WINDOWS)
def test_an_endless_prompt_and_name_widen_no_page_of_any_window(page: Page, name: str) -> None:
    page.set_viewport_size(WINDOWS[name][0])  # type: ignore[arg-type]
    look(page, "/")
    page.get_by_role("button", name="Continue your last run").click()
    expect(page.locator(".st-key-generate_stage").get_by_role("img").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(PROMPT, timeout=PATIENCE)
    page.get_by_text("Code", exact=True).click()
    expect(page.get_by_test_id("stCode").first).to_be_visible(timeout=PATIENCE)
    for _ in windows(page, name):
        fits(page)
        for found in (page.locator(".st-key-run button"), page.locator(".st-key-generate_stage img").first):
            is_in_reach(found)

    page.set_viewport_size(WINDOWS[name][0])  # type: ignore[arg-type]
    look(page, "/history")
    for _ in windows(page, name):
        fits(page)
    page.locator("[class*=st-key-tile_] [class*=st-key-open_] button").first.click()
    details = page.get_by_role("dialog")
    expect(details.get_by_role("table")).to_be_visible(timeout=PATIENCE)
    for _ in windows(page, name):
        assert details.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    page.keyboard.press("Escape")

    page.set_viewport_size(WINDOWS[name][0])  # type: ignore[arg-type]
    look(page, "/edit")
    page.get_by_role("button", name="Try with a sample image").click()
    canvas = page.locator(".st-key-mask_box .upper-canvas")
    expect(canvas).to_be_visible(timeout=PATIENCE)
    for _ in windows(page, name):
        fits(page)
        for found in (canvas, page.locator(".st-key-mask_bar"), page.locator(".st-key-run button")):
            is_in_reach(found)


def test_nothing_moves_for_who_wants_no_motion(page: Page, artist: Drawer) -> None:
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.emulate_media(reduced_motion="reduce")
    look(page, "/")
    artist.hold()

    generate(page, "A boat that is long in coming")
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("progressbar")).to_be_visible(timeout=PATIENCE)

    assert [] == page.evaluate(MOVING)
    artist.release()
    is_drawn(page, "A boat that is long in coming")
    assert [] == page.evaluate(MOVING)


@pytest.mark.goes_on
def test_what_is_chosen_and_what_has_the_focus_is_seen_in_a_systems_own_colors(page: Page) -> None:
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.emulate_media(forced_colors="active")
    look(page, "/")
    for prompt in ("A red boat", "A blue boat"):
        generate(page, prompt)
        is_drawn(page, prompt)

    now = page.locator("[class*=st-key-frame_now_] img")
    past = page.locator("[class*=st-key-frame_past_] img").first
    expect(now).to_have_css("outline-style", "solid")
    expect(past).to_have_css("outline-style", "none")
    assert ("solid", "none") == tuple(
        outline(page.get_by_role("radio", name=re.compile(f"^{name}$")).first) for name in ("medium", "low")
    )
    page.locator(".st-key-run button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert "solid" == outline(page.locator(".st-key-run button"))
    look(page, "/edit")
    page.get_by_role("button", name="Try with a sample image").click()
    expect(page.locator(".st-key-mask_box .upper-canvas")).to_be_visible(timeout=PATIENCE)
    tools = page.locator(".st-key-mask_tool").get_by_role("radio")
    assert ["solid", *["none"] * 5] == [outline(tool) for tool in tools.all()]


def outline(found: Locator) -> str:
    style: str = found.evaluate("one => getComputedStyle(one).outlineStyle")
    return style
