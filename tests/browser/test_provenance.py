"""The Provenance page in a real browser: a signed file dropped on it, in both themes and on a phone."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.drawing import generate, is_drawn
from tests.serving import playground
from tests.triptych.provenance.signing import Authority, claim, plain, signed

KNOWN = Authority()
LOOKS = {"light": ("light", 1440), "dark": ("dark", 1440), "phone": ("light", 390)}


@pytest.fixture(scope="module")
def address(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("provenance")
    (folder / "trusted.pem").write_bytes(KNOWN.anchors)
    with playground(folder, port=port, TRIPTYCH_TRUST_LIST=str(folder / "trusted.pem")) as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed image that was made from another."""
    path = tmp_path_factory.mktemp("signed") / "harbour.png"
    sketch = signed(KNOWN, data=plain("PNG", (640, 480)))
    path.write_bytes(signed(KNOWN, data=sketch, parents={"sketch.png": sketch}, claims=claim(None, "c2pa.edited")))
    return path


def test_a_file_is_inspected_and_nothing_runs_off_the_page(page: Page, file: Path) -> None:
    inspect(page, file)
    page.get_by_role("button", name="Check with the demo engine").click()

    for look, (scheme, width) in LOOKS.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
        for verdict in ("Intact", "Known issuer", "Declares: made from an AI image", "SynthID: not detected"):
            expect(page.get_by_text(verdict, exact=verdict != "SynthID: not detected")).to_be_visible()
        expect(page.get_by_role("heading", name="Made from")).to_be_attached()
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        if folder := os.environ.get("LOOK_AT"):
            page.locator("[data-testid=stMain]").evaluate("(main) => main.scrollTo(0, 0)")
            page.screenshot(path=f"{folder}/{look}-top.png")
            page.set_viewport_size({"width": width, "height": 2600})
            page.screenshot(path=f"{folder}/{look}.png")


def inspect(page: Page, file: Path) -> None:
    page.goto("/provenance")
    page.locator(".st-key-inspect_file input[type=file]").set_input_files(file)
    expect(page.get_by_text("harbour.png").first).to_be_visible()
    expect(page.get_by_text("An image may carry a signed manifest")).to_have_count(0)  # the file has come
    page.locator(".st-key-run button").click()
    expect(page.get_by_role("heading", name="What the manifest says")).to_be_visible()


def test_a_generated_image_is_the_same_bytes_all_the_way(page: Page) -> None:
    page.goto("/")
    generate(page, "A lighthouse at dusk")
    is_drawn(page, "A lighthouse at dusk")
    page.locator("[class*=st-key-enlarge_] button").first.click()
    window = page.get_by_role("dialog")
    window.locator("summary").get_by_text("Where this image comes from", exact=True).click()
    line = window.get_by_text("Answer, stored file and download are the same bytes.")
    expect(line).to_be_visible()
    expect(window.get_by_text("Intact", exact=True)).to_be_visible()
    expect(window.get_by_text("Declares: made by software, not by AI")).to_be_visible()
    if folder := os.environ.get("LOOK_AT"):
        page.screenshot(path=f"{folder}/panel.png")

    with page.expect_download() as saved:
        window.get_by_role("button", name="Download", exact=True).click()
    data = saved.value.path().read_bytes()

    assert hashlib.sha256(data).hexdigest() in line.inner_text()
