"""What the Edit page does: change what is painted, extend the picture beyond its edges, or vary it."""

from typing import Literal

import streamlit as st

from components.state.returning import values_return
from components.state.tab import Widget

Mode = Literal["Paint", "Extend", "Variations"]
PAINT: Mode = "Paint"
EXTEND: Mode = "Extend"
VARY: Mode = "Variations"
MODE = Widget[Mode]("edit_mode", PAINT)
values_return(MODE)
ICONS: dict[str, str] = {
    PAINT: ":material/brush:",
    EXTEND: ":material/expand_content:",
    VARY: ":material/auto_awesome_motion:",
}


def edit_modes() -> Mode:
    """Draw the choice; the chosen mode."""
    MODE.begin()
    st.segmented_control(
        "What to do",
        (PAINT, EXTEND, VARY),
        key=MODE.key,
        required=True,
        label_visibility="collapsed",
        format_func=_labelled,
        persist_state="session",
    )
    return mode()


def mode() -> Mode:
    """What the page does now."""
    return MODE.value


def choose(chosen: Mode) -> None:
    """Do that from now on; called before the choice is drawn, or in a callback."""
    MODE.put(chosen)


def _labelled(name: str) -> str:
    return f"{ICONS[name]} {'Edit' if name == PAINT else name}"  # "Paint" is what the stage shows
