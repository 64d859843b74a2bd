"""A batch in a real browser: prompts pasted, run, paused, resumed, retried, downloaded; photos; and at half price."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.drawing import PATIENCE, Drawer, download, metric, shot, until, visit
from triptych.engine import batches
from triptych.engine.artist import Order, paint

PROMPTS = [
    f"A {colour} {thing}" for colour in ("red", "blue", "green") for thing in ("square", "circle", "fox", "boat")
]


@pytest.fixture(scope="module")
def more() -> dict[str, str]:
    return {"TRIPTYCH_MAX_CONCURRENCY": "3"}


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(name))


def downloaded(page: Page, label: str) -> bytes:
    button(page, "Download").first.click()
    data = download(page, button(page, label).or_(page.get_by_role("link", name=label)))
    page.keyboard.press("Escape")
    return data


def test_a_new_batch_says_which_files_it_takes_and_keeps_its_button_in_view(page: Page) -> None:
    page.goto("/batch")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for kinds in ("XLSX", "ZIP"):
            told = page.locator(".stFileUploader").get_by_text(kinds)
            expect(told).to_be_visible(timeout=PATIENCE)
            assert told.evaluate("one => one.scrollWidth <= one.clientWidth")  # it is not cut
        expect(button(page, "^Run batch$")).to_be_in_viewport(ratio=1)


@pytest.mark.goes_on
def test_prompts_are_pasted_run_paused_resumed_and_one_fault_is_retried(page: Page, artist: Drawer) -> None:
    artist.forget()
    artist.hold()
    visit(page, "/batch")
    box = page.get_by_label("Prompts", exact=True)
    box.fill("\n".join(PROMPTS))
    box.press("Control+Enter")
    expect(button(page, "^Run batch · 12 rows · about")).to_be_visible(timeout=PATIENCE)
    shot(page, "batch-preview")

    button(page, "^Run batch · 12 rows").click()
    expect(button(page, "^Pause$")).to_be_visible(timeout=PATIENCE)
    until(page, lambda: artist.posts == 3)
    shot(page, "batch-running")
    button(page, "^Pause$").click()
    expect(page.get_by_text("pausing")).to_be_visible(timeout=PATIENCE)
    artist.release()
    expect(button(page, "^Resume · 9 not sent")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("3 of 12 done · 9 paused")).to_be_visible()
    assert 3 == artist.posts

    artist.engine.faults.plan("moderation_input", 1)
    button(page, "^Resume").click()
    expect(button(page, "^Retry 1 failed")).to_be_visible(timeout=PATIENCE)
    shot(page, "batch-failed")
    assert 12 == artist.posts
    button(page, "^Retry 1 failed").click()
    expect(page.get_by_text("12 of 12 done")).to_be_visible(timeout=PATIENCE)
    assert 13 == artist.posts
    expect(metric(page, "Actual cost")).to_be_visible()
    shot(page, "batch-done", whole=True)


def test_a_reload_loses_nothing_and_all_of_it_is_downloaded(page: Page, artist: Drawer) -> None:
    before = artist.posts
    page.goto("/batch")
    expect(page.get_by_text("12 of 12 done")).to_be_visible(timeout=PATIENCE)

    images = zipfile.ZipFile(io.BytesIO(downloaded(page, "Images as ZIP"))).namelist()
    rows = list(csv.DictReader(io.StringIO(downloaded(page, "Rows as CSV").decode("utf-8-sig"))))

    assert 12 == sum(name.endswith(".png") for name in images)
    assert PROMPTS == [row["prompt"] for row in rows]
    assert before == artist.posts


@pytest.mark.goes_on
def test_a_phone_has_the_button_and_the_table_under_each_other(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, "/batch")
    expect(page.get_by_text("12 of 12 done")).to_be_visible(timeout=PATIENCE)
    rows = page.get_by_test_id("stDataFrame").last
    until(page, lambda: (rows.bounding_box() or {"width": 0.0})["width"] > 340)
    rows.hover()
    expect(page.get_by_role("button", name="Fullscreen")).to_be_visible()
    expect(page.get_by_role("button", name="Download as CSV")).to_have_count(0)  # it would run formulas
    shot(page, "batch-390", whole=True)

    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def photos(folder: Path, *names: str) -> list[Path]:
    """Each shows one thing before a desert."""
    ground, found = paint(Order("a desert", 320, 320)).convert("RGBA"), []
    for name in names:
        thing = paint(Order(f"A {name}", 320, 320, transparent=True))
        found.append(folder / f"{name.replace(' ', '-')}.png")
        Image.alpha_composite(ground, thing).convert("RGB").save(found[-1])
    return found


@pytest.mark.goes_on
def test_five_photos_take_one_prompt_behind_their_subjects(page: Page, artist: Drawer, tmp_path: Path) -> None:
    artist.forget()
    visit(page, "/batch")
    button(page, "^New batch$").click()
    box = page.get_by_label("Prompts", exact=True)
    box.fill("")
    box.press("Control+Enter")
    files = photos(tmp_path, "red apple", "green apple", "yellow apple", "red fox", "blue teapot")
    page.locator(".st-key-batch_images input[type=file]").set_input_files(files)
    expect(page.get_by_text("5 images: red-apple.png")).to_be_visible()
    page.get_by_label("Mask for every image").click()
    page.get_by_role("option", name="The subject").click()
    template = page.get_by_label("Prompt template", exact=True)
    template.fill("made of glass")
    template.press("Control+Enter")
    run = button(page, "^Run batch · 5 rows · about")
    expect(run).to_be_visible()
    shot(page, "batch-photos", whole=True)

    run.click()

    expect(page.get_by_text("5 of 5 done")).to_be_visible()
    posted = [entry.path for entry in artist.engine.log if entry.method == "POST"]  # a GET is a probe, which is free
    assert ["/v1/images/edits"] * 5 == posted
    shot(page, "batch-photos-done", whole=True)

    page.get_by_test_id("stDataFrame").last.click(position={"x": 16, "y": 100})
    expect(page.get_by_text("Row 1 · Done")).to_be_visible()
    expect(page.get_by_test_id("stImage").locator("img")).to_be_visible()
    shot(page, "batch-row")


@pytest.fixture
def working(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Until this is set the engine works on no line of a batch that it has taken."""
    free, drawn = Event(), batches._drawn

    def held(*line: Any) -> Any:
        assert free.wait(PATIENCE)
        return drawn(*line)

    monkeypatch.setattr(batches, "_drawn", held)
    yield free
    free.set()


def described(page: Page) -> Locator:
    """A new batch of three rows for the Batch API; the button that runs it."""
    visit(page, "/batch")
    expect(button(page, "^New batch$").or_(button(page, "^Run batch")).first).to_be_visible()
    if (new := button(page, "^New batch$")).count():  # that of the tests before this one is open
        new.click()
    page.locator(".st-key-batch_mode").get_by_text("Batch API", exact=True).click()
    box = page.get_by_label("Prompts", exact=True)
    box.fill("A red square\nA blue circle\nA green boat")
    box.press("Control+Enter")
    expect(page.get_by_text("up to 24 h")).to_be_visible()
    return button(page, "^Run batch · 3 rows · about")


@pytest.mark.goes_on
def test_at_half_price_rows_are_handed_over_once_and_come_back_into_a_tab_that_was_reloaded(
    page: Page, artist: Drawer, working: Event
) -> None:
    artist.forget()
    run = described(page)
    tick = page.get_by_role("checkbox", name=re.compile("^Try .*Batch API support is not confirmed"))
    expect(tick).to_be_attached()
    shot(page, "batch-half-price", whole=True)
    run.click()
    expect(page.get_by_role("alert").filter(has_text="not confirmed")).to_be_visible()
    assert 0 == artist.posts

    page.locator(".st-key-batch_unconfirmed label").click()
    expect(tick).to_be_checked()
    run.click()
    line = page.locator("[class*=st-key-api_batch_]")
    expect(line.first).to_contain_text("3 rows · In progress")
    shot(page, "batch-half-price-running", whole=True)

    page.reload()
    expect(line.first).to_contain_text("3 rows · In progress")
    expect(button(page, "^Run batch · in the Batch API$")).to_be_visible()
    working.set()

    expect(line.first).to_contain_text("3 rows · Completed · 3 done, 0 failed")
    expect(page.get_by_text("3 of 3 done")).to_be_visible()
    shot(page, "batch-half-price-done", whole=True)
    clean = page.get_by_role("button", name="Remove files from the server")
    clean.click()
    expect(clean).to_have_count(0)
    assert [] == [*artist.engine.app.state.cabinet.every()]
    posted = [entry.path for entry in artist.engine.log if entry.method == "POST"]
    assert ["/v1/files", "/v1/batches"] == posted
