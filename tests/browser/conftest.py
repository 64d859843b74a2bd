"""A real Chromium for the tests in this folder, pointed at a real `triptych`."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import executable

PATIENCE = 30_000  # milliseconds until a page must show what is expected of it: a busy machine takes its time

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    path = executable()
    assert path, "no Chromium: `make test` installs one, or run tests/browser/chromium.py"
    return {**browser_type_launch_args, "executable_path": path}


@pytest.fixture(scope="session")
def base_url(server: str) -> str:
    """What `page.goto("/")` starts from."""
    return server
