"""A link to settings fills the form wherever it is opened, and sends nothing."""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.compare_tab import compared
from tests.pages.conftest import Tab
from tests.pages.tabs import press
from triptych.request.link import packed

Opened = Callable[[str, str], AppTest]


def link(app: AppTest) -> str:
    """What the link on the page holds."""
    (found,) = [found for one in app.code if (found := re.search(r"\?settings=([\w-]+)$", one.value))]
    return found[1]


@pytest.fixture
def opened(app: AppTest) -> Opened:
    """A new tab that a link to a page has opened."""

    def tab(page: str, settings: str) -> AppTest:
        other = Tab()
        other.query_params["settings"] = settings
        other.switch_page(page) if page != "pages/generate.py" else None
        return other.run()

    return tab


def test_the_link_of_a_request_fills_the_form_of_another_tab_and_sends_nothing(app: AppTest, opened: Opened) -> None:
    app.session_state["code_panel"] = True
    app.session_state["quality"] = "high"
    app.text_area(key="prompt").set_value("A boat, 100 % red").run()

    other = opened("pages/generate.py", link(app))

    assert not other.exception
    assert "A boat, 100 % red" == other.text_area(key="prompt").value
    assert "high" == other.session_state["quality"]
    assert {} == other.query_params
    assert ["Settings opened from a link. Nothing is sent before you click the button."] == [
        toast.value for toast in other.toast
    ]


def test_a_link_fills_the_form_once_though_a_run_was_asked_for_before_the_browser_heard_of_it(opened: Opened) -> None:
    values = packed({"model": "gpt-image-2.6-flare", "prompt": "A boat"})
    other = opened("pages/generate.py", values)
    assert "A boat" == other.text_area(key="prompt").value

    other.query_params["settings"] = values
    other.text_area(key="prompt").set_value("A ship").run()

    assert "A ship" == other.text_area(key="prompt").value
    assert {} == other.query_params


def test_the_link_of_a_comparison_describes_it_in_another_tab(app: AppTest, opened: Opened) -> None:
    press(compared(app, prompt="A boat"))

    other = opened("pages/compare.py", link(app))

    assert not other.exception
    assert ("A boat", ["gpt-image-2", "gpt-image-2.5-flare"]) == (
        other.text_area(key="prompt").value,
        list(other.session_state["compare_values_model"]),
    )


@pytest.mark.parametrize("path", ["pages/generate.py", "pages/edit.py", "pages/compare.py"])
@pytest.mark.parametrize("text", ["junk", packed({"model": 1}), packed([])])
def test_a_link_that_is_none_is_said_so_and_changes_nothing(opened: Opened, path: str, text: str) -> None:
    other = opened(path, text)

    assert not other.exception
    assert 1 == len(other.error)
    assert {} == other.query_params
