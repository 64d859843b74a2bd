"""A real Chromium for the tests in this folder, pointed at a real `triptych`."""

import pytest

from tests.browser.chromium import executable


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    path = executable()
    assert path, "no Chromium: `make test` installs one, or run tests/browser/chromium.py"
    return {**browser_type_launch_args, "executable_path": path}


@pytest.fixture(scope="session")
def base_url(server: str) -> str:
    """What `page.goto("/")` starts from."""
    return server
