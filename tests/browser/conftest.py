"""A real Chromium for the tests in this folder, pointed at a real `triptych`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.chromium import executable
from tests.browser.drawing import Drawer, drawer
from tests.browser.waiting import look_often
from tests.serving import free_port, playground

PATIENCE = 60_000  # milliseconds until a page must show what is expected of it: a busy machine takes its time

expect.set_options(timeout=PATIENCE)
look_often()

Apart = Callable[..., Page]
NO_PAGE = "/_stcore/health"  # a path of each of them where no script runs
SIZE: ViewportSize = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    path = executable()
    assert path, "no Chromium: `make test` installs one, and so does `python -m tests.browser.chromium`"
    # Without a GPU it would emulate one, which takes a seventh of its time here.
    return {**browser_type_launch_args, "executable_path": path, "args": ["--disable-gpu"]}


@pytest.fixture(scope="session")
def port() -> int:
    """Where one module after the other has its playground: the script of that address the browser has compiled."""
    return free_port()


@pytest.fixture(scope="module")
def artist() -> Iterator[Drawer]:
    """An engine of the module's own, which draws as fast as it can."""
    with drawer() as found:
        found.at(0)
        yield found


@pytest.fixture(scope="module")
def more() -> dict[str, str]:
    """What a module's playground has in its environment besides its ``artist``; a module that wants more says so."""
    return {}


@pytest.fixture(scope="module")
def address(artist: Drawer, more: dict[str, str], port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A playground of the module's own; a module that needs another has it under this name, at the same port."""
    with playground(tmp_path_factory.mktemp("studio"), port=port, **artist.environment, **more) as found:
        yield found


@pytest.fixture(scope="session")
def desk(browser: Browser, port: int) -> Iterator[BrowserContext]:
    """The one window, whose visitor wants no motion: what moves is drawn sixty times a second."""
    with browser.new_context(base_url=f"http://127.0.0.1:{port}", viewport=SIZE, reduced_motion="reduce") as context:
        yield context


@pytest.fixture(scope="module")
def window(desk: BrowserContext, address: str) -> Iterator[BrowserContext]:
    """The window at the module's playground; it forgets it."""
    yield desk
    desk.clear_cookies()
    tab = next(iter(desk.pages), None) or desk.new_page()
    tab.goto(NO_PAGE)
    tab.local_storage.clear()


@pytest.fixture
def page(request: pytest.FixtureRequest, window: BrowserContext) -> Iterator[Page]:
    """A tab that knows of nothing: the window's one, which has compiled all of Streamlit's script, or else a new one.

    No page outlives its test, unless the next one goes on in it, nor does a tab that the test has opened, or has left
    something hanging on.
    """
    tab = next(iter(window.pages), None) or window.new_page()
    size = tab.viewport_size
    yield tab
    for other in window.pages:
        if other is not tab or not _is_bare(tab):
            other.close()
    if size and window.pages:
        _is_as_new(tab, size)
        if not _goes_on(request):
            _forgets(tab)


def _goes_on(request: pytest.FixtureRequest) -> bool:
    """Whether the next test of the file, if there is one, takes the page as it is left."""
    every = request.session.items
    following = next(iter(every[every.index(request.node) + 1 :]), None)
    return following is not None and following.path == request.path and "goes_on" in following.keywords


def _is_bare(tab: Page) -> bool:
    """Whether nobody listens to it and nothing is led elsewhere. A test that does more to it closes it itself."""
    own = tab._impl_obj
    return not (own._routes or own._web_socket_routes or own._events.keys() - {"close", "crash"})


def _forgets(tab: Page) -> None:
    """Leave the page, and forget what a reload would bring back."""
    if tab.url != "about:blank":
        tab.goto(NO_PAGE)
        tab.session_storage.clear()


def _is_as_new(tab: Page, size: ViewportSize) -> None:
    tab.set_viewport_size(size)
    tab.emulate_media(color_scheme="light", reduced_motion="reduce", forced_colors="none")
    tab.mouse.move(0, 0)


@pytest.fixture
def apart(browser: Browser) -> Iterator[Apart]:
    """Opens tabs in windows of their own, `apart(color_scheme="dark")`; they are closed after the test."""
    with ExitStack() as windows:

        def opened(**options: Any) -> Page:
            window = browser.new_context(**{"reduced_motion": "reduce", **options})
            windows.callback(window.close)
            return window.new_page()

        yield opened
