"""An edit in a real browser: a picture goes in, the mouse paints, and the server gets what was on the canvas."""

import io
import re
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.browser.drawing import PATIENCE, Drawer, drawer
from tests.serving import playground

SIZE = (1536, 1024)
SHOTS = Path(__file__).with_name("shots")  # to be looked at by whoever changed the page


class Post:
    """ASGI middleware of the engine: the parts of every multipart form that came, by the names of their fields."""

    def __init__(self, app: ASGIApp, forms: list[dict[str, bytes]]) -> None:
        self.app, self.forms = app, forms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            return await self.app(scope, receive, send)
        body = bytearray()

        async def recorded() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        await self.app(scope, recorded, send)
        kind = dict(scope["headers"])[b"content-type"]
        form = message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + bytes(body))
        parts = form.get_payload() if form.is_multipart() else []
        self.forms.append({part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
                           for part in parts})  # fmt: skip
        return None


@pytest.fixture(scope="module")
def artist() -> Iterator[Drawer]:
    with drawer() as found:
        found.at(0)
        yield found


@pytest.fixture(scope="module")
def forms(artist: Drawer) -> list[dict[str, bytes]]:
    found: list[dict[str, bytes]] = []
    artist.engine.app.add_middleware(Post, forms=found)
    return found


@pytest.fixture(scope="module")
def address(artist: Drawer, forms: list[dict[str, bytes]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with playground(tmp_path_factory.mktemp("edit"), **artist.environment) as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, accept_downloads=True)
    yield context.new_page()
    context.close()


def picture(seed: int, size: tuple[int, int] = SIZE) -> bytes:
    """A picture with something to see everywhere."""
    small = np.random.default_rng(seed).integers(0, 256, (size[1] // 32, size[0] // 32, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).save(out, "PNG")
    return out.getvalue()


def stroke(page: Page) -> NDArray[np.bool_]:
    """Drag the brush across the canvas; the pixels of the picture that it painted, by geometry."""
    canvas = page.locator(".st-key-mask_box canvas").last
    expect(canvas).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(1500)  # the canvas takes strokes once the browser has laid it out
    box = canvas.bounding_box()
    assert box
    # Level, and from one whole pixel of the screen to another: a mouse points at no others.
    across, down = box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.6
    ends = [(round(across), round(down)), (round(across) + 120, round(down))]
    page.mouse.move(*ends[0])
    page.mouse.down()
    page.mouse.move(*ends[1], steps=20)
    page.mouse.up()
    wide, high = SIZE[0] / box["width"], SIZE[1] / box["height"]
    (ax, ay), (bx, by) = (((x - box["x"]) * wide, (y - box["y"]) * high) for x, y in ends)
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]] + 0.5
    along = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0, 1)
    found: NDArray[np.bool_] = (
        np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) <= 20
    )  # px: half a brush
    return found


def overlap(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())


def paste(page: Page, data: bytes) -> None:
    """What the browser does when somebody pastes a picture onto the page, which listens once it is laid out."""
    page.locator("[data-listens=paste]").wait_for(state="attached")
    page.evaluate(
        """(bytes) => {
            const carrier = new DataTransfer()
            carrier.items.add(new File([new Uint8Array(bytes)], "pasted.png", { type: "image/png" }))
            document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carrier, bubbles: true }))
        }""",
        list(data),
    )


def test_what_is_painted_is_sent_and_pixels_outside_are_put_back(page: Page, forms: list[dict[str, bytes]]) -> None:
    original = picture(1)
    page.goto("/edit")
    expect(page.get_by_role("button", name="Try with a sample picture")).to_be_visible(timeout=PATIENCE)
    page.locator(".st-key-images input").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": original})
    truth = stroke(page)
    page.get_by_label("Prompt", exact=True).fill("a red kite")
    button = page.get_by_role("button", name=re.compile("^Edit · about"))
    expect(button).to_be_in_viewport()
    page.screenshot(path=SHOTS / "5-edit.png")

    button.click()
    expect(page.get_by_text("What changed", exact=True)).to_be_visible(timeout=PATIENCE)

    form = forms[-1]
    mask = Image.open(io.BytesIO(form["mask"]))
    alpha = np.asarray(mask.getchannel("A"))
    assert ("PNG", SIZE, b"1536x1024", original) == (mask.format, mask.size, form["size"], form["image[]"])
    assert overlap(truth, alpha < 128) >= 0.99
    assert {0, 255} <= set(np.unique(alpha))

    page.get_by_text("Keep pixels outside the mask").click()
    with page.expect_download(timeout=PATIENCE) as download:
        page.locator("[class*=st-key-download_kept] button").click()
    before, after = (
        np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        for data in (original, download.value.path().read_bytes())
    )
    assert np.array_equal(before[alpha == 255], after[alpha == 255])
    assert not np.array_equal(before, after)

    page.get_by_text("Code", exact=True).click()
    with page.expect_download(timeout=PATIENCE) as packed:
        page.get_by_role("button", name="Download with its pictures").click()
    with zipfile.ZipFile(packed.value.path()) as archive:
        assert {"picture.py", "input-1.png", "mask.png"} == set(archive.namelist())
        assert form["mask"] == archive.read("mask.png")


def test_a_pasted_picture_comes_behind_those_that_a_reload_brought_back_with_their_paint(
    page: Page, forms: list[dict[str, bytes]]
) -> None:
    sent = forms[-1]
    page.goto("/edit")
    expect(page.get_by_alt_text("Input 1, which carries the mask")).to_be_visible(timeout=PATIENCE)

    paste(page, picture(2, (96, 64)))
    expect(page.get_by_alt_text("Input 2", exact=True)).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Prompt", exact=True).fill("a blue kite")
    page.get_by_role("button", name=re.compile("^Edit · about")).click()
    expect(page.get_by_alt_text("a blue kite").first).to_be_visible(timeout=PATIENCE)

    assert (b"a blue kite", sent["mask"]) == (forms[-1]["prompt"], forms[-1]["mask"])
