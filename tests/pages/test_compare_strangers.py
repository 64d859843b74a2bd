"""A comparison that several people look at knows its owner's runs, whoever looks and on whatever thread."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import components.run.submit
from components.state.services import Services
from tests.logins import ISSUER, person, set_up
from tests.pages.compare_tab import compared
from tests.pages.tabs import PATIENCE, press
from tests.serving import ROOT
from triptych.experiment import Grid


@pytest.fixture
def grid(process: Services, tmp_path: Path) -> Iterator[Grid]:
    """A comparison of Ada's, which her page has looked at."""
    with set_up(tmp_path):
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
        page.user = person()
        press(compared(page.run()))
        (saved,) = process.grids.every(f"{ISSUER}#ada")
        yield process.grids.open(saved.owner, saved.id)


def test_nobody_elses_session_is_asked_for_what_it_costs(
    grid: Grid, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(components.run.submit, "session", lambda: asked.append("a session"))
    history, here = type(process.store.history), grid._experience
    monkeypatch.setattr(history, "ratios_like", lambda _self, owner, *_like: asked.append(owner) or ())
    monkeypatch.setattr(history, "seconds_like", lambda _self, owner, *_like: asked.append(owner) or ())
    request = replace(grid.cells[0].request, quality="high")  # nothing of the kind is known yet

    thread = threading.Thread(target=lambda: (here.cost(request), here.seconds(request)))
    thread.start()
    thread.join()

    assert [grid.owner] * 2 == asked
