"""The pages by AppTest, with services of their own and the real demo engine, which draws as fast as it can."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from streamlit import config
from streamlit.runtime import pages_manager
from streamlit.testing.v1 import AppTest

from components.batch import rows_in
from components.frame import lifecycle, server_probe
from components.frame.lifecycle import prepare
from components.frame.parts import Page
from components.run import submit
from components.state.access import login_setup
from components.state.services import PLACE, Services, services
from tests import manifests
from tests.loops import ended
from tests.pages.kept import kept
from tests.pages.servers import Stub, listing
from tests.serving import ROOT
from triptych.client import ImageClient
from triptych.engine.serve import Engine

PATIENCE = 60.0  # seconds for one run of the page, and for what it draws
once_a_process = manifests.manifests  # a fixture that each of these tests uses


@pytest.fixture(scope="session", autouse=True)
def prepared() -> None:
    """What a server imports and spares the garbage collector, which Streamlit runs after every run of a page."""
    for name in ("triptych.client", "triptych.experiment", "triptych.store.transfer.transfer"):
        importlib.import_module(name)
    prepare()


@pytest.fixture
def engine(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The demo engine that the pages of this test draw on; no clock of theirs goes by how long the test takes.

    Nothing is warmed up behind them, a page waits for its masks, a click for its server's model list, no page waits for
    an answer that may come at once, what is tried again is tried soon, and two clicks are two, however soon.
    """
    monkeypatch.setattr(lifecycle, "WARM_AFTER", 3600.0)
    monkeypatch.setattr(server_probe, "READING", PATIENCE)
    monkeypatch.setattr(rows_in, "SOON", PATIENCE)
    monkeypatch.setattr(submit, "AT_ONCE", 0.0)  # seconds
    monkeypatch.setattr(submit, "REPEAT", 0.0)
    patient = ImageClient._backoff
    monkeypatch.setattr(ImageClient, "_backoff", lambda self, attempt: patient(self, attempt) / 100)
    sys.modules.pop(PLACE, None)
    running = services().__dict__["engine"] = Engine.start(pace=0)
    yield running
    services().jobs.drain(PATIENCE)
    place = sys.modules.pop(PLACE)
    if warm := getattr(place, "warm", None):  # what it would warm is gone
        warm.cancel()
        warm.join(PATIENCE)
    if watching := getattr(place, "watch", None):
        watching.set()
    place.services.store.close()
    running.stop()
    ended(place.services.jobs)


@pytest.fixture
def process(engine: Engine) -> Services:
    """What the pages of this test share."""
    return services()


class Tab(AppTest):
    """A tab whose first page is drawn once somebody looks at it; who goes on to another page first never sees it."""

    def __init__(self) -> None:
        self._is_drawn = True
        super().__init__(ROOT / "app.py", default_timeout=PATIENCE)
        self._is_drawn = False

    def run(self, *, timeout: float | None = None) -> AppTest:
        if self._is_drawn:
            return super().run(timeout=timeout)
        self._is_drawn = True
        return self._run(timeout=timeout)

    def _run(self, *given: Any, **more: Any) -> AppTest:
        """One run; of one that drew parts of the page AppTest has nothing else, so all of it is looked at then."""
        super()._run(*given, **more)
        if not self.title and kept(self, Page).whole:
            super()._run(timeout=more.get("timeout"))
        return self

    def _looked_at(self, name: str) -> Any:
        if not self._is_drawn:
            self.run()
        return self.__dict__[name]

    def _keep(self, name: str, value: object) -> None:
        self.__dict__[name] = value

    _tree = property(lambda self: self._looked_at("tree"), lambda self, tree: self._keep("tree", tree))
    session_state = property(lambda self: self._looked_at("state"), lambda self, state: self._keep("state", state))


@pytest.fixture
def app(process: Services) -> Iterator[AppTest]:
    """A tab that opens the first page, or the one that it is sent to before."""
    tab = Tab()
    yield tab
    process.jobs.drain(PATIENCE)


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """Nobody's own keyring is read or written by a test."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    """Streamlit's options as .streamlit/config.toml has them, which no test reads.

    The pages are served to this machine only and without login, and no use of a command is noted down for Streamlit.
    """
    login_setup.cache_clear()
    options = {"server.address": "127.0.0.1", "browser.gatherUsageStats": False}
    before = {name: config.get_option(name) for name in options}
    for name, value in options.items():
        config.set_option(name, value)
    yield
    for name, value in before.items():
        config.set_option(name, value)


class PathWithoutPages(type(Path())):  # type: ignore[misc]
    """A path at which Streamlit finds no pages/ folder."""

    def exists(self, **_: bool) -> bool:
        return False


@pytest.fixture
def framed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run draws the frame too, as on a server: AppTest finds pages/ anew at each run and leaves it out."""
    monkeypatch.setattr(pages_manager, "Path", PathWithoutPages)


@pytest.fixture
def localai() -> Iterator[Stub]:
    """A server that lists models as LocalAI does."""
    with listing(
        {"id": "flux.1-dev", "object": "model", "owned_by": "localai"},
        {"id": "whisper", "object": "model", "owned_by": "localai", "shutdown_date": "2099-01-02"},
    ) as stub:
        yield stub
