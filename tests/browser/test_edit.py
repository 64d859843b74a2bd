"""An edit in a real browser: a picture goes in, the mouse paints, and the server gets what was on the canvas."""

import io
import re
import zipfile
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.drawing import IDLE, PATIENCE, Drawer, download, shot, visit
from tests.browser.painter import Painter
from tests.browser.truth import Truth, alpha_of, is_exactly
from tests.posts import Form, Post
from tests.serving import playground

OTHERS = [pytest.param(size, marks=pytest.mark.trust) for size in ((1024, 1024), (1536, 1024), (3840, 2160))]
EDIT = re.compile("^Edit · about")
FIRST = "Input 1, which carries the mask"


@pytest.fixture(scope="module")
def forms(artist: Drawer) -> list[Form]:
    found: list[Form] = []
    artist.engine.app.add_middleware(Post, forms=found)
    return found


@pytest.fixture(scope="module")
def address(artist: Drawer, forms: list[Form], port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with playground(tmp_path_factory.mktemp("edit"), port=port, **artist.environment) as found:
        yield found


def picture(seed: int, size: tuple[int, int]) -> bytes:
    """A picture with something to see everywhere."""
    small = np.random.default_rng(seed).integers(0, 256, (size[1] // 32, size[0] // 32, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).save(out, "PNG", compress_level=1)
    return out.getvalue()


def uploads(page: Page, data: bytes) -> None:
    """Open the page, which begins clean in a new tab, and put this picture in."""
    page.goto("/edit")
    expect(page.get_by_role("button", name="Try with a sample image")).to_be_visible(timeout=PATIENCE)
    page.locator(".st-key-images input").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": data})


def continues(page: Page) -> None:
    """Open the page in a new tab, and take up the edit before with all that went into it, unless the tab has it."""
    visit(page, "/edit")
    again = page.get_by_role("button", name="Continue your last edit")
    expect(again.or_(page.get_by_alt_text(FIRST))).to_be_visible(timeout=PATIENCE)
    if again.count():
        again.click()
    expect(page.get_by_alt_text(FIRST)).to_be_visible(timeout=PATIENCE)


def paints(painter: Painter) -> Truth:
    """Use the tools, undo and zoom; what should be painted then."""
    sheet, wide = painter.sheet(), painter.wide()
    painter.strokes((60, 60), (300, 140))
    painter.takes("Eraser")
    painter.strokes((180, 40), (180, 200))
    painter.takes("Rectangle")
    painter.strokes((250, 180), (350, 240))
    painter.strokes((60, 220), (160, 280))
    painter.presses("undo")
    painter.zooms("200 %")
    closely = painter.sheet()
    painter.takes("Brush")
    painter.strokes((120, 100), (280, 100))
    painter.zooms("Fit")
    truth = sheet.line((60, 60), (300, 140), wide) & ~sheet.line((180, 40), (180, 200), wide)
    return truth | sheet.box((250, 180), (350, 240)) | closely.line((120, 100), (280, 100), wide)


def clicks_edit(page: Page, prompt: str) -> None:
    """Type the prompt, click and wait for the picture."""
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.get_by_role("button", name=EDIT).click()
    expect(page.get_by_alt_text(prompt).first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_have_count(0, timeout=PATIENCE)


def paste(page: Page, data: bytes) -> None:
    """What the browser does when somebody pastes a picture onto the page, which listens once it is laid out."""
    expect(page.locator("[data-listens=paste]")).to_have_count(1, timeout=PATIENCE)  # that of the run before is gone
    page.evaluate(
        """(bytes) => {
            const carrier = new DataTransfer()
            carrier.items.add(new File([new Uint8Array(bytes)], "pasted.png", { type: "image/png" }))
            document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carrier, bubbles: true }))
        }""",
        list(data),
    )


@pytest.mark.parametrize("size", [(1152, 768), *OTHERS], ids=lambda size: f"{size[0]}x{size[1]}")
def test_what_is_painted_is_sent_again_and_again_and_pixels_outside_are_put_back(
    page: Page, forms: list[Form], size: tuple[int, int]
) -> None:
    original = picture(1, size)
    uploads(page, original)
    truth = paints(Painter(page, size).ready())
    expect(page.get_by_role("button", name=EDIT)).to_be_in_viewport()
    shot(page, f"5-edit-{size[0]}")
    prompts = [f"a {colour} kite in {size[0]} pixels" for colour in ("red", "green")]
    for prompt in prompts:
        clicks_edit(page, prompt)

    first, second = forms[-2:]
    alpha = alpha_of(first["mask"], size)
    is_exactly(alpha, truth)
    asked = f"{size[0]}x{size[1]}".encode()
    for form, prompt in zip((first, second), prompts, strict=True):
        assert (prompt.encode(), asked) == (form["prompt"], form["size"])
        assert (original, first["mask"]) == (form["image[]"], form["mask"])

    expect(page.get_by_role("switch", name="Keep pixels outside the mask")).to_be_checked()
    edited = download(page, page.locator("[class*=st-key-download_kept] button"))
    before, after = (np.asarray(Image.open(io.BytesIO(data)).convert("RGB")) for data in (original, edited))
    assert np.array_equal(before[alpha == 255], after[alpha == 255])
    assert not np.array_equal(before, after)


def asking_again(page: Page) -> None:
    """Ask for what the browser asks with an upload once more as soon as its run has begun, as a part with a clock may.

    That is the part which waits for the model list while a new tab is drawn.
    """
    asked: list[str | bytes] = []

    def connected(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def up(message: str | bytes) -> None:
            server.send(message)
            states = BackMsg.FromString(_bytes(message)).rerun_script.widget_states.widgets
            if any(state.file_uploader_state_value.uploaded_file_info for state in states):
                asked.append(message)

        def down(message: str | bytes) -> None:
            socket.send(message)
            if asked and ForwardMsg.FromString(_bytes(message)).HasField("new_session"):
                server.send(asked.pop())

        socket.on_message(up)
        server.on_message(down)

    page.route_web_socket(re.compile("/_stcore/stream"), connected)


def _bytes(message: str | bytes) -> bytes:
    return message if isinstance(message, bytes) else message.encode()


def test_an_upload_is_taken_though_another_run_is_asked_for_while_it_is_read(page: Page) -> None:
    asking_again(page)
    uploads(page, picture(3, (2048, 2048)))

    expect(page.get_by_alt_text(FIRST)).to_be_visible(timeout=PATIENCE)


def test_the_code_comes_with_the_mask_that_was_sent(page: Page, forms: list[Form]) -> None:
    continues(page)

    page.get_by_text("Code", exact=True).click()
    expect(page.get_by_test_id("stCode").first).to_contain_text("images.edit(", timeout=PATIENCE)  # then nothing moves
    with page.expect_download(timeout=PATIENCE) as packed:
        page.get_by_role("button", name="Download with its images").click()

    with zipfile.ZipFile(packed.value.path()) as archive:
        assert {"image.py", "input-1.png", "mask.png"} == set(archive.namelist())
        assert forms[-1]["mask"] == archive.read("mask.png")


@pytest.mark.goes_on
def test_a_pasted_picture_comes_behind_those_that_a_reload_brought_back_with_their_paint_if_both_are_kept(
    page: Page, forms: list[Form]
) -> None:
    sent = forms[-1]
    continues(page)
    page.locator(IDLE).wait_for()  # what a tab holds is kept at the end of each run of its page
    page.wait_for_function("() => sessionStorage.getItem('triptych-tab')")
    page.reload()
    expect(page.get_by_alt_text(FIRST)).to_be_visible(timeout=PATIENCE)

    paste(page, picture(2, (96, 64)))
    page.get_by_role("button", name="Keep both").click()
    expect(page.get_by_alt_text("Input 2", exact=True)).to_be_visible(timeout=PATIENCE)
    clicks_edit(page, "a blue kite")

    assert (b"a blue kite", sent["mask"]) == (forms[-1]["prompt"], forms[-1]["mask"])


def test_a_reload_brings_back_what_was_put_in_and_painted_and_never_sent(page: Page, forms: list[Form]) -> None:
    size = (1024, 1024)
    uploads(page, picture(5, size))
    painter = Painter(page, size).ready()
    truth = painter.sheet().line((60, 60), (300, 140), painter.wide())
    painter.strokes((60, 60), (300, 140))

    page.reload()

    expect(page.get_by_alt_text(FIRST)).to_be_visible(timeout=PATIENCE)
    Painter(page, size).ready()
    clicks_edit(page, "a yellow kite after a reload")
    is_exactly(alpha_of(forms[-1]["mask"], size), truth)


def drop(page: Page, onto: str, data: bytes) -> None:
    """What the browser does when somebody lets a file go over a part of the page."""
    expect(page.locator("[data-listens=paste]")).to_have_count(1, timeout=PATIENCE)
    page.locator(onto).evaluate(
        """(target, bytes) => {
            const dataTransfer = new DataTransfer()
            dataTransfer.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }))
            const happens = { dataTransfer, bubbles: true, cancelable: true, composed: true }
            target.dispatchEvent(new DragEvent("dragover", happens))
            target.dispatchEvent(new DragEvent("drop", happens))
        }""",
        list(data),
    )


def test_the_upload_button_stays_inside_its_box(page: Page) -> None:
    page.goto("/edit")
    zone = page.locator(".st-key-images").get_by_test_id("stFileUploaderDropzone")
    button = zone.locator("button")
    expect(button).to_be_visible(timeout=PATIENCE)

    outer, inner = zone.bounding_box(), button.bounding_box()
    assert outer
    assert inner
    assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]


@pytest.mark.goes_on
def test_an_image_dropped_anywhere_is_taken_in_and_grows_by_a_side_that_is_dragged_or_moved_by_keys(page: Page) -> None:
    visit(page, "/edit")
    expect(page.get_by_role("button", name="Try with a sample image")).to_be_visible(timeout=PATIENCE)
    drop(page, ".st-key-edit_controls", picture(3, (256, 256)))
    expect(page.get_by_alt_text(FIRST)).to_be_visible(timeout=PATIENCE)
    assert 0 == page.locator("[data-dropping]").count()
    page.get_by_role("radio", name="Extend").locator("visible=true").click()
    side, amount = page.get_by_role("slider", name="Right", exact=True), page.locator(".st-key-extend_right input")
    expect(side).to_have_attribute("aria-valuenow", "25", timeout=PATIENCE)
    page.locator(IDLE).wait_for()
    side.hover()  # which stands still then
    image = page.get_by_alt_text("The image to extend").bounding_box()
    before = side.bounding_box()
    assert image
    assert before

    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    page.mouse.down()
    page.mouse.move(x + image["width"] / 4, y, steps=4)
    page.mouse.up()

    expect(amount).to_have_value("50", timeout=PATIENCE)
    side.press("ArrowLeft")
    expect(amount).to_have_value("45", timeout=PATIENCE)
    size = page.get_by_label("Size", exact=True).locator("visible=true").and_(page.locator("[disabled]"))
    expect(size).to_have_value(re.compile("set by Extend$"))  # until the page is drawn the one before may stand there

    page.locator(IDLE).wait_for()  # what a tab holds is kept at the end of each run of its page
    page.wait_for_function("() => sessionStorage.getItem('triptych-tab')")
    page.reload()

    expect(amount).to_have_value("45", timeout=PATIENCE)
    expect(page.get_by_alt_text("The image to extend")).to_be_visible(timeout=PATIENCE)
