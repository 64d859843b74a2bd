"""The pages by AppTest, with services of their own and the real demo engine, which draws as fast as it can."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.services import PLACE, Services, services
from tests.serving import ROOT
from triptych.engine.serve import Engine

PATIENCE = 30.0  # seconds for one run of the page, and for what it draws


@pytest.fixture
def engine(home: Path) -> Iterator[Engine]:
    """The demo engine that the pages of this test draw on."""
    sys.modules.pop(PLACE, None)
    running = services().__dict__["engine"] = Engine.start(pace=0)
    yield running
    services().jobs.drain(PATIENCE)
    sys.modules.pop(PLACE, None)
    running.stop()


@pytest.fixture
def process(engine: Engine) -> Services:
    """What the pages of this test share."""
    return services()


@pytest.fixture
def app(process: Services) -> Iterator[AppTest]:
    """A tab that has just opened the first page."""
    tab = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    yield tab
    process.jobs.drain(PATIENCE)
    if "_client" in tab.session_state:
        process.jobs.run(tab.session_state["_client"].aclose()).result(PATIENCE)
