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
        self._of_next: int | None = None  # the part that is lost of the run that is asked for next
        self._of_asked: int | None = None  # and of the one that has been asked for and has not ended
        self._part: int | None = None  # and of the one under way
        self._end: str | bytes | None = None  # of that one, once the server has said it
        self._clocks: set[str] = set()  # the parts that are drawn by a clock, whose runs are none of a click
        self._has_begun = self._has_ended = False  # the run that was asked for after it
        page.route_web_socket(re.compile("/_stcore/stream"), self._connected)

    @contextmanager
    def losing(self, part: int) -> Iterator[None]:
        """Lose what is asked for here."""
        self._of_next = part
        yield
        until(self._page, lambda: self._end is not None)

    def tells(self) -> None:
        """Wait until what was held back has been told, and the next run has ended."""
        until(self._page, lambda: self._has_ended)
        expect(self._page.locator(IDLE)).to_be_visible()

    def _connected(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def down(message: str | bytes) -> None:
            told = ForwardMsg.FromString(message if isinstance(message, bytes) else message.encode())
            kind = told.WhichOneof("type")
            if kind == "new_session" and not self._clocks.issuperset(told.metadata.run.fragment_ids or [""]):
                self._part = self._of_asked  # and of the next one, where that takes its place before it has ended
                self._has_begun = True
            if kind == "script_finished" and self._part is not None:
                self._end, self._part, self._of_asked = message, None, None
            elif not (kind == "delta" and told.metadata.delta_path[0] == self._part):
                self._has_ended |= self._has_begun and kind == "script_finished"
                socket.send(message)

        def up(message: str | bytes) -> None:
            asked = BackMsg.FromString(message if isinstance(message, bytes) else message.encode())
            is_click = asked.HasField("rerun_script") and not asked.rerun_script.is_auto_rerun
            if asked.rerun_script.is_auto_rerun:
                self._clocks.add(asked.rerun_script.fragment_id)
            if is_click and self._end is not None:
                socket.send(self._end)
                self._end, self._has_begun, self._has_ended = None, False, False
            elif is_click and self._of_next is not None:
                self._of_asked, self._of_next = self._of_next, None
            server.send(message)

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
    expect(page.locator(IDLE)).to_be_visible()
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
