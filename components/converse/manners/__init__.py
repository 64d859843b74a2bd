"""How the page behaves in the browser: the newest turn comes into view, and a composing key never sends."""

from pathlib import Path

import streamlit as st

JS = Path(__file__).with_name("manners.js").read_text("utf-8")

_manners = st.components.v2.component("triptych_converse_manners", js=JS)


def manners(newest: str) -> None:
    """Bring the turn with the id ``newest`` into view once it is new, and keep composing keys from the input."""
    _manners(key="converse_manners", data={"newest": newest}, height=1)
