"""Every page as assistive technology finds it, light and dark, empty and filled, and by the keyboard alone."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.drawing import IDLE, PATIENCE, Drawer, generate, is_drawn
from tests.browser.menu import GROUPS, WORK, follow

# At several looks in a row nothing runs and nothing is old: a page that changes its scheme is run once more, and what
# it had is pale meanwhile. What moves is brought to its end: one in a page that draws no frame comes to none.
AT_REST = f"""(looks) => {{
    const ends = (one) => one.effect.getComputedTiming().endTime !== Infinity
    document.getAnimations().filter(ends).forEach((one) => one.finish())
    const rests = document.querySelector('{IDLE}') && !document.querySelector('[data-stale="true"]')
    window.looks = rests ? window.looks + 1 : 0
    return window.looks > looks
}}"""
OLD = "[data-stale], .stExpander details, .stExpander summary, [role=tablist], [role=tab]"  # what may be pale
FOLDED = "[data-testid=stExpander] details:not([open])"
FEW, MANY = 3, 20  # looks, at a page that is drawn, and at one that changes its scheme
IS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))"
PAGES = {"Generate": "/", **{name: f"/{name.lower()}" for name in (*WORK[1:], *sum(GROUPS.values(), ()))}}
PROMPT = "A lighthouse at dusk"
CELLS = 9
MOST_TABS = 80
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}  # a small phone, and what zoom 200 % leaves of 640
TALL = {"width": 1440, "height": 2400}  # axe sees no contrast of what is scrolled out of view
# "moderate" by axe, and part of what is promised all the same
ALSO = {"heading-order", "page-has-heading-one", "empty-heading"}
AXE = Axe()


@pytest.fixture(scope="module")
def more() -> dict[str, str]:
    return {"TRIPTYCH_BUDGET_DAY": "5"}


def look(page: Page, name: str) -> None:
    """Go to a page and wait until nothing comes any more; what a later run draws again does not fade meanwhile.

    From another page it goes by the menu, so that what checks it is compiled once.
    """
    if page.get_by_test_id("stApp").count():
        follow(page, name)
    else:
        page.goto(PAGES[name])
        page.add_style_tag(content=f"{OLD} {{ opacity: 1 !important; transition: none !important }}")
    expect(page.get_by_role("heading", level=1)).to_have_text([name], timeout=PATIENCE)
    expect(page.locator(".st-key-frame_foot")).to_be_attached(timeout=PATIENCE)
    expect(page.locator(IDLE)).to_be_attached(timeout=PATIENCE)


def faults(page: Page) -> list[str]:
    """What axe finds wrong and where: all in the scheme that the page has, and in the other what depends on colors."""
    rest(page, FEW)
    found = [*_violations(page)]
    wear(page, "light" if page.evaluate(IS_DARK) else "dark")
    return [*found, *_violations(page, "color-contrast", "link-in-text-block")]


def _violations(page: Page, *rules: str) -> Iterator[str]:
    """Of these rules or of all."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    for one in page.evaluate("options => axe.run(options).then(found => found.violations)", options):
        if one["impact"] in {"serious", "critical"} or one["id"] in ALSO:
            yield from (f"{one['id']}: {node['html'][:300]} ({node['failureSummary']})" for node in one["nodes"])


def wear(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Have the page in that scheme, and every color at its end."""
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
    rest(page, MANY)


def rest(page: Page, looks: int) -> None:
    """Wait until at so many looks nothing runs, nothing is old and nothing moves."""
    page.evaluate("window.looks = 0")
    page.wait_for_function(AT_REST, arg=looks, polling=20, timeout=PATIENCE)


def are_sound(found: dict[str, list[str]]) -> None:
    """Assert that nothing was found, and say of every page what was."""
    wrong = [f"{name}: {fault}" for name, faults in found.items() for fault in faults]
    assert not wrong, "\n".join(wrong)


def test_every_empty_page_is_sound_and_named_and_fits_the_narrowest_window(page: Page) -> None:
    found = {}
    for name in (each for each in PAGES if each != "Models"):  # an image of its history is all that it has more
        page.set_viewport_size(TALL)  # type: ignore[arg-type]
        look(page, name)
        expect(page).to_have_title(f"{name} · Triptych")
        if name == "Settings":
            unfold(page)
        found[name] = [*faults(page), *too_wide(page)]

    are_sound(found)


def unfold(page: Page) -> None:
    """Open all that is folded."""
    page.get_by_test_id("stExpander").locator("summary").evaluate_all("every => every.forEach((one) => one.click())")
    expect(page.locator(FOLDED)).to_have_count(0, timeout=PATIENCE)
    expect(page.locator(IDLE)).to_be_attached(timeout=PATIENCE)


def too_wide(page: Page) -> Iterator[str]:
    """Where the page is wider than a phone and the narrowest window."""
    for size in (PHONE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_function(DRAWN)
        main = page.get_by_test_id("stMain").evaluate("one => one.scrollWidth - one.clientWidth")
        over = max(main, page.evaluate("document.documentElement.scrollWidth") - size["width"])
        if over > 0:
            yield f"{over} px wider than {size['width']}"


def reach(page: Page, name: str) -> None:
    """Press Tab until what has the focus is named so."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        named = page.evaluate(
            "() => document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || ''"
        )
        if re.match(rf"([a-z_]+\s+)?{name}", named.strip()):  # an icon is a word before the name
            return
    raise AssertionError(f"Tab does not reach {name}")


def test_a_comparison_is_made_and_voted_on_by_the_keyboard_alone(page: Page) -> None:
    look(page, "Compare")
    reach(page, "Prompt$")
    page.keyboard.type(PROMPT)
    reach(page, "Compare · 9 images")
    page.keyboard.press("Enter")
    expect(page.locator("figure img")).to_have_count(CELLS, timeout=PATIENCE)
    expect(page.get_by_role("button", name="Vote · 36 pairs")).to_be_visible(timeout=PATIENCE)

    reach(page, "Vote · 36 pairs")
    page.keyboard.press("Enter")
    expect(page.get_by_alt_text("Image B")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("0 of 36 pairs voted on")).to_be_visible(timeout=PATIENCE)  # after what the keys press
    expect(page.locator(IDLE)).to_be_attached(timeout=PATIENCE)
    page.keyboard.press("1")

    expect(page.get_by_text("1 of 36 pairs voted on")).to_be_visible(timeout=PATIENCE)


@pytest.fixture(scope="module")
def failed(window: BrowserContext, artist: Drawer) -> None:
    """Beside the comparison of the test before, a run that failed."""
    page = window.new_page()
    artist.engine.faults.plan("moderation_input", 1)
    look(page, "Generate")
    generate(page, "Something that is refused")
    expect(page.get_by_role("alert")).to_be_visible(timeout=PATIENCE)
    page.close()


def two_rows(page: Page) -> None:
    """Run a batch of them."""
    look(page, "Batch")
    prompts = page.get_by_label("Prompts", exact=True)
    prompts.fill(f"{PROMPT}\n{PROMPT}, at night")
    prompts.press("Control+Enter")
    page.get_by_role("button", name=re.compile("^Run batch · 2 rows")).click()
    expect(page.get_by_text("2 of 2 done")).to_be_visible(timeout=PATIENCE)


@pytest.mark.usefixtures("failed")
def test_every_filled_page_is_sound(page: Page) -> None:
    found = {}
    look(page, "Generate")
    generate(page, PROMPT)
    is_drawn(page, PROMPT)
    found["Generate"] = faults(page)

    look(page, "Edit")
    page.get_by_role("button", name=re.compile("^Try with a sample")).click()
    expect(page.locator(".st-key-mask_box .upper-canvas")).to_be_visible(timeout=PATIENCE)
    found["Edit"] = faults(page)

    look(page, "Converse")
    message = page.get_by_test_id("stChatInputTextArea")
    message.fill(PROMPT)
    message.press("Enter")
    is_drawn(page, PROMPT)
    found["Converse"] = faults(page)

    two_rows(page)
    found["Batch"] = faults(page)

    page.set_viewport_size(TALL)  # type: ignore[arg-type]
    for name in ("Compare", "Spending", "Models", "History"):
        look(page, name)
        expect(page.locator("figure img, .stImage img, canvas, table").first).to_be_visible(timeout=PATIENCE)
        if name == "Models":
            unfold(page)
        found[name] = faults(page)
        if name == "Models":
            found[name].extend(too_wide(page))
            page.set_viewport_size(TALL)  # type: ignore[arg-type]

    page.locator("[class*=st-key-tile_] [class*=st-key-open_] button").last.click()
    expect(page.get_by_role("dialog").get_by_role("table")).to_be_visible(timeout=PATIENCE)
    found["An image of the history"] = faults(page)

    are_sound(found)
