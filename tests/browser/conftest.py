"""A real Chromium for the tests in this folder, pointed at a real `triptych`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import executable
from tests.browser.drawing import Drawer, drawer
from tests.serving import playground

PATIENCE = 60_000  # milliseconds until a page must show what is expected of it: a busy machine takes its time

expect.set_options(timeout=PATIENCE)

Apart = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    path = executable()
    assert path, "no Chromium: `make test` installs one, or run tests/browser/chromium.py"
    # Without a GPU it would emulate one, which takes a seventh of its time here.
    return {**browser_type_launch_args, "executable_path": path, "args": ["--disable-gpu"]}


@pytest.fixture(scope="session")
def base_url(server: str) -> str:
    """What `page.goto("/")` starts from."""
    return server


@pytest.fixture(scope="module")
def address(server: str) -> str:
    """The playground that a module's tests look at; a module that needs one of its own says so under this name."""
    return server


@pytest.fixture(scope="module")
def artist() -> Iterator[Drawer]:
    """An engine of the module's own, which draws as fast as it can."""
    with drawer() as found:
        found.at(0)
        yield found


@pytest.fixture(scope="module")
def studio(artist: Drawer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A playground of the module's own, which draws on its ``artist``."""
    with playground(tmp_path_factory.mktemp("studio"), **artist.environment) as found:
        yield found


@pytest.fixture(scope="module")
def window(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """One window for a module: what a tab has fetched of Streamlit's own files, the next one finds in its cache."""
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, accept_downloads=True)
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    """A new tab, closed after its test with all that the test has opened beside it: no renderer outlives its test."""
    yield window.new_page()
    for tab in window.pages:
        tab.close()


@pytest.fixture
def apart(browser: Browser) -> Iterator[Apart]:
    """Opens tabs in windows of their own, `apart(color_scheme="dark")`; they are closed after the test."""
    with ExitStack() as windows:

        def opened(**options: Any) -> Page:
            window = browser.new_context(**options)
            windows.callback(window.close)
            return window.new_page()

        yield opened
