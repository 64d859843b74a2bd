"""The Edit page by AppTest: what stands on its stage, by what was done and by the way of editing."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.edit_tab import edit, look, paint, png, upload
from tests.pages.form import captions


@pytest.fixture
def tab(app: AppTest) -> AppTest:
    return upload(look(app), png())


def test_what_changed_outside_the_mask_has_a_view_of_its_own_where_there_was_a_mask(tab: AppTest) -> None:
    def stage() -> Any:
        return next(one for one in tab.get("button_group") if str(one.key).startswith("edit_view_"))

    edit(tab)
    assert ["Paint", "Result"] == list(stage().options)

    paint(tab, (100, 100, 700, 700))
    edit(tab)
    assert "Result" == stage().value
    assert "outside the mask changed" not in " ".join(markdown.value for markdown in tab.markdown)
    tab.session_state[stage().key] = "Changes"
    tab.run()

    assert "outside the mask changed" in " ".join(markdown.value for markdown in tab.markdown)
    for mode, view, is_asked in (("Extend", "Paint", True), ("Paint", "Changes", False)):
        tab.session_state["edit_mode"] = mode
        tab.run()
        assert (view, is_asked) == (stage().value, "extend_top" in {one.key for one in tab.number_input})


def test_the_size_that_was_chosen_is_there_again_after_extending(tab: AppTest) -> None:
    tab.selectbox(key="size").set_value("1024x1536").run()
    for side in ("right", "left"):
        tab.session_state[f"extend_{side}"] = 0
    tab.session_state["edit_mode"] = "Extend"
    tab.run()
    assert "Nothing is added yet. Extend at least one side." in captions(tab)
    assert [] == list(tab.error)
    for mode in ("Extend", "Paint"):
        tab.session_state["edit_mode"] = mode
        tab.run()

    assert "1024x1536" == tab.selectbox(key="size").value
