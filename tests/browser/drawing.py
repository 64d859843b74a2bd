"""What the browser's tests share: an engine that says what it sent and when, and what a person does with the page."""

import base64
import hashlib
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import anyio.to_thread
from playwright.sync_api import Download, Locator, Page, expect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triptych.engine.serve import Engine

PATIENCE = 60_000  # milliseconds, on a machine that has much else to do
BUTTON = re.compile("^Generate · ")
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


class Gate:
    """Where answers wait that are held: each but the first ``whole`` may be ``pieces`` long until `free` is set."""

    def __init__(self) -> None:
        self.whole = self.pieces = 0
        self.free = threading.Event()
        self.free.set()


class Recorder:
    """ASGI middleware of the engine: the SHA-256 of every picture that went out, and when its answer ended."""

    def __init__(self, app: ASGIApp, sent: list[str], ended: list[float], gate: Gate) -> None:
        self.app, self.sent, self.ended, self.gate = app, sent, ended, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            return await self.app(scope, receive, send)
        is_whole = self.gate.whole > 0
        self.gate.whole -= is_whole
        body, left = bytearray(), -1 if is_whole else self.gate.pieces

        async def recorded(message: Message) -> None:
            nonlocal left
            if left == 0:
                await anyio.to_thread.run_sync(self.gate.free.wait, abandon_on_cancel=True)
            left -= bool(left > 0 and message.get("body"))
            body.extend(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, recorded)
        self.sent.extend(hashlib.sha256(picture).hexdigest() for picture in finished(bytes(body).decode()))
        self.ended.append(time.monotonic())
        return None


def finished(body: str) -> Iterator[bytes]:
    """The finished images of an answer of the Images API, plain or streamed, or of a streamed turn."""
    events = [json.loads(data) for data in re.findall(r"^data: (.*)$", body, re.MULTILINE)]
    wanted = [event for event in events if event["type"].endswith(".completed")] or json.loads(body).get("data", [])
    items = [item for event in wanted for item in event.get("response", {}).get("output", ())]
    for text in filter(None, (one.get("b64_json") or one.get("result") for one in (*wanted, *items))):
        yield base64.b64decode(text)


class Drawer:
    """An engine of the test's own. ``posts`` counts what was asked of it since it was last ``forgotten``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sent: list[str] = []
        self.ended: list[float] = []
        self.gate = Gate()
        engine.app.add_middleware(Recorder, sent=self.sent, ended=self.ended, gate=self.gate)

    @property
    def environment(self) -> dict[str, str]:
        """What points a playground at it, and says its kind: a click waits for the model list for some seconds only."""
        return {
            "OPENAI_BASE_URL": self.engine.base_url,
            "OPENAI_API_KEY": self.engine.token,
            "TRIPTYCH_SERVER_KIND": "like-openai",
        }

    @property
    def posts(self) -> int:
        return sum(entry.method == "POST" for entry in self.engine.log)

    def at(self, pace: float) -> None:
        """Draw at this pace from now on: 0 as fast as it paints, 1 some three seconds a picture."""
        self.engine.app.state.pace = pace

    def hold(self, pieces: int = 0, whole: int = 0) -> None:
        """Draw, but answer nothing before `release`, or no more than so many pieces, as events of a stream are.

        So many requests are still answered as a ``whole``.
        """
        self.gate.pieces, self.gate.whole = pieces, whole
        self.gate.free.clear()

    def release(self) -> None:
        self.gate.free.set()

    def forget(self) -> None:
        self.release()
        self.engine.faults.clear()
        self.engine.log.clear()
        self.sent.clear()
        self.ended.clear()


@contextmanager
def drawer() -> Iterator[Drawer]:
    engine = Engine.start()
    try:
        yield Drawer(engine)
    finally:
        engine.stop()


def until(page: Page, happens: Callable[[], bool]) -> None:
    """Wait until what the page cannot see happens."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not happens():
        assert time.monotonic() < deadline
        page.wait_for_timeout(25)  # between two looks at what is awaited


def download(page: Page, link: Locator) -> bytes:
    """What a click on it downloads: a link opens a tab for it, and the download is that tab's or the page's.

    Until the page is drawn the link may be that of the image before.
    """
    page.locator(IDLE).wait_for(timeout=PATIENCE)
    found: list[Download] = []
    heard: Callable[[Download], None] = lambda one: found.append(one)  # noqa: E731, PLW0108 - of a method it cannot tell
    opened: Callable[[Page], None] = lambda tab: tab.on("download", heard)  # noqa: E731
    page.on("download", heard)
    page.context.on("page", opened)
    link.click()
    until(page, lambda: bool(found))
    page.remove_listener("download", heard)
    page.context.remove_listener("page", opened)
    return Path(found[0].path()).read_bytes()


def shot(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a screenshot in the folder LOOK_AT, where there is one: for whoever changed the page."""
    if folder := os.environ.get("LOOK_AT"):
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=whole)


def visit(page: Page, path: str = "/") -> None:
    """Be on this page of the playground, on which the test before may have left the tab to one that goes on in it."""
    if urlsplit(page.url).path != path:
        page.goto(path)


def generate(page: Page, prompt: str) -> None:
    """Type the prompt and click."""
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.get_by_role("button", name=BUTTON).click()


def cancel(page: Page) -> Locator:
    """The button that is there as long as a picture is being drawn."""
    return page.get_by_role("button", name="Cancel", exact=True)


def picture(page: Page, prompt: str) -> Locator:
    return page.get_by_alt_text(prompt, exact=True)


def is_drawn(page: Page, prompt: str) -> None:
    """Wait until the finished picture is on the page, and nothing is being drawn any more."""
    expect(picture(page, prompt)).to_have_js_property("naturalWidth", 1024, timeout=PATIENCE)
    expect(cancel(page)).to_have_count(0, timeout=PATIENCE)


def metric(page: Page, label: str) -> Locator:
    """The value of the metric with this label."""
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")
