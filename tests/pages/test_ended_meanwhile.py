"""A run of many that ends while the page is drawn: nothing on the page goes on saying that it is running."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.batch import run_row as batch_row
from components.compare import run_row as compare_row
from tests.pages.batch_tab import opened, wrote
from tests.pages.compare_tab import compared
from tests.pages.tabs import PATIENCE, has, label, ran
from triptych.many.runs import Runs


def batch(app: AppTest) -> AppTest:
    return wrote(opened(app), "a red square", "a blue circle", quality="low")


@pytest.mark.parametrize(("described", "row", "starts"), [(compared, compare_row, "draw"), (batch, batch_row, "run")])
def test_a_page_whose_run_ends_behind_its_buttons_is_drawn_with_the_end(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, described: Callable[[AppTest], AppTest], row: ModuleType, starts: str
) -> None:
    is_running, start, metrics = Runs.running, getattr(row, starts), row._metrics
    held: list[object] = []

    def begun(runs: Runs[Any], *places: object) -> None:
        start(runs, *places)
        held.append(runs)

    def behind(*what: Any) -> None:
        """The buttons are drawn."""
        metrics(*what)
        while held:
            runs = held.pop()
            while is_running.fget(runs):
                runs.wait(runs.version, PATIENCE)

    monkeypatch.setattr(Runs, "running", property(lambda runs: bool(held) or is_running.fget(runs)))
    monkeypatch.setattr(row, starts, begun)
    monkeypatch.setattr(row, "_metrics", behind)
    described(app)

    app.button(key="run").click()
    ran(app)

    assert not held
    assert not label(app).startswith("Running")
    assert not has(app, "cancel")
