"""The canvas on a page: its tools, and what they can do."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.mask.easels import Easels
from tests.pages.kept import kept
from tests.serving import ROOT

PATIENCE = 60.0  # seconds


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("EASEL", str(tmp_path))
    opened = AppTest.from_file(str(ROOT / "tests" / "browser" / "easel.py"), default_timeout=PATIENCE)
    opened.query_params["size"] = "200x100"
    return opened.run()


def test_it_has_its_tools_and_begins_with_the_brush(page: AppTest) -> None:
    assert [] == list(page.exception)
    tools = page.button_group(key="mask_tool")
    assert ["Brush", "Eraser", "Rectangle", "Ellipse", "Polygon", "Line"] == tools.options
    assert "Brush" == tools.value
    assert 4 == page.slider(key="brush_size").value
    assert [True, True, True] == [page.button(key=f"mask_{step}").disabled for step in ("undo", "redo", "clear")]


def test_only_what_draws_lines_has_a_width(page: AppTest) -> None:
    page.button_group(key="mask_tool").set_value("Rectangle").run()

    assert page.slider(key="brush_size").disabled


def test_a_painting_can_be_cleared_and_brought_back(page: AppTest) -> None:
    [picture] = kept(page, Easels).held
    easel = kept(page, Easels).held[picture]
    stroke = {"type": "Rect", "left": 10, "top": 10, "width": 20, "height": 20, "originX": "left", "originY": "top"}
    kept(page, Easels).held[picture] = easel.put(easel.now.adding([{**stroke, "fill": "#ff0000"}]))
    page.run()

    page.button(key="mask_clear").click().run()
    assert page.button(key="mask_clear").disabled
    page.button(key="mask_undo").click().run()

    assert not page.button(key="mask_clear").disabled
    assert not page.button(key="mask_redo").disabled
    assert not kept(page, Easels).held[picture].now.empty


def test_a_drawing_that_was_refused_is_said_in_words_until_something_else_is_painted(page: AppTest) -> None:
    [picture] = kept(page, Easels).held
    easel = kept(page, Easels).held[picture].refusing("This stroke has too many points.")
    kept(page, Easels).held[picture] = easel

    assert ["This stroke has too many points\\."] == [error.value for error in page.run().error]
    assert ["This stroke has too many points\\."] == [error.value for error in page.run().error]
    kept(page, Easels).held[picture] = easel.put(easel.now)
    assert [] == list(page.run().error)


def outdated_once() -> None:
    import streamlit as st

    from components.mask.canvas import mask_canvas
    from tests.pages.edit_tab import png
    from triptych.inputs import Attachment

    data = png((64, 64))
    st.session_state.runs = st.session_state.get("runs", 0) + 1
    mask_canvas(Attachment.of(data), lambda: data, is_outdated=lambda: st.session_state.runs == 1)


def test_the_whole_page_is_drawn_again_once_what_it_says_of_the_painting_is_outdated() -> None:
    page = AppTest.from_function(outdated_once, default_timeout=PATIENCE).run()

    assert [] == list(page.exception)
    assert 2 == page.session_state["runs"]
    assert "mask_tool" in {one.key for one in page.get("button_group")}
