"""What a connection that breaks while a page is drawn takes with it: nothing that somebody has set or written."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import Apart
from tests.browser.drawing import BUTTON, IDLE, Drawer, drawer, picture, until
from tests.serving import playground

MAIN, SIDEBAR = 0, 1  # as Streamlit's messages number the parts of a page


@pytest.fixture
def artist() -> Iterator[Drawer]:
    with drawer() as found:
        found.at(0)
        yield found


@pytest.fixture
def page(apart: Apart, artist: Drawer, tmp_path: Path) -> Iterator[Page]:
    with playground(tmp_path, **artist.environment) as address:
        yield apart(base_url=address, viewport={"width": 1440, "height": 900})


class Swallowing:
    """A connection that loses what a run draws in a part of the page, and tells of its end when the next is asked for.

    So does one that breaks while a run is on its way: the browser drops what seems to be gone, and its values with it.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._part: int | None = None
        self._held = 0  # ends of runs so far
        self._over = 0  # ends of runs, as the server said them, since the last that was told late
        self._ends: list[str | bytes] = []
        page.route_web_socket(re.compile("/_stcore/stream"), self._connected)

    @contextmanager
    def losing(self, part: int) -> Iterator[None]:
        """Lose what is asked for here."""
        self._part, before = part, self._held
        yield
        until(self._page, lambda: self._held > before)

    def tells(self) -> None:
        """Wait until what was held back has been told, and the next run has ended."""
        until(self._page, lambda: not self._ends and self._over > 0)
        expect(self._page.locator(IDLE)).to_be_visible()

    def _connected(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def down(message: str | bytes) -> None:
            told = ForwardMsg()
            told.ParseFromString(message if isinstance(message, bytes) else message.encode())
            kind = told.WhichOneof("type")
            if self._part is not None and kind == "script_finished":
                self._ends.append(message)
                self._held += 1
            elif not (kind == "delta" and told.metadata.delta_path[0] == self._part):
                self._over += kind == "script_finished"
                socket.send(message)

        def up(message: str | bytes) -> None:
            server.send(message)
            asked = BackMsg()
            asked.ParseFromString(message if isinstance(message, bytes) else message.encode())
            if self._ends and asked.WhichOneof("type") == "rerun_script" and not asked.rerun_script.fragment_id:
                self._part, self._over = None, 0
                while self._ends:
                    socket.send(self._ends.pop(0))

        server.on_message(down)
        socket.on_message(up)


def test_what_a_broken_connection_swallows_comes_back_as_it_was_left(page: Page, artist: Drawer) -> None:
    connection = Swallowing(page)
    page.goto("/")
    expect(page.locator(IDLE)).to_be_visible()
    prompt = page.get_by_label("Prompt", exact=True)
    page.locator(".st-key-n").get_by_role("slider").press("ArrowRight")
    page.locator(".st-key-quality").get_by_text("low", exact=True).click()
    expect(page.locator(IDLE)).to_be_visible()

    prompt.fill("left behind")
    prompt.blur()
    expect(page.get_by_text("11 characters")).to_be_visible()
    with connection.losing(SIDEBAR):  # what decides which fields there are has all of them drawn
        page.locator(".st-key-output_format").get_by_text("webp", exact=True).click()
    page.locator(".st-key-output_format").get_by_text("png", exact=True).click()
    connection.tells()
    with connection.losing(MAIN):
        page.locator(".st-key-background").get_by_text("opaque", exact=True).click()
    page.locator(".st-key-background").get_by_text("auto", exact=True).click()
    connection.tells()

    expect(page.locator(".st-key-quality").get_by_role("radio", name="low", exact=True)).to_be_checked()
    expect(page.locator(".st-key-n").get_by_role("slider")).to_have_value("2")
    expect(prompt).to_have_value("left behind")
    page.get_by_role("button", name=BUTTON).click()
    expect(picture(page, "left behind")).to_have_count(2)
    assert [2] == [entry.n for entry in artist.engine.log if entry.method == "POST"]
