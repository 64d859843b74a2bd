"""The Converse page before the first turn: the image to begin with, else what the page is for and the first step."""

from pathlib import Path

import streamlit as st

from components.converse.attached import thumbnail
from components.converse.next_turn import say
from components.converse.tab_state import open_thread, opened, talk
from components.converse.threads import title
from components.frame.notice import plain
from components.image.samples import Sample, samples
from components.state.account import session
from components.state.services import services
from components.state.widgets import MESSAGE, THREAD
from triptych.servers import DEMO

HERE = Path(__file__).with_name("examples")
# What was said in each turn of the example, and what the image shows then.
EXAMPLE = (
    ("first.jpg", "A small white sailing boat on a calm lake", "A white sailing boat on a lake"),
    ("second.jpg", "The same at night", "The same boat at night"),
    ("third.jpg", "Add a lighthouse", "The boat at night, with a lighthouse"),
)
BEGUN = 480  # pixels, of an image to begin with


def converse_welcome() -> None:
    """Draw it, where no conversation is open, or one without turns."""
    if base := talk().next.base:
        thumbnail(base, "The image to change", BEGUN)
        st.caption("The next message changes this image.")
        return
    with st.container(key="converse_welcome"):
        st.markdown("**Change an image in plain words, turn by turn.** Each message goes on from the image before it.")
        samples([Sample(HERE / name, f"“{words}”", alt) for name, words, alt in EXAMPLE], "converse_steps")
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.button("Start with this example", key="try_converse", icon=":material/edit:", on_click=_try)
            _continue()


def _continue() -> None:
    """Draw the way back to the conversation that was written to last."""
    last = next(iter(services().threads.all(session().owner)), None) if services().begun else None
    if last and last.id != THREAD.value:
        st.button(
            plain(f"Continue “{title(last)}”"),
            key="continue_last",
            icon=":material/history:",
            type="tertiary",
            on_click=open_thread,
            args=(last.id,),
        )


def _try() -> None:
    """Send the first message on the demo engine, where it is free; elsewhere put it into the input."""
    own, first = opened(), EXAMPLE[0][1]
    if own and services().threads.turns(own):
        return  # the second click of a double one
    if session().account.server is DEMO:
        say(first)
    else:
        talk().refused = None
        MESSAGE.put(first)
