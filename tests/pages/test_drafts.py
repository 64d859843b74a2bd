"""What a page works out of its request: once a rerun, however many pieces of the page say something of it."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.state import form
from components.state.services import Services
from tests.pages.compare_tab import TWO, compared
from tests.pages.edit_tab import look, png, upload
from tests.pages.tabs import ran
from triptych.request import ImageRequest
from triptych.store.history.history import History


@pytest.fixture
def counted(process: Services, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the form's request is built and judged, and the records are asked what such runs cost and took."""
    process.recovered  # noqa: B018 - there are records from now on
    calls: Counter[str] = Counter()

    def counting(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counts(*args: Any, **named: Any) -> Any:
            calls[name] += 1
            return call(*args, **named)

        return counts

    monkeypatch.setattr(form, "ImageRequest", counting("built", ImageRequest))
    for kind, name in ((ImageRequest, "problems"), (History, "ratios_like"), (History, "seconds_like")):
        monkeypatch.setattr(kind, name, counting(name, getattr(kind, name)))
    return calls


def test_generate_builds_judges_and_estimates_its_request_once_a_rerun(app: AppTest, counted: Counter[str]) -> None:
    counted.clear()

    app.run()

    assert {"built": 1, "problems": 1, "ratios_like": 1, "seconds_like": 1} == counted


def test_edit_builds_judges_and_estimates_its_request_once_a_rerun(app: AppTest, counted: Counter[str]) -> None:
    page = upload(look(app), png())
    counted.clear()

    page.run()

    assert {"built": 1, "problems": 1, "ratios_like": 1, "seconds_like": 1} == counted


def test_compare_builds_its_request_once_and_asks_once_for_each_kind(app: AppTest, counted: Counter[str]) -> None:
    compared(app, prompt="a {red|blue} square")
    counted.clear()

    ran(app)

    assert {"built": 1, "problems": 2 * len(TWO), "ratios_like": len(TWO), "seconds_like": len(TWO)} == counted
