"""A playground that is told to end while it draws, however it was started: what is being paid for is saved first."""

import hashlib
import json
import os
import re
import signal
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from tests.browser.drawing import PATIENCE, drawer, generate, picture, until
from tests.forks import Fork, begin
from tests.serving import ROOT
from triptych.store import Store
from triptych.store.db.tables import drawings

WAYS = {
    "triptych": ["triptych.cli", "--headless"],
    "streamlit run app.py": ["streamlit", "run", str(ROOT / "app.py"), "--server.headless=true"],
    "streamlit run server.py": ["streamlit", "run", str(ROOT / "server.py"), "--server.headless=true"],
}
PROMPT = "A lighthouse at dusk"
OTHERS = [
    pytest.param(command, marks=pytest.mark.trust, id=name) for name, command in WAYS.items() if name != "triptych"
]


@pytest.fixture
def page(desk: BrowserContext) -> Iterator[Page]:
    """The window's tab: at its end the server is gone, so the page itself forgets what it has kept."""
    tab = next(iter(desk.pages), None) or desk.new_page()
    yield tab
    tab.evaluate("sessionStorage.clear(); localStorage.clear()")
    tab.goto("about:blank")
    desk.clear_cookies()


@contextmanager
def started(command: list[str], folder: Path, port: int, **environment: str) -> Iterator[tuple[Fork, str]]:
    """The playground as a process at the port whose script the browser has compiled; its address, once it answers."""
    flag = "--port" if command[0] == "triptych.cli" else "--server.port"
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "TRIPTYCH_HOME": str(folder / "home"), **environment}
    log = folder / "log"
    process = begin("-m", *command, f"{flag}={port}", cwd=ROOT, environment=surroundings, out=log)
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + PATIENCE / 1000
        while not answers(address):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process, address
    finally:
        process.kill()
        process.wait()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def ended(process: Fork, sign: signal.Signals, folder: Path) -> list[str]:
    """The SHA-256 of the pictures on disk once the process has ended by itself; each has its sidecar."""
    process.send_signal(sign)
    process.wait(PATIENCE / 1000)
    return saved(folder)


def saved(folder: Path) -> list[str]:
    """The SHA-256 of the pictures on disk, in order; each has its sidecar."""
    images = folder / "home" / "images"
    found = sorted(hashlib.sha256(picture.read_bytes()).hexdigest() for picture in images.glob("originals/*/*.png"))
    assert found == sorted(json.loads(file.read_text())["sha256"] for file in images.rglob("*.json"))
    return found


@pytest.mark.parametrize(
    "sign", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.trust)], ids=["SIGTERM", "SIGINT"]
)
@pytest.mark.parametrize("command", WAYS.values(), ids=WAYS)
def test_a_drawing_is_saved_before_the_process_ends(
    page: Page, port: int, tmp_path: Path, command: list[str], sign: signal.Signals
) -> None:
    with drawer() as artist, started(command, tmp_path, port, **artist.environment) as (process, address):
        page.goto(address)
        artist.at(0)
        artist.hold()
        generate(page, PROMPT)
        until(page, lambda: artist.posts == 1)

        process.send_signal(sign)
        until(page, lambda: not answers(address))  # it has been told, and has closed its doors
        assert [] == artist.sent
        artist.release()
        process.wait(PATIENCE / 1000)

        found = saved(tmp_path)
        assert (1, 1, artist.sent) == (artist.posts, len(found), found)


@pytest.mark.parametrize("command", [pytest.param(WAYS["triptych"], id="triptych"), *OTHERS])
def test_of_a_grid_what_is_in_flight_is_saved_and_the_rest_not_sent_once_the_process_is_told_to_end(
    page: Page, port: int, tmp_path: Path, command: list[str]
) -> None:
    with (
        drawer() as artist,
        started(command, tmp_path, port, TRIPTYCH_MAX_CONCURRENCY="2", **artist.environment) as (process, address),
    ):
        page.goto(f"{address}/compare")
        expect(page.locator("figure")).to_have_count(9, timeout=PATIENCE)
        page.get_by_label("Prompt", exact=True).fill(PROMPT)
        artist.hold()
        page.get_by_role("button", name=re.compile("^Compare · 9 images")).click()
        until(page, lambda: artist.posts == 2)

        process.send_signal(signal.SIGTERM)
        until(page, lambda: not answers(address))  # it has been told, and has closed its doors
        artist.release()
        process.wait(PATIENCE / 1000)

        assert (2, 2, sorted(artist.sent)) == (artist.posts, len(artist.sent), saved(tmp_path))
        assert (Counter(done=2, cancelled=7), Decimal(0), ()) == books(tmp_path)


def books(folder: Path) -> tuple[Counter[str], Decimal, tuple[str, ...]]:
    """How many runs ended how, the dollars still held today, and where the books are not the sum of the runs."""
    home = folder / "home"
    store = Store(home / "images", f"sqlite:///{home / 'triptych.db'}")
    with store.database.read() as connection:
        ends = Counter(connection.execute(select(drawings.c.status)).scalars())
    found = ends, store.journal.money("day").reserved, store.journal.imbalance()
    store.close()
    return found


def test_a_drawing_of_the_demo_is_saved_too(page: Page, port: int, tmp_path: Path) -> None:
    with started(WAYS["triptych"], tmp_path, port) as (process, address):
        page.goto(address)
        page.get_by_role("group", name="Partial images").get_by_role("slider").press("ArrowRight")
        generate(page, PROMPT)
        expect(page.get_by_text("Partial 1 of 1").or_(picture(page, PROMPT)).first).to_be_visible()  # on a busy machine

        found = ended(process, signal.SIGTERM, tmp_path)

        assert 1 == len(found)
