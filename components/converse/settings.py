"""The sidebar of the Converse page: what the image tool takes, and the text model that calls it."""

from dataclasses import replace

import streamlit as st

from components.form.request_form import request_form
from components.frame.notice import plain
from components.state.form import form_request
from components.state.tab import Widget
from components.state.widgets import TEXT_EFFORT, TEXT_MODEL
from triptych.request import ImageRequest, TurnOptions
from triptych.request.turns import EFFORTS
from triptych.text_models import TEXT_MODELS, text_model

ENDPOINT = "responses"
AUTO = "auto"
REWRITE = Widget[bool]("text_rewrite", first=True)
ACTION = Widget[str]("image_action", AUTO)
ALWAYS = Widget[bool]("image_always", first=False)
ACTIONS = {AUTO: "Text model decides", "generate": "New image", "edit": "Change the image"}


def turn_settings() -> ImageRequest:
    """Draw the parameters and return what they hold, as a turn without words."""
    request_form(ENDPOINT, without=("n",))
    with st.sidebar, st.container(gap="small"):
        st.caption("Text model")
        _text_model()
        _tool()
    return settings_now()


def settings_now() -> ImageRequest:
    """What the widgets hold now, whether they have been drawn in this run or not."""
    turn = TurnOptions(
        text_model=(TEXT_MODEL.value or TEXT_MODEL.first).strip(),
        effort=None if TEXT_EFFORT.value == AUTO else TEXT_EFFORT.value,
        rewrite=REWRITE.value,
        action=ACTION.value,
        forced=ALWAYS.value,
    )
    return replace(form_request(ENDPOINT), prompt="", n=1, stream_each=False, turn=turn)


def _text_model() -> None:
    chosen = TEXT_MODEL.value
    listed = (*TEXT_MODELS, *([] if chosen in TEXT_MODELS else [chosen]))
    st.selectbox(
        "Text model",
        listed,
        key=TEXT_MODEL.begin(),
        accept_new_options=True,
        persist_state="session",
        label_visibility="collapsed",
        help="Reads the conversation and calls the image tool. Enter any model your server supports.",
    )
    st.caption(_rates(chosen))
    st.selectbox(
        "Effort",
        (AUTO, *EFFORTS),
        key=TEXT_EFFORT.begin(),
        persist_state="session",
        help="How much the text model thinks before it answers. auto: its own default.",
    )
    st.toggle(
        "Let the text model rewrite the prompt",
        key=REWRITE.begin(),
        persist_state="session",
        help="On: the image is made from a prompt that the text model writes; it stands under the image. Off: the "
        "text model is told to pass your words on unchanged.",
    )


def _rates(name: str) -> str:
    """What its tokens cost, as the catalog has it."""
    known = text_model(name)
    if known.text_in is None or known.text_out is None:
        return "Price unknown"
    return plain(f"${known.text_in:g} in, ${known.text_out:g} out per million tokens, by third parties")


def _tool() -> None:
    st.selectbox(
        "Image action",
        tuple(ACTIONS),
        key=ACTION.begin(),
        format_func=ACTIONS.__getitem__,
        persist_state="session",
        help="Whether the image tool makes a new image or changes the one before it.",
    )
    st.toggle(
        "An image with every message",
        key=ALWAYS.begin(),
        persist_state="session",
        help="Off: the text model may answer in words alone, which costs only text.",
    )
