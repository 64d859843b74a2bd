"""Ways to look at two and more pictures, in a real browser behind the real server: what is seen, to the pixel."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, expect

from tests.browser.drawing import until
from tests.browser.fingers import Fingers
from tests.serving import ROOT, playground

RED, GREEN, BLUE, BLACK, MAGENTA = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0), (255, 0, 255)
DIM = (13, 13, 13)  # blue without its colour, so that the map is all that has one
NEAR = 3  # of 255: small copies are JPEG
Point = tuple[float, float]  # of the frame: parts of its width and height


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The playground with one page of straw, which has nothing but pictures to look at."""
    house = tmp_path_factory.mktemp("looking") / "house"
    for folder in ("triptych", "components", ".streamlit"):
        shutil.copytree(ROOT / folder, house / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(Path(__file__).parent / "looking", house, dirs_exist_ok=True)
    for name in ("app.py", "server.py", "icon.svg"):
        shutil.copy(ROOT / name, house)
    with playground(house.parent, root=house) as address:
        yield address


@pytest.fixture(scope="module")
def window(browser: Browser, looking: str) -> Iterator[BrowserContext]:
    """A window with a touch screen, whose visitor wants no motion."""
    size = {"width": 1440, "height": 1400}
    context = browser.new_context(base_url=looking, viewport=size, has_touch=True, reduced_motion="reduce")  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A tab on that page, which remembers nothing of those before; the browser may complain of nothing."""
    complaints: list[str] = []

    def told(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def broken(error: Error) -> None:
        complaints.append(str(error))

    page.on("console", told)
    page.on("pageerror", broken)
    page.goto("/")
    expect(pair(page).locator("img.after")).to_have_js_property("complete", True)
    expect(divider(page)).to_have_attribute("aria-valuenow", "50")
    yield page
    assert [] == complaints
    page.remove_listener("console", told)
    page.remove_listener("pageerror", broken)
    page.evaluate("localStorage.clear()")


def pair(page: Page) -> Locator:
    return page.locator(".st-key-pair")


def divider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Divider between “Before” and “After”")


def press(page: Page, name: str, place: str = "pair") -> None:
    page.locator(f".st-key-{place} fieldset").get_by_text(name, exact=True).click()


def box(page: Page, of: str = ".frame") -> tuple[float, float, float, float]:
    found = pair(page).locator(of).bounding_box()
    assert found
    return found["x"], found["y"], found["width"], found["height"]


def colour(page: Page, across: float, down: float) -> tuple[int, int, int]:
    """What stands at that part of the frame."""
    x, y, width, height = box(page)
    clip = {"x": x + across * width, "y": y + down * height, "width": 1, "height": 1}
    shot = Image.open(io.BytesIO(page.screenshot(clip=clip)))  # type: ignore[arg-type]
    red, green, blue = shot.convert("RGB").getpixel((0, 0))  # type: ignore[misc]
    return red, green, blue


def is_at(page: Page, across: float, down: float, expected: tuple[int, int, int]) -> None:
    __tracebackhide__ = True
    page.wait_for_function(
        "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(1))))"
    )
    # A small copy may still stand where the picture's own pixels are on their way.
    until(page, lambda: max(abs(a - b) for a, b in zip(colour(page, across, down), expected, strict=True)) <= NEAR)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    x, y, width, height = box(page)
    page.mouse.move(x + start[0] * width, y + start[1] * height)
    page.mouse.down()
    page.mouse.move(x + end[0] * width, y + end[1] * height, steps=4)
    page.mouse.up()


def test_the_divider_goes_where_mouse_finger_and_keys_send_it_and_holding_o_shows_the_first_image(page: Page) -> None:
    is_at(page, 0.6, 0.75, BLUE)  # the edit, right of the divider
    page.keyboard.down("o")
    is_at(page, 0.6, 0.75, RED)
    page.keyboard.up("o")
    is_at(page, 0.6, 0.75, BLUE)

    drag(page, (0.5, 0.5), (0.8, 0.5))
    expect(divider(page)).to_have_attribute("aria-valuenow", "80")
    is_at(page, 0.6, 0.75, RED)  # the same place, now left of it
    is_at(page, 0.9, 0.75, BLUE)

    x, y, width, height = box(page)
    page.touchscreen.tap(x + 0.3 * width, y + 0.2 * height)
    expect(divider(page)).to_have_attribute("aria-valuenow", "30")

    divider(page).press("ArrowRight")
    expect(divider(page)).to_have_attribute("aria-valuenow", "32")
    divider(page).press("PageUp")
    expect(divider(page)).to_have_attribute("aria-valuetext", "52 % “Before”")
    divider(page).press("End")
    expect(divider(page)).to_have_attribute("aria-valuenow", "100")
    is_at(page, 0.9, 0.75, RED)


def test_flicker_shows_the_one_or_the_other_in_the_same_place(page: Page) -> None:
    press(page, "Flicker")
    names = pair(page).locator(".name:visible")
    expect(names).to_have_text(["After"])  # who wants no motion gets none before asking for it
    is_at(page, 0.25, 0.75, RED)
    is_at(page, 0.75, 0.75, BLUE)

    hold = page.get_by_role("button", name="Hold to see “Before”")
    hold.focus()
    page.keyboard.down("Space")
    expect(names).to_have_text(["Before"])
    is_at(page, 0.75, 0.75, RED)
    page.keyboard.up("Space")
    expect(names).to_have_text(["After"])

    page.get_by_role("button", name="Play").click()
    expect(names).to_have_text(["Before"])
    expect(names).to_have_text(["After"])
    page.get_by_role("button", name="Pause").click()


def test_a_heat_map_is_laid_over_what_is_seen_and_a_difference_is_of_the_pictures_own_pixels(page: Page) -> None:
    shown = page.get_by_role("checkbox", name="Heat map")
    is_at(page, 0.25, 0.25, RED)

    shown.check()

    expect(page.get_by_alt_text("a map")).to_have_js_property("naturalWidth", 1536)
    is_at(page, 0.25, 0.25, GREEN)
    is_at(page, 0.75, 0.75, DIM)
    press(page, "Difference")
    expect(shown).to_be_hidden()
    for name in ("before", "after"):
        expect(pair(page).locator(f"img.{name}")).to_have_js_property("naturalWidth", 1536)
    is_at(page, 0.25, 0.25, BLACK)
    is_at(page, 0.75, 0.75, MAGENTA)


def test_nothing_moves_whatever_is_chosen_and_a_zoomed_picture_can_be_dragged(page: Page) -> None:
    before = (box(page), page.get_by_role("button", name="Again").bounding_box())
    assert 1024 == pair(page).locator("img.after").evaluate("image => image.naturalWidth")

    for mode in ("Flicker", "Difference", "Slider"):
        for zoom in ("100 %", "200 %", "Fit"):
            press(page, mode)
            press(page, zoom)
            assert before == (box(page), page.get_by_role("button", name="Again").bounding_box())
    press(page, "100 %")
    expect(pair(page).locator("img.after")).to_have_js_property("naturalWidth", 1536)
    _, _, width, height = box(page, ".plane")
    assert (1536, 1024) == (width, height)

    scroller = pair(page).locator(".box")
    here = scroller.evaluate("box => [box.scrollLeft, box.scrollTop]")
    drag(page, (0.2, 0.5), (0.1, 0.4))

    moved = scroller.evaluate("box => [box.scrollLeft, box.scrollTop]")
    assert moved[0] > here[0] + 40
    assert moved[1] > here[1] + 20
    expect(divider(page)).to_have_attribute("aria-valuenow", "50")
    is_at(page, 0.48, 0.9, RED)
    is_at(page, 0.52, 0.9, BLUE)


def test_wheel_and_two_fingers_zoom_both_images_where_they_point_and_leave_the_divider(page: Page) -> None:
    x, y, width, height = box(page)
    at = (x + 0.75 * width, y + 0.25 * height)
    page.mouse.move(*at)
    page.mouse.wheel(0, -40)  # without Ctrl it scrolls the page
    expect(pair(page).get_by_role("radio", name="Fit")).to_be_checked()

    page.keyboard.down("Control")
    for _ in range(5):
        page.mouse.wheel(0, -120)
    page.keyboard.up("Control")

    until(page, lambda: box(page, ".plane")[2] > 2 * width)
    left, top, wide, high = box(page, ".plane")
    assert (0.75, 0.25) == pytest.approx(((at[0] - left) / wide, (at[1] - top) / high), abs=0.01)
    assert box(page, "img.before") == pytest.approx((left, top, wide, high), abs=1)
    assert (x, y, width, height) == box(page)

    press(page, "Fit")
    pinch(page, ((0.6, 0.5), (0.8, 0.5)), ((0.4, 0.5), (1.0, 0.5)))
    until(page, lambda: box(page, ".plane")[2] > 2 * width)
    expect(divider(page)).to_have_attribute("aria-valuenow", "50")


def pinch(page: Page, start: tuple[Point, Point], end: tuple[Point, Point]) -> None:
    """Two fingers, one after the other, go from the one pair of places in the frame to the other."""
    x, y, width, height = box(page)
    fingers = Fingers(page)
    first, second = ([(x + across * width, y + down * height) for across, down in pair] for pair in (start, end))
    fingers.do("touchStart", first[0])
    fingers.do("touchStart", *first)
    for part in (0.1, 1):  # the first of the moves is what the others are measured by
        between = [(a + part * (c - a), b + part * (d - b)) for (a, b), (c, d) in zip(first, second, strict=True)]
        fingers.do("touchMove", *between)
    fingers.do("touchEnd")


def test_a_run_of_the_page_leaves_the_view_as_it_is_and_the_next_visit_begins_so(page: Page) -> None:
    press(page, "100 %")
    divider(page).press("PageUp")
    expect(pair(page).locator("img.after")).to_have_js_property("naturalWidth", 1536)
    source = pair(page).locator("img.after").get_attribute("src")

    page.get_by_role("button", name="Again").click()

    expect(page.get_by_text("Run 2")).to_be_visible()
    expect(divider(page)).to_have_attribute("aria-valuenow", "70")
    expect(pair(page).locator("img.after")).to_have_attribute("src", str(source))
    press(page, "Flicker")

    page.reload()

    expect(pair(page).locator("img.after")).to_have_js_property("naturalWidth", 1536)
    expect(page.locator(".st-key-row img").first).to_have_js_property("naturalWidth", 2048)  # asked for as well
    expect(pair(page).get_by_role("radio", name="Flicker")).to_be_checked()
    expect(page.locator(".st-key-row").get_by_role("radio", name="100 %")).to_be_checked()


def test_a_row_of_pictures_moves_as_one_and_says_what_sets_each_apart(page: Page) -> None:
    row = page.locator(".st-key-row")
    expect(row.locator("figure")).to_have_count(4)
    heights = {one.bounding_box()["height"] for one in row.locator(".box").all()}  # type: ignore[index]
    assert 1 == len(heights)
    expect(row.locator("dd.differs")).to_have_text(["low", "medium", "high", "max"])
    expect(row.get_by_alt_text("wall low")).to_be_visible()

    press(page, "200 %", "row")
    for one in row.locator("img").all():
        expect(one).to_have_js_property("naturalWidth", 2048)
    row.locator(".box").nth(1).evaluate("box => box.scrollTo(1000, 300)")

    for one in row.locator(".box").all():
        expect(one).to_have_js_property("scrollLeft", 1000)
        expect(one).to_have_js_property("scrollTop", 300)
