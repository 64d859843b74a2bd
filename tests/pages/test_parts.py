"""The parts of a page: a callback that says which it changes has these drawn alone, in its order, and any other all."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import PATIENCE

pytestmark = pytest.mark.usefixtures("engine")


def script() -> None:
    """A page of three parts that notes in which order it is drawn; the session says what its click has drawn."""
    from functools import partial

    import streamlit as st

    from components.frame.drawing import configure
    from components.frame.parts import Page, draw_only, part
    from components.state.tab import tab, this_page

    def note(what: str) -> None:
        st.session_state.setdefault("drawn", []).append(what)

    def clicked() -> None:
        st.session_state["drawn"] = []
        draw_only(st.session_state["named"])

    configure()
    tab(Page).whole = ""
    note("page")
    st.button("Click", key="click", on_click=clicked)
    for name in ("price", "row", "stage"):
        part(name, partial(note, name))
    tab(Page).whole = "" if "broken" in st.session_state else this_page()


def drawn_by(*names: str, **state: object) -> list[str]:
    """What a click draws that says it changes the parts of these names."""
    page = AppTest.from_function(script, default_timeout=PATIENCE)
    page.session_state["named"] = names
    for key, value in state.items():
        page.session_state[key] = value
    page.run()
    assert ["page", "price", "row", "stage"] == page.session_state["drawn"]

    page.button(key="click").click().run()

    assert [] == list(page.exception)
    drawn: list[str] = page.session_state["drawn"]
    return drawn


def test_what_a_callback_names_is_drawn_alone_in_its_order() -> None:
    assert ["stage", "price"] == drawn_by("stage", "price")


def test_on_a_page_without_one_of_the_parts_all_of_it_is_drawn() -> None:
    assert ["page", "price", "row", "stage"] == drawn_by("stage", "notes")


def test_a_page_that_was_not_drawn_to_its_end_is_drawn_whole() -> None:
    assert ["page", "price", "row", "stage"] == drawn_by("stage", broken=True)
