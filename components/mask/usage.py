"""What the drawing on a picture is for: a mask that says where to change, or a guide for the model to read."""

import streamlit as st

from components.state.account import session
from triptych.catalog import model

KEY = "drawing_as"
MASK, GUIDE = USES = ("Mask", "Guide")
HELP = ("A mask says where the picture may change. A guide is laid over the picture for the model to read: arrows, "
        "outlines, crosses. The prompt says what they mean.")  # fmt: skip


def mask_use() -> str:
    """What it is for now; always a mask where model or server take no guide."""
    return str(session().value(KEY) or MASK) if _has_guides() else MASK


def mask_use_choice() -> None:
    """Draw the choice, where there is one."""
    if _has_guides():
        session().begin({KEY: MASK})
        st.segmented_control("Use the drawing as", USES, key=KEY, required=True, label_visibility="collapsed",
                             help=HELP, persist_state="session")  # fmt: skip


def _has_guides() -> bool:
    return model(str(session().value("model"))).markup and session().account.server.heeds("markup", "edits")
