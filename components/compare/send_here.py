"""From a picture anywhere to the Compare page, with its prompt, its settings and what it was made from."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.compare.tab_state import begin_anew
from components.image.protocol import Shown
from components.state.account import session
from components.state.tab import overwrite
from components.state.widgets import parameter


def compare_this(shown: Shown, place: str, widgets: Mapping[str, Any]) -> bool:
    """Draw the button, which fills the form with ``widgets``; whether it was pressed, and Compare is where to go."""
    return st.button("Compare this", key=f"compare_{place}_{shown.key}", icon=":material/grid_view:", type="tertiary",
                     on_click=_bring, args=(shown, widgets))  # fmt: skip


def go_to_compare() -> None:
    """Leave for the Compare page."""
    st.switch_page("pages/compare.py")


def _bring(shown: Shown, widgets: Mapping[str, Any]) -> None:
    from components.compare.axes import show_input  # what only the Compare page needs

    asked, here = shown.asked, session()
    here.stop_viewing()
    form = {parameter(name): value for name, value in widgets.items()}
    overwrite({**form, **show_input(asked.images[:1])})
    begin_anew()
    if len(asked.attachments) > 1:
        here.tell("Only the first input image is compared, as a whole: its mask and the others are left out.")
