"""What a tab keeps is its own, whatever its widgets begin with."""

from streamlit.testing.v1 import AppTest

from tests.pages.tabs import PATIENCE


def page() -> None:
    import streamlit as st

    from components.history.query import CHOSEN

    CHOSEN["tags"].begin()
    CHOSEN["tags"].value.append("mine")
    st.text(", ".join(CHOSEN["tags"].value))


def test_a_list_that_a_widget_begins_with_is_not_shared_between_tabs() -> None:
    tabs = [AppTest.from_function(page, default_timeout=PATIENCE).run() for _ in range(2)]

    assert [["mine"], ["mine"]] == [[text.value for text in tab.text] for tab in tabs]
