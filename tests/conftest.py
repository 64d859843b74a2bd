"""The order of the tests and the surroundings they share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from triptych.settings import settings

# Nobody's own key, address, home or proxy may reach a test.
FOREIGN = ("OPENAI_", "TRIPTYCH_", "STREAMLIT_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy")


def pytest_configure() -> None:
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser comes last: its event loop stays in the main thread, where no async test could run after it."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")
        if "bench" in item.path.parts:
            item.add_marker("bench")
    items.sort(key=lambda item: "browser" in item.path.parts or "bench" in item.path.parts)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder of the test's own, and a working directory without anybody's .env."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TRIPTYCH_HOME", str(folder))
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield folder
    settings.cache_clear()
