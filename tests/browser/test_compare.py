"""A comparison in a real browser: drawn with one failing cell, retried alone, looked at, voted on blind, exported."""

import io
import json
import re
import zipfile
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from components.compare.vote import REPEAT, VERDICTS
from tests.browser.drawing import IDLE, PATIENCE, Drawer, download, drawer, metric, shot, until
from tests.browser.parts import Parts

PROMPT = 'A lighthouse at dusk, gouache, "OPEN" above the door'
CELLS = 9
SMALL = [(1280, 720), (390, 844), (320, 640)]
NARROW = 640  # pixels: a window so low has no room for two images


@pytest.fixture(scope="module")
def artist() -> Iterator[Drawer]:
    with drawer() as found:
        found.at(0.1)
        yield found


def pictures(page: Page) -> Locator:
    return page.locator("figure img")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(name))


def side(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()


def drawn(page: Page) -> None:
    """Three models at three qualities, one of which the server's moderation refuses."""
    page.goto("/compare")
    expect(page.locator("figure")).to_have_count(CELLS, timeout=PATIENCE)
    page.get_by_label("Prompt", exact=True).fill(PROMPT)
    compare(page, CELLS)
    expect(pictures(page)).to_have_count(CELLS - 1, timeout=PATIENCE)


def compare(page: Page, count: int) -> None:
    """Click what runs a comparison of so many images."""
    button(page, f"^Compare · {count} images · about").click()


def ready(count: int) -> str:
    """What the page says once so many images are compared."""
    return f"{count} of {count} ready"


def downloaded(page: Page, label: str) -> bytes:
    button(page, "Export").first.click()
    data = download(page, button(page, label).or_(page.get_by_role("link", name=label)))
    page.keyboard.press("Escape")
    return data


def runs_of_the_page(page: Page) -> list[str]:
    """Grows with each run of the whole page, not with those of its parts."""
    runs: list[str] = []

    def heard(frame: bytes | str) -> None:
        message = ForwardMsg.FromString(frame if isinstance(frame, bytes) else frame.encode())
        if message.HasField("new_session") and not message.metadata.run.fragment_ids:
            runs.append(message.new_session.page_script_hash)

    page.on("websocket", lambda socket: socket.on("framereceived", heard))
    return runs


def test_a_comparison_from_the_prompt_to_the_verdict(page: Page, artist: Drawer) -> None:
    artist.forget()
    artist.engine.faults.plan("moderation_input", 1)
    drawn(page)
    failed = page.locator("figure").filter(has=page.locator(".failed"))
    expect(failed).to_have_count(1, timeout=PATIENCE)
    expect(failed).to_contain_text("Change the prompt")

    failed.get_by_role("button", name=re.compile("Run again")).click()
    expect(pictures(page)).to_have_count(CELLS, timeout=PATIENCE)
    assert CELLS + 1 == artist.posts
    expect(metric(page, "Actual cost")).to_have_text("$0.46", timeout=PATIENCE)

    page.locator("figure button.place").first.click()
    large = page.get_by_role("dialog")
    expect(large).to_contain_text("1 of 9", timeout=PATIENCE)
    large.press("Escape")  # a key pressed before the window has the focus goes to the page
    expect(large).to_have_count(0, timeout=PATIENCE)
    ticks = page.locator("figure input[type=checkbox]")
    ticks.nth(0).check()
    expect(page.get_by_text("Select one more image.")).to_be_visible(timeout=PATIENCE)
    ticks.nth(2).check()
    expect(page.get_by_role("slider", name=re.compile("^Divider"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Pixel difference")).to_be_visible(timeout=PATIENCE)

    button(page, "^Vote · 36 pairs").click()
    for turn in range(3):
        expect(page.get_by_text(f"{turn} of 36 pairs voted on")).to_be_visible(timeout=PATIENCE)
        page.wait_for_timeout(1000 * REPEAT + 100)  # what comes sooner is taken for the last one's second click
        page.keyboard.press("1")
    expect(page.get_by_text("3 of 36 pairs voted on")).to_be_visible(timeout=PATIENCE)
    assert "gpt-image" not in page.get_by_test_id("stMain").inner_text()
    side(page, "Results")
    expect(page.get_by_text("few votes")).to_be_visible(timeout=PATIENCE)


def test_a_closed_tab_loses_nothing_all_of_it_is_exported_and_its_headers_stay_in_view(
    page: Page, artist: Drawer
) -> None:
    artist.forget()
    page.goto("/compare")

    expect(pictures(page)).to_have_count(CELLS, timeout=PATIENCE)
    until(page, lambda: pictures(page).first.evaluate("image => image.naturalWidth") > 0)
    sheet = Image.open(io.BytesIO(downloaded(page, "Contact sheet")))
    told = json.loads(downloaded(page, "Everything as JSON"))
    names = zipfile.ZipFile(io.BytesIO(downloaded(page, "Images as ZIP"))).namelist()

    assert 0 == artist.posts
    assert sheet.width > 3 * 256
    assert CELLS == len(told["drawings"])
    assert 3 == len(told["votes"])
    assert CELLS == sum(name.endswith(".png") for name in names)
    headers_stay_in_view(page)


def headers_stay_in_view(page: Page) -> None:
    heads = page.get_by_role("columnheader")
    assert all(cell["width"] >= 260 for figure in page.locator("figure").all() if (cell := figure.bounding_box()))

    pictures(page).last.scroll_into_view_if_needed()

    box, header = heads.first.bounding_box(), page.locator("header").bounding_box()
    assert box
    assert header
    assert header["height"] <= box["y"] + 1 <= header["height"] + 40
    expect(heads.first).to_be_in_viewport()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        shot(page, f"compare-{scheme}")


def test_what_is_to_be_pressed_is_in_view_in_a_small_window(page: Page) -> None:
    page.goto("/compare")
    expect(pictures(page)).to_have_count(CELLS, timeout=PATIENCE)
    for width, height in SMALL:
        page.set_viewport_size({"width": width, "height": height})
        for name in ("Images", "Vote", "Results"):
            expect(page.get_by_role("radio", name=name)).to_be_in_viewport(ratio=1)
        side(page, "Vote")
        for verdict, *_ in VERDICTS:
            expect(page.locator(f".st-key-vote_{verdict} button")).to_be_in_viewport(ratio=1)
        if height > NARROW:
            for name in ("Image A", "Image B"):
                expect(page.get_by_role("img", name=name)).to_be_in_viewport(ratio=1)
        side(page, "Images")

    button(page, "^New$").click()
    expect(page.get_by_text("This is the plan.")).to_be_attached(timeout=PATIENCE)
    for width, height in SMALL:
        page.set_viewport_size({"width": width, "height": height})
        page.get_by_label("Prompt", exact=True).scroll_into_view_if_needed()
        run = button(page, "^Compare · 9 images · about")
        expect(run).to_be_in_viewport(ratio=1)  # however long the form above it is
        assert page.get_by_test_id("stMain").evaluate("one => one.scrollWidth - one.clientWidth") <= 0


def test_what_is_compared_stays_though_the_form_comes_again_before_the_page_has_heard_that_it_went(page: Page) -> None:
    parts = Parts(page, every=True)
    page.goto("/compare")
    expect(pictures(page)).to_have_count(CELLS, timeout=PATIENCE)
    expect(page.locator(".st-key-frame_heard_box input")).to_be_attached()
    expect(page.locator(IDLE)).to_be_attached()
    parts.cover_ears()
    side(page, "Vote")  # where there is no form
    until(page, lambda: parts.has_ended(b"-vote_"))
    side(page, "Images")
    until(page, lambda: parts.has_ended(b"-compare_vary"))

    parts.hear_a_run(b"-vote_")
    expect(page.get_by_text("Prompt and what to compare")).to_have_count(0)
    parts.uncover_ears()
    button(page, "^New$").click()

    expect(button(page, "^Compare · 9 images · about")).to_be_visible(timeout=PATIENCE)


def test_the_whole_page_is_not_drawn_again_with_every_picture_that_comes(page: Page, artist: Drawer) -> None:
    artist.forget()
    runs = runs_of_the_page(page)
    page.goto("/compare")
    expect(pictures(page)).to_have_count(CELLS, timeout=PATIENCE)
    button(page, "^New$").click()
    page.get_by_label("Prompt", exact=True).fill("A teapot")
    page.get_by_label("Prompt", exact=True).blur()
    artist.hold(whole=CELLS // 2)
    compare(page, CELLS)
    expect(button(page, "^Cancel$")).to_be_visible(timeout=PATIENCE)
    before = len(runs)

    expect(pictures(page)).to_have_count(CELLS // 2, timeout=PATIENCE)
    assert before == len(runs)
    table = page.get_by_role("region", name="Images compared").element_handle()
    artist.release()
    expect(page.get_by_text(ready(CELLS))).to_be_visible(timeout=PATIENCE)
    assert table
    assert table.evaluate("table => table.isConnected")  # or it would be scrolled back, and flicker
