"""What the Edit page is for, and a picture to try it with."""

import streamlit as st

from components.edit.request import edit_back
from components.inputs.inputs import only
from components.run.last_run import continue_last
from components.state.runs import EDIT
from components.state.widgets import PROMPT

PICTURE = "A small white sailing boat on a calm lake at dawn, mountains behind"
EXAMPLE = "A red sailing boat"


def edit_welcome() -> None:
    """Draw it, where there is no picture yet."""
    with st.container(border=True):
        st.markdown(
            "**Change part of an image.** Add an image, paint over what should change, and describe the "
            "result. Without a mask the whole image may change."
        )
        st.text("Drop an image below, paste one, or choose one from your history.")
        st.button("Try with a sample image", key="try_sample", icon=":material/image:", on_click=_try)
    continue_last(EDIT, "edit", edit_back)


def _try() -> None:
    from triptych.engine.artist import Order, paint
    from triptych.engine.encode import encode

    only(encode(paint(Order(PICTURE, 1024, 1024)), "png"))
    if not PROMPT.value:
        PROMPT.put(EXAMPLE)
