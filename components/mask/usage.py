"""What the paint on an image is for: a mask that says where to change, or a guide for the model to read."""

import streamlit as st

from components.state.account import session
from components.state.tab import Widget
from components.state.widgets import MODEL
from triptych.catalog import model

MASK, GUIDE = USES = ("Mask", "Guide")
USE = Widget[str]("drawing_as", MASK)
HELP = (
    "A mask marks where the image may change. A guide is drawn on the image for the model to read: arrows, outlines, "
    "crosses. Explain them in the prompt."
)


def mask_use() -> str:
    """What it is for now; always a mask where model or server take no guide."""
    return (USE.value or MASK) if _has_guides() else MASK


def mask_use_choice() -> None:
    """Draw the choice, where there is one."""
    if _has_guides():
        USE.begin()
        st.segmented_control(
            "Use the paint as",
            USES,
            key=USE.key,
            required=True,
            label_visibility="collapsed",
            help=HELP,
            persist_state="session",
        )


def _has_guides() -> bool:
    return model(MODEL.value).markup and session().account.server.heeds("markup", "edits")
