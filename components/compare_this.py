"""From a picture anywhere to the Compare page, with its prompt and settings."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.compare_keys import begin_anew
from components.session import session
from components.shown import Shown


def compare_this(shown: Shown, place: str, widgets: Mapping[str, Any]) -> bool:
    """Draw the button, which fills the form with ``widgets``; whether it was pressed, and Compare is where to go."""
    return st.button("Compare this", key=f"compare_{place}_{shown.key}", icon=":material/grid_view:", type="tertiary",
                     on_click=_bring, args=(widgets,))  # fmt: skip


def go_to_compare() -> None:
    """Leave for the Compare page."""
    st.switch_page("pages/compare.py")


def _bring(widgets: Mapping[str, Any]) -> None:
    session().stop_viewing()
    session().overwrite(widgets)
    begin_anew()
