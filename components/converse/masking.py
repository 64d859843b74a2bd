"""Painting where the next message may change the image, with the canvas and the tools of the Edit page."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from components.converse.attached import read, taken
from components.converse.tab_state import talk
from components.converse.turn_image import image_of
from components.frame.news import news
from components.mask.canvas import mask_canvas
from components.mask.easels import current_painting
from components.mask.tools import mask_tools
from components.state.tab import Window
from triptych.conversation import Turn
from triptych.inputs import FORMATS

WINDOW = Window("converse_mask")


def mask_button(branch: Sequence[Turn]) -> None:
    """Draw the button that opens the canvas on the image the message changes, and the canvas while it is open."""
    asks = talk().next
    last = next((turn for turn in reversed(branch) if turn.records), None)
    if asks.masked:
        st.button(
            "Mask",
            key="unmask",
            icon=":material/close:",
            type="tertiary",
            on_click=_remove,
            help="Only what is painted may change. Click to remove the mask.",
        )
    elif last or asks.base:
        st.button(
            "Mask",
            key="mask_open",
            icon=":material/brush:",
            type="tertiary",
            on_click=_open,
            args=(last,),
            help="Paint where the image may change.",
        )
    if WINDOW.is_open and asks.masked:
        st.dialog("Paint what may change", width="large", on_dismiss=_close)(_paint)()


def _open(last: Turn | None) -> None:
    asks = talk().next
    shown = image_of(last) if last else None
    asks.masked = asks.base or (taken(shown) if shown and shown.format in FORMATS else None)
    if asks.masked:
        WINDOW.open()


def _paint() -> None:
    masked = talk().next.masked
    if masked is None:
        return
    news()
    with st.container(key="converse_mask", horizontal=True, vertical_alignment="center", gap="xsmall"):
        mask_tools(masked, partial(read, masked), in_dialog=True)
        done = st.button(
            "Done", key="mask_done", type="primary", on_click=_close
        )  # in the first row, which every window shows
    if done:
        st.rerun()
    mask_canvas(masked, partial(read, masked))


def _close() -> None:
    """Close it; where nothing is painted there is no mask."""
    WINDOW.close()
    asks = talk().next
    if asks.masked and current_painting(asks.masked).empty:
        asks.masked = None


def _remove() -> None:
    talk().next.masked = None
