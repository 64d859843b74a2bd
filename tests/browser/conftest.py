"""A real Chromium and a real `triptych` for the tests in this folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.browser.chromium import executable
from tests.serving import playground

Serve = Callable[..., str]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    path = executable()
    assert path, "no Chromium: `make test` installs one, or run tests/browser/chromium.py"
    return {**browser_type_launch_args, "executable_path": path}


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts servers of the test's own: `serve("--agent-api", OPENAI_BASE_URL="…")` gives the address."""
    with ExitStack() as servers:
        yield lambda *arguments, **environment: servers.enter_context(
            playground(tmp_path_factory.mktemp("server"), *arguments, **environment)
        )


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one server on the demo engine, shared by the tests that leave it as it was."""
    with playground(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="session")
def base_url(server: str) -> str:
    """What `page.goto("/")` starts from."""
    return server
