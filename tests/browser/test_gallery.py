"""Pictures in a real browser: none moves when it comes, and what is downloaded or copied is what was drawn."""

import hashlib
import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.drawing import PATIENCE, Drawer, picture, until, visit


@pytest.fixture(autouse=True)
def held(artist: Drawer) -> Iterator[None]:
    """The engine of these tests answers nothing before `done`."""
    artist.forget()
    artist.hold()
    yield
    artist.release()


@pytest.fixture(autouse=True)
def clipboard(window: BrowserContext, address: str) -> Iterator[None]:
    """Every tab may use the clipboard, until its test forbids it."""
    window.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    yield
    window.clear_permissions()


def draw(page: Page, prompt: str, n: int = 1, **choices: str) -> None:
    visit(page)
    for name, choice in choices.items():
        page.locator(f".st-key-{name}").get_by_text(choice, exact=True).click()
    for key in ("Home", *["ArrowRight"] * (n - 1)):
        page.locator(".st-key-n").get_by_role("slider").press(key)
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.locator(".st-key-run button").click()
    expect(page.get_by_label("Cancel").or_(page.locator(".st-key-cancel"))).to_be_visible()


def done(page: Page, artist: Drawer) -> None:
    artist.release()
    expect(page.locator(".st-key-cancel")).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_text(re.compile(r"(Generated|images) in [\d.]+ s"))).to_be_visible(timeout=PATIENCE)


def pictures(page: Page) -> Locator:
    return page.get_by_test_id("stImage").locator("img")


def watch(page: Page, alt: str = "") -> None:
    """Keep, from now on, every different arrangement of the pictures with ``alt`` in their text that a frame shows.

    What moves may do so.
    """
    page.emulate_media(reduced_motion="no-preference")
    page.evaluate(
        """alt => {
            window.arrangements = new Set()
            const look = () => {
                const all = [...document.querySelectorAll('[data-testid=stImage] img')]
                const images = all.filter(one => one.alt.includes(alt))
                window.arrangements.add(JSON.stringify(images.map(one => one.getBoundingClientRect())))
                requestAnimationFrame(look)
            }
            look()
        }""",
        alt,
    )


def arrangements(page: Page) -> list[list[dict[str, float]]]:
    """What `watch` kept."""
    return [json.loads(one) for one in page.evaluate("[...window.arrangements]")]


def press(page: Page, name: str, number: int = 0) -> None:
    page.locator(f"[class*=st-key-{name}_] button:visible").nth(number).click()


def test_no_picture_moves_when_it_comes(page: Page, artist: Drawer) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})  # where their places are wider than they may be high
    draw(page, "A lighthouse at dusk", n=4)
    expect(page.locator("[class*=st-key-slots_] img")).to_have_count(4)
    expect(pictures(page)).to_have_count(4)  # and no sample of the empty page is left
    watch(page)

    done(page, artist)

    expect(pictures(page).first).to_have_js_property("naturalWidth", 1024)
    seen, *moved = arrangements(page)
    assert ([], 4) == (moved, len(seen)), seen
    assert all(box["width"] == pytest.approx(box["height"], abs=0.5) for box in seen), seen  # and is all of its box


@pytest.mark.parametrize("size", ["1536x1024", pytest.param("1024x1024", marks=pytest.mark.trust)])
def test_an_image_that_comes_at_once_is_shown_once_and_in_its_place_from_the_first(
    page: Page, artist: Drawer, size: str
) -> None:
    artist.release()
    prompt = f"A lighthouse at noon, {size}"
    page.goto("/")
    page.locator(".st-key-size").get_by_role("combobox").click()
    page.get_by_role("option", name=size, exact=True).click()
    page.get_by_label("Prompt", exact=True).fill(prompt)
    watch(page, prompt)

    page.locator(".st-key-run button").click()

    expect(picture(page, prompt)).to_have_js_property("naturalWidth", 1024)
    done(page, artist)
    seen = arrangements(page)
    assert [] in seen
    assert 1 == max(map(len, seen))
    boxes = {tuple(round(box[side]) for side in ("x", "y", "width", "height")) for each in seen for box in each}
    assert 1 == len({box for box in boxes if all(box[2:])}), boxes  # without any size it is not shown yet


def places(page: Page) -> list[tuple[int, int]]:
    """Where the main button and the estimates beside it stand."""
    row = (page.locator(".st-key-run button"), page.get_by_test_id("stMetric").filter(has_text="Estimated"))
    found = [one.bounding_box() for several in row for one in several.all()]
    return [(round(box["x"]), round(box["y"])) for box in found if box]


@pytest.mark.parametrize("width", [1000, 1440, pytest.param(1120, marks=pytest.mark.trust)])
def test_nothing_beside_the_button_moves_when_a_drawing_begins(page: Page, artist: Drawer, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/")
    page.get_by_label("Prompt", exact=True).fill(f"A boat at {width:,}")
    page.get_by_label("Prompt", exact=True).blur()
    expect(page.get_by_text("15 characters")).to_be_visible()
    before = places(page)

    page.locator(".st-key-run button").click()
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_visible()

    assert 3 == len(before)
    assert before == places(page)
    assert before[1][1] == before[2][1]
    done(page, artist)


@pytest.mark.goes_on
def test_a_download_is_the_engines_bytes_and_brings_its_sidecar(page: Page, artist: Drawer) -> None:
    draw(page, "A red fox in the snow")
    done(page, artist)

    with page.expect_download() as downloaded:
        press(page, "download_tile")
    press(page, "more")
    with page.expect_download() as sidecar:
        page.get_by_role("button", name="Download sidecar").click()

    facts = json.loads(sidecar.value.path().read_text())
    digest = hashlib.sha256(downloaded.value.path().read_bytes()).hexdigest()
    assert facts["sha256"] == digest
    assert f"a-red-fox-in-the-snow-{digest[:8]}.png" == downloaded.value.suggested_filename
    assert f"a-red-fox-in-the-snow-{digest[:8]}.json" == sidecar.value.suggested_filename
    assert "A red fox in the snow" == facts["request"]["prompt"]


KEEP = """button => new MutationObserver(() => (button.saidSo ||= button.innerText.includes("Copied")))
    .observe(button, { subtree: true, childList: true, characterData: true })"""


def copy(page: Page, name: str) -> None:
    """Click what copies, and wait until it has said that it did, which it does for a short while only."""
    button = page.get_by_role("button", name=name).element_handle()
    button.evaluate(KEEP)
    button.click()
    page.wait_for_function("button => button.saidSo", arg=button, timeout=PATIENCE)


@pytest.mark.goes_on
@pytest.mark.parametrize("form", ["png", "svg", pytest.param("jpeg", marks=pytest.mark.trust)])
def test_a_picture_and_its_prompt_can_be_copied(page: Page, artist: Drawer, form: str) -> None:
    draw(page, "A green **avocado**", output_format=form)
    done(page, artist)
    press(page, "more")

    copy(page, "Copy prompt")
    page.wait_for_function("() => navigator.clipboard.readText().then(text => text === 'A green **avocado**')")
    copy(page, "Copy image")

    read = "navigator.clipboard.read().then(items => items[0].getType('image/png')).then(createImageBitmap)"
    page.wait_for_function(f"() => {read}.then(image => image.width === 1024, () => false)")


@pytest.mark.goes_on
def test_a_browser_that_lets_no_page_copy_says_what_to_do(page: Page, artist: Drawer) -> None:
    draw(page, "A red fox", output_format="png")
    done(page, artist)
    refused = "Promise.reject(new DOMException('no', 'NotAllowedError'))"
    page.evaluate(f"() => {{ navigator.clipboard.write = () => {refused} }}")
    press(page, "more")

    page.get_by_role("button", name="Copy image").click()

    expect(page.get_by_text("The browser did not allow it. Download the image instead.")).to_be_visible()


MEDIA = re.compile(r"/media/\w+\.png$")


@pytest.mark.goes_on
def test_the_large_view_shows_the_pictures_own_pixels_and_obeys_the_arrows_and_back(page: Page, artist: Drawer) -> None:
    draw(page, "A small village under the stars", n=2)
    done(page, artist)
    press(page, "enlarge", 0)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1 of 2")).to_be_visible()
    expect(dialog.get_by_role("table")).to_be_visible()

    page.keyboard.press("ArrowRight")

    expect(dialog.get_by_text("2 of 2")).to_be_visible()
    expect(dialog.get_by_alt_text("A small village under the stars")).to_have_js_property("naturalWidth", 1024)
    expect(dialog.get_by_alt_text("A small village under the stars")).to_have_attribute("src", MEDIA)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).not_to_have_url(re.compile("image="))

    picture(page, "A small village under the stars").nth(1).click()
    expect(dialog.get_by_text("2 of 2")).to_be_visible()
    page.go_back()
    expect(dialog).to_have_count(0)


@pytest.mark.goes_on
def test_the_large_view_zooms_where_it_is_pointed_at_and_shows_a_pixel_for_a_pixel(page: Page, artist: Drawer) -> None:
    draw(page, "A barn under the moon")
    done(page, artist)
    press(page, "enlarge")
    image = page.get_by_role("dialog").get_by_alt_text("A barn under the moon")
    expect(image).to_have_attribute("src", MEDIA)
    fitted = rectangle(image)
    assert 0.75 * 900 <= fitted["height"] <= 900 - fitted["y"]
    at = (fitted["x"] + 0.7 * fitted["width"], fitted["y"] + 0.3 * fitted["height"])

    page.mouse.move(*at)
    for _ in range(5):
        page.mouse.wheel(0, -120)

    until(page, lambda: rectangle(image)["width"] > 3 * fitted["width"])
    zoomed = rectangle(image)
    assert 0.7 == pytest.approx((at[0] - zoomed["x"]) / zoomed["width"], abs=0.003)
    assert 0.3 == pytest.approx((at[1] - zoomed["y"]) / zoomed["height"], abs=0.003)

    page.keyboard.press("1")
    expect(page.get_by_role("radio", name="100 %")).to_be_checked()
    assert (1024, 1024) == (rectangle(image)["width"], rectangle(image)["height"])
    page.get_by_role("button", name="Zoom in").dblclick()
    still = rectangle(image)
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] - 60, at[1] - 40, steps=3)
    page.mouse.up()
    until(page, lambda: (still["x"] - 60, still["y"] - 40) == (rectangle(image)["x"], rectangle(image)["y"]))

    page.mouse.dblclick(*at)

    expect(page.get_by_role("radio", name="Fit")).to_be_checked()
    assert fitted == rectangle(image)


def rectangle(image: Locator) -> dict[str, float]:
    """Where all of it stands in the window, as far as it is seen and beyond."""
    found = image.evaluate("one => one.getBoundingClientRect().toJSON()")
    return {name: round(found[name], 2) for name in ("x", "y", "width", "height")}


def test_a_transparent_picture_stands_on_squares_in_any_theme(page: Page, artist: Drawer) -> None:
    draw(page, "A sticker of a lemon", background="transparent")
    done(page, artist)
    expect(picture(page, "A sticker of a lemon")).to_have_js_property("naturalWidth", 1024)

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
        stands_on_squares(page)


def stands_on_squares(page: Page) -> None:
    corner = page.evaluate(
        """async () => {
            const image = document.querySelector('[data-testid=stImage] img')
            const canvas = new OffscreenCanvas(1, 1)
            const pen = canvas.getContext('2d')
            pen.drawImage(image, 4, 4, 1, 1, 0, 0, 1, 1)
            return [...pen.getImageData(0, 0, 1, 1).data]
        }"""
    )

    red, green, blue, alpha = corner
    assert 255 == alpha
    assert max(red, green, blue) - min(red, green, blue) < 8
    assert 150 < red < 230
