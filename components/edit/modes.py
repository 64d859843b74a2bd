"""What the Edit page does: change what is painted, extend the picture beyond its edges, or vary it."""

from typing import Literal, cast

import streamlit as st

from components.state.account import session

KEY = "edit_mode"
Mode = Literal["Paint", "Extend", "Variations"]
PAINT: Mode = "Paint"
EXTEND: Mode = "Extend"
VARY: Mode = "Variations"
ICONS: dict[str, str] = {
    PAINT: ":material/brush:",
    EXTEND: ":material/expand_content:",
    VARY: ":material/auto_awesome_motion:",
}


def edit_modes() -> Mode:
    """Draw the choice; the chosen mode."""
    session().begin({KEY: PAINT})
    st.segmented_control("What to do", (PAINT, EXTEND, VARY), key=KEY, required=True, label_visibility="collapsed",
                         format_func=_labelled, persist_state="session")  # fmt: skip
    return mode()


def mode() -> Mode:
    """What the page does now."""
    return cast(Mode, session().value(KEY) or PAINT)


def choose(chosen: Mode) -> None:
    """Do that from now on."""
    session().put({KEY: chosen})


def _labelled(name: str) -> str:
    return f"{ICONS[name]} {'Edit' if name == PAINT else name}"  # "Paint" is what the stage shows
