"""Makes docs/*.webp, an image of every page, by driving the playground on the demo engine: `make screenshots`."""

import base64
import io
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))  # where the tests' own ways to run the playground are
from tests.browser.chromium import executable
from tests.serving import ROOT, playground

DOCS = ROOT / "docs"
PATIENCE = 120_000  # milliseconds until a page must show what it was asked for
WIDE, HIGH, QUALITY = 1440, 900, 80
LIGHTHOUSE = 'A lighthouse at dusk, gouache, "OPEN" above the door'
ROWS = "\n".join(f"A {color} fox in the {place}" for color in ("red", "blue") for place in ("snow", "forest", "city"))
RECTANGLE = "canvas => { const at = canvas.getBoundingClientRect(); return [at.x, at.y, at.width, at.height]; }"
STILL = "() => [...document.images].every(image => image.complete)"


def main() -> int:
    """Take them all; gives the exit code."""
    expect.set_options(timeout=PATIENCE)
    path = executable()
    with tempfile.TemporaryDirectory() as folder, playground(Path(folder)) as address, sync_playwright() as drivers:
        chromium = drivers.chromium.launch(executable_path=path, args=["--disable-gpu"])
        page = chromium.new_page(base_url=address, viewport={"width": WIDE, "height": HIGH}, color_scheme="light")
        page.set_default_timeout(PATIENCE)
        for name, work in PAGES.items():
            page.goto(f"/{name}" if name != "generate" else "/")
            work(page)
            _taken(page, name)
        chromium.close()
    return 0


def _taken(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_function(STILL)
    with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as image:
        image.save(DOCS / f"{name}.webp", quality=QUALITY, method=6)
    print(DOCS / f"{name}.webp", flush=True)


def _generate(page: Page) -> None:
    for prompt in ("A small sailing boat on a calm lake", LIGHTHOUSE):
        page.get_by_label("Prompt", exact=True).fill(prompt)
        page.locator(".st-key-run button").click()
        expect(page.get_by_role("img", name=prompt).first).to_be_visible()
        expect(page.get_by_text("Actual cost")).to_be_visible()


def _edit(page: Page) -> None:
    page.get_by_role("button", name="Try with a sample image").click()
    box = page.locator(".st-key-mask_box[data-canvas] canvas").last
    expect(box).to_be_visible()
    expect(page.locator(".st-key-mask_box")).to_have_attribute("data-steps", "0")
    across, down, width, height = box.evaluate(RECTANGLE)
    page.mouse.move(across + 0.35 * width, down + 0.2 * height)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(across + (0.35 + 0.04 * step) * width, down + (0.2 + 0.02 * (step % 2)) * height)
    page.mouse.up()
    expect(page.locator(".st-key-mask_box")).to_have_attribute("data-steps", "1")
    page.get_by_label("Prompt", exact=True).fill("A violet sky with stars")
    page.get_by_label("Prompt", exact=True).blur()


def _compare(page: Page) -> None:
    page.get_by_label("Prompt", exact=True).fill(LIGHTHOUSE)
    page.locator(".st-key-run button").click()
    expect(page.locator("figure img")).to_have_count(9)
    expect(page.get_by_role("button", name=re.compile("^Vote"))).to_be_visible()


def _batch(page: Page) -> None:
    page.get_by_label("Prompts", exact=True).fill(ROWS)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name=re.compile("^Run batch · 6 rows")).click()
    expect(page.get_by_text("6 of 6 done").first).to_be_visible()


def _converse(page: Page) -> None:
    for number, message in enumerate(("A red fox in a snowy forest", "Make the sky violet"), start=1):
        box = page.get_by_test_id("stChatInput").locator("textarea")
        box.fill(message)
        box.press("Enter")
        expect(page.get_by_text("Revised prompt")).to_have_count(number)


def _provenance(page: Page) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "poster.png")
        file.write_bytes(_poster())
        page.locator(".st-key-inspect_file input[type=file]").set_input_files(file)
        expect(page.get_by_text("An image may carry a signed manifest")).to_have_count(0)  # the file has come
        page.locator(".st-key-run button").click()
        expect(page.get_by_text("Intact", exact=True)).to_be_visible()


def _poster() -> bytes:
    """An image with a manifest, as the demo engine signs them."""
    from openai import OpenAI

    from triptych.engine.serve import Engine

    engine = Engine.start()
    try:
        client = OpenAI(base_url=engine.base_url, api_key=engine.token)
        answer = client.images.generate(model="gpt-image-2.6-flare", prompt=LIGHTHOUSE, size="1024x1024")
        return base64.b64decode((answer.data or [])[0].b64_json or "")
    finally:
        engine.stop()


def _seen(words: str) -> Callable[[Page], None]:
    return lambda page: expect(page.get_by_text(words).first).to_be_visible()


PAGES: dict[str, Callable[[Page], None]] = {
    "generate": _generate,
    "edit": _edit,
    "compare": _compare,
    "batch": _batch,
    "converse": _converse,
    "history": _seen("Today"),
    "spending": _seen("Spent"),
    "provenance": _provenance,
    "models": _seen("gpt-image-2.6-flare"),
    "settings": _seen("What this server can do"),
}

if __name__ == "__main__":
    sys.exit(main())
