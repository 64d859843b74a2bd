"""What the server's headers let a real browser do, and what they stop: the real server in front of pages of straw."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.serving import ROOT, playground

STRAW = Path(__file__).parent / "straw"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("straw") / "house"
    shutil.copytree(STRAW, house, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / ".streamlit", house / ".streamlit")
    shutil.copytree(ROOT / "triptych", house / "triptych", ignore=shutil.ignore_patterns("__pycache__"))
    components = ("frame/bundle", "frame/notice", "frame/streamed", "state/access", "state/tab")
    for name in ("app.py", "server.py", "icon.svg", *(f"components/{each}.py" for each in components)):
        shutil.copy(ROOT / name, house / name)
    return house


@pytest.fixture(scope="module")
def address(house: Path, port: int) -> Iterator[str]:
    """A server in front of pages of straw."""
    with playground(house.parent, root=house, port=port) as found:
        yield found


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser writes to its console as an error; a blocked script or picture is one."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_the_policy_lets_a_page_work_in_the_visitors_theme(page: Page, address: str, complaints: list[str]) -> None:
    """Nothing of Streamlit's own is offered, and a download is the bytes that were offered."""
    page.goto("/")

    expect(page.get_by_text("component ran")).to_be_visible()
    expect(page.get_by_alt_text("orange")).to_have_js_property("naturalWidth", 64)
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    expect(page.locator("canvas.lower-canvas, canvas.upper-canvas").first).to_be_visible()
    assert [] == complaints
    expect(page.get_by_role("button", name="Deploy")).to_have_count(0)
    expect(page.get_by_test_id("stAppDeployButton")).to_have_count(0)
    for scheme, background in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(22, 22, 22)")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", background)

    with page.expect_download() as download:
        page.get_by_role("button", name="Original").click()

    assert b"\x89PNG" == download.value.path().read_bytes()[:4]


def test_a_hostile_drawing_opened_by_its_address_may_run_nothing(page: Page, address: str) -> None:
    page.goto("/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Drawing", exact=True).click()

    answer = page.request.get(download.value.url)

    assert b"<script>" in answer.body()
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_prompt_fetches_nothing_from_elsewhere(page: Page, address: str, complaints: list[str]) -> None:
    page.goto("/?beacon=1")
    expect(page.get_by_alt_text("beacon")).to_be_attached()
    expect(page.get_by_text("component ran")).to_be_visible()

    (complaint,) = complaints
    assert "https://example.com/beacon.png" in complaint
    assert "violates the following Content Security Policy directive" in complaint


def test_a_broken_page_says_what_to_do_and_tells_no_path(page: Page, address: str, house: Path) -> None:
    page.goto("/broken")

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Reload the page")
    number = alert.inner_text().split("error ")[1].strip(". \n")
    assert "/etc/secret" not in page.content()
    assert "Traceback" not in page.content()
    assert f"page error {number}: RuntimeError" in (house.parent / "server.log").read_text()


def test_a_server_that_is_not_ready_says_why(page: Page, address: str) -> None:
    answer = page.request.get("/readyz")

    assert (503, {"ready": False, "reasons": ["The straw is wet."]}) == (answer.status, answer.json())


def test_a_shutdown_drains_first(house: Path, tmp_path: Path) -> None:
    with playground(tmp_path, root=house):
        pass

    assert "drained within 1260 s" in (tmp_path / "server.log").read_text()
