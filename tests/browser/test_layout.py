"""The frame and the stage in a real browser: what stands where, how large the picture is, and what the menu has."""

import re

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.drawing import PATIENCE, generate, is_drawn, metric, picture, until, visit
from tests.browser.menu import GROUPS, WORK, header, opened
from tests.serving import ROOT
from triptych.request.link import packed

DESKTOPS = [(1440, 900), (1280, 720)]
PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 720, "height": 450}  # what zoom 200 % leaves of 1440 x 900
LEAST_SHARE = 0.3  # of the viewport, that a square picture takes
MOST_TOOLS = 150  # pixels above the stage, below the header
MOST_LINE, MOST_ON_PHONE = 92, 150  # pixels, of a model: its name with its retirement below; and its prices
NEAR = 100  # pixels between the button and its picture on a phone: one line, which says how the run stands
STYLE = ROOT / "components/frame/style.css"
OF_ITS_OWN_SHAPE = """one => {
    const { width, height } = one.getBoundingClientRect()
    return one.naturalHeight > 0 && Math.abs(one.naturalWidth / one.naturalHeight - width / height) < 0.01
}"""
EDIT = re.compile("^Edit · about")


def look(page: Page, path: str = "/") -> None:
    visit(page, path)
    expect(page.locator(".st-key-frame_foot")).to_be_attached(timeout=PATIENCE)


def place(found: Locator) -> FloatRect:
    box = found.bounding_box()
    assert box
    return box


def is_large_and_whole(page: Page, found: Locator) -> None:
    """Assert that a square picture is wholly in view, and as large as it should be."""
    size, box = page.viewport_size, place(found)
    assert size
    edge = min(box["width"], box["height"])  # what is left of the wider side is empty
    assert edge**2 >= LEAST_SHARE * size["width"] * size["height"], box
    assert box["x"] >= 0, box
    assert box["y"] >= 0, box
    assert box["x"] + edge <= size["width"], box
    assert box["y"] + box["height"] <= size["height"], box


def test_the_first_result_of_generate_is_whole_in_view(page: Page) -> None:
    look(page)
    generate(page, "A lighthouse")
    is_drawn(page, "A lighthouse")
    expect(metric(page, "Actual cost")).to_be_attached()

    for width, height in DESKTOPS:
        page.set_viewport_size({"width": width, "height": height})
        settled(picture(page, "A lighthouse"))
        is_large_and_whole(page, picture(page, "A lighthouse"))
        expect(page.locator(".st-key-generate_stage").get_by_role("button", name="Download")).to_be_in_viewport(ratio=1)
        button, stage = place(page.locator(".st-key-run button")), place(page.locator(".st-key-generate_stage"))
        assert button["x"] + button["width"] <= stage["x"]


@pytest.mark.goes_on
def test_the_menu_has_the_work_first_and_the_rest_in_two_groups(page: Page) -> None:
    look(page)

    expect(header(page).get_by_role("link")).to_have_text([re.compile(f"{name}$") for name in WORK])
    for group, names in GROUPS.items():
        expect(opened(page, group)).to_have_text([re.compile(f"{name}$") for name in names])
        page.keyboard.press("Escape")


@pytest.mark.goes_on
def test_the_stylesheet_is_applied(page: Page) -> None:
    look(page)

    for name in set(re.findall(r'data-testid="(\w+)"', STYLE.read_text("utf-8"))):
        expect(page.get_by_test_id(name).first, "Streamlit calls it otherwise now").to_be_attached()
    ground = "(one) => getComputedStyle(one).backgroundColor"
    foot = page.locator("div:has(> .st-key-frame_foot)")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
        expect(page.locator(":root"), "a dialog is to be as dark as the page").to_have_css("color-scheme", scheme)
        assert page.get_by_test_id("stSidebar").evaluate(ground) == foot.evaluate(ground)
    expect(foot).to_have_css("position", "sticky")
    expect(foot.get_by_test_id("stMetricValue")).to_have_css("font-size", "14px")
    expect(page.get_by_test_id("stMainBlockContainer")).to_have_css("padding-left", "32px")
    heading = page.locator("div:has(> .st-key-page_title)")
    expect(heading).to_have_css("position", "absolute")
    assert 1 == place(heading)["height"]


def test_an_edit_has_its_picture_and_then_its_result_on_the_stage(page: Page) -> None:
    look(page, "/edit")
    page.get_by_role("button", name="Try with a sample image").click()
    canvas = page.locator(".st-key-mask_box .upper-canvas")
    expect(canvas).to_be_visible(timeout=PATIENCE)
    for width, height in DESKTOPS:
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(".st-key-mask_box[data-zoom]")).to_be_attached()
        expect(canvas).to_have_js_property("isConnected", True)
        settled(canvas)
        is_large_and_whole(page, canvas)
        assert place(canvas)["y"] - place(header(page))["height"] <= MOST_TOOLS
    first = place(canvas)

    page.get_by_role("button", name=EDIT).click()

    result = page.locator(".st-key-edit_stage .frame .box")
    expect(result).to_be_visible(timeout=PATIENCE)
    for width, height in DESKTOPS:
        page.set_viewport_size({"width": width, "height": height})
        settled(result)
        is_large_and_whole(page, result)
    assert max(abs(place(result)[edge] - first[edge]) for edge in ("x", "y")) <= 1  # where the canvas was
    page.get_by_role("radio", name="Paint", exact=True).click()
    expect(canvas).to_be_visible(timeout=PATIENCE)
    settled(canvas)
    is_large_and_whole(page, canvas)


def settled(found: Locator) -> None:
    """Wait until it has stood still for a while: the canvas takes its room once the page is laid out."""
    one = found.element_handle()
    one.evaluate("(one) => { one.still = 0 }")
    found.page.wait_for_function(
        """(one) => {
            const now = JSON.stringify(one.getBoundingClientRect())
            one.still = now === one.place ? one.still + 1 : 0
            one.place = now
            return one.still > 30
        }""",
        arg=one,
        polling="raf",
    )


def test_on_a_phone_or_zoomed_the_picture_stands_right_under_the_button(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    look(page)
    generate(page, "A boat on a phone")
    is_drawn(page, "A boat on a phone")

    for size in (PHONE, ZOOMED):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        settled(picture(page, "A boat on a phone"))
        button, shown = place(page.locator(".st-key-run button")), place(picture(page, "A boat on a phone"))
        assert 0 <= shown["y"] - button["y"] - button["height"] <= NEAR
        assert shown["y"] + shown["height"] <= place(metric(page, "Estimated cost"))["y"]
        assert shown["width"] >= min(size["width"] - 40, size["height"] * 0.6)


def test_models_are_one_table_and_on_a_phone_two_lines_each(page: Page) -> None:
    look(page, "/models")
    head, lines = page.locator(".st-key-models_head"), page.locator("[class*=st-key-model_]")
    expect(lines.first).to_be_visible(timeout=PATIENCE)
    for quality in ("low", "medium", "high"):
        expect(head.get_by_text(quality, exact=True)).to_be_visible()
        label = page.locator(f"[class*=st-key-price_{quality}_] > div").first  # heard, not seen
        until(page, lambda label=label: place(label)["height"] <= 1)  # type: ignore[misc]
    assert max(place(line)["height"] for line in lines.all()) <= MOST_LINE
    low = page.locator("[class*=st-key-price_low_]").first
    assert abs(place(low)["x"] - place(head.get_by_text("low"))["x"]) <= 1

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(head).to_be_hidden()
    expect(lines.first.get_by_text("low", exact=True)).to_be_visible()
    assert place(lines.nth(1))["height"] <= MOST_ON_PHONE


def test_on_a_phone_the_menu_is_in_the_sidebar(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    look(page)

    page.get_by_test_id("stExpandSidebarButton").click()

    links = page.get_by_test_id("stSidebarNav").get_by_role("link")
    expect(links).to_have_text([re.compile(f"{name}$") for name in (*WORK, *sum(GROUPS.values(), ()))])


def test_the_stylesheet_names_what_is_there() -> None:
    """Every class in it is of a key that some widget or container has."""
    places = (ROOT / "pages", ROOT / "components")
    source = "".join(path.read_text("utf-8") for folder in places for path in folder.rglob("*.py"))
    named = set(re.findall(r"st-key-(\w+?)_?(?:\d_)?(?=\W)", STYLE.read_text("utf-8")))

    assert [] == sorted(name for name in named if f'"{name}' not in source)


@pytest.mark.parametrize("size", ["auto", "1600x1024"])
def test_an_image_of_any_shape_has_its_own_width_and_four_round_corners(page: Page, size: str) -> None:
    asked = {"model": "gpt-image-2.6-flare", "prompt": "A fox of any shape", "size": size, "n": 2}
    page.goto(f"/?settings={packed(asked)}")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A fox of any shape", timeout=PATIENCE)
    page.locator(".st-key-run button").click()
    both = picture(page, "A fox of any shape")
    expect(both).to_have_count(2, timeout=PATIENCE)
    image = both.last
    expect(image).to_have_js_property("naturalWidth", 1024, timeout=PATIENCE)

    until(page, lambda: image.evaluate(OF_ITS_OWN_SHAPE))
    expect(image).to_have_css("border-radius", "8px")
