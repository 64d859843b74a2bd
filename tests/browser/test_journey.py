"""The main job in a real browser: from the prompt to the engine's own bytes, and not a byte for anybody else."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Apart
from tests.browser.drawing import PATIENCE, Drawer, cancel, drawer, generate, is_drawn, metric, shot
from tests.browser.menu import follow
from tests.serving import ROOT, playground

PROMPT = 'A lighthouse at dusk, gouache, "OPEN" above the door'
pytestmark = pytest.mark.painted  # its screenshots are looked at
OFFERED = ["System", "Light", "Dark", "Print", "Record screen"]

# Runs in the playground's process before anything else, and writes down whom that process talks to.
INFORMER = """
import os, sys
notes = os.open(os.environ["NOTES"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
def note(event, arguments):
    if event in {"socket.connect", "socket.sendto", "socket.getaddrinfo"}:
        to = arguments[:2] if event == "socket.getaddrinfo" else arguments[1]
        os.write(notes, f"{event} {to}\\n".encode())
sys.addaudithook(note)
"""


@pytest.fixture(scope="module")
def artist() -> Iterator[Drawer]:
    with drawer() as found:
        yield found


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notes") / "notes"


@pytest.fixture(scope="module")
def address(artist: Drawer, notes: Path, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    (notes.parent / "sitecustomize.py").write_text(INFORMER)
    informed = {**artist.environment, "PYTHONPATH": f"{notes.parent}:{ROOT}", "NOTES": str(notes)}
    with playground(tmp_path_factory.mktemp("journey"), is_cold=True, port=port, **informed) as found:
        yield found


@pytest.fixture
def page(page: Page) -> Page:
    page.set_viewport_size({"width": 1440, "height": 1200})
    return page


@pytest.fixture
def called(page: Page) -> list[str]:
    """Every address the page has asked or opened a socket to."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    page.on("websocket", lambda socket: found.append(socket.url))
    return found


def test_a_prompt_becomes_a_picture_that_is_downloaded_as_the_engine_sent_it(page: Page, artist: Drawer) -> None:
    page.goto("/")
    expect(page.get_by_text(f"Compatible: 127.0.0.1:{artist.engine.port}")).to_be_visible()
    page.locator(".st-key-partial_images").get_by_role("slider").press("End")
    expect(metric(page, "Estimated cost")).to_have_text(re.compile(r"^\$0\.\d+–0\.\d+$"))
    expect(metric(page, "Estimated time")).to_have_text("10–30 s")
    shot(page, "1-estimate")

    artist.at(0)
    artist.hold(pieces=1)
    generate(page, PROMPT)
    expect(page.get_by_alt_text(re.compile("^Stage [123] of: A lighthouse"))).to_have_js_property("naturalWidth", 1024)
    expect(page.get_by_text(re.compile(r"Partial [123] of 3 · \d+ s of about 10–30 s"))).to_be_visible()
    expect(cancel(page)).to_be_visible()
    shot(page, "2-partial")
    artist.release()
    is_drawn(page, PROMPT)
    expect(metric(page, "Actual cost")).to_have_text(re.compile(r"^\$0\.\d+$"))
    expect(metric(page, "Actual time")).to_have_text(re.compile(r"^\d+\.\d s$"))
    expect(metric(page, "Spent today")).to_have_text(re.compile(r"^\$0\.0[1-9]$"))
    shot(page, "3-picture")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()

    page.locator("[class*=st-key-more_] button").first.click()
    with page.expect_download() as sidecar:
        page.get_by_role("button", name="Download sidecar").click()

    facts = json.loads(sidecar.value.path().read_text())
    assert artist.sent == [hashlib.sha256(download.value.path().read_bytes()).hexdigest()]
    assert (artist.sent, PROMPT) == ([facts["sha256"]], facts["request"]["prompt"])
    assert [entry.request_id for entry in artist.engine.log if entry.method == "POST"] == [facts["request_id"]]


def test_not_a_byte_leaves_for_anybody_but_the_engine(
    page: Page, address: str, artist: Drawer, notes: Path, called: list[str]
) -> None:
    artist.at(0)
    page.goto("/")
    generate(page, "![beacon](https://example.com/beacon.png)")
    is_drawn(page, "![beacon](https://example.com/beacon.png)")
    for name in ("Models", "Settings", "Generate"):
        follow(page, name)

    own = urlsplit(address).netloc
    assert {own} == {urlsplit(url).netloc for url in called if not url.startswith(("data:", "blob:"))}
    told = {line for line in notes.read_text().splitlines() if "socket.getaddrinfo ('127.0.0.1'," not in line}
    itself = f"socket.connect ('127.0.0.1', {urlsplit(address).port})"  # how the command sees that its pages answer
    assert {f"socket.connect ('127.0.0.1', {artist.engine.port})"} == told - {itself}


def test_only_what_is_for_visitors_is_in_the_menu(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Generate")).to_be_visible(timeout=PATIENCE)

    page.get_by_role("button", name="Main menu").click()

    menu = page.get_by_test_id("stMainMenuPopover")
    expect(menu).to_be_visible()
    assert OFFERED == [name for name in menu.inner_text().splitlines() if name in OFFERED]
    words = re.compile("deploy|developer|rerun|cache|settings|report|snow", re.IGNORECASE)
    assert [] == words.findall(menu.inner_text())
    expect(page.get_by_test_id("stAppDeployButton")).to_have_count(0)
    expect(page.get_by_role("button", name="Deploy")).to_have_count(0)


@pytest.mark.trust
def test_the_journey_ends_well_in_the_dark_too(apart: Apart, address: str, artist: Drawer) -> None:
    artist.at(0)
    page = apart(base_url=address, color_scheme="dark", viewport={"width": 1440, "height": 1200})
    page.goto("/")

    generate(page, "A red fox in the snow")

    is_drawn(page, "A red fox in the snow")
    shot(page, "4-dark")
