"""What an empty page is for, one example, and the first step."""

import streamlit as st

from components.run.submit import on_stage
from components.state.tab import overwrite
from components.state.widgets import PROMPT

EXAMPLE = 'A small red lighthouse on a cliff at dusk, gouache, the word "OPEN" above its door'


def welcome(page: str) -> None:
    """Draw it as long as nothing has been drawn on ``page``."""
    if on_stage(page):
        return
    with st.container(border=True):
        st.markdown(
            "**Create images from a prompt.** Say what you want to see, choose model and size on the left, and "
            "the button tells you what it will cost before anything is sent."
        )
        st.text(EXAMPLE)
        st.button("Try this", key="try_example", on_click=_try, icon=":material/edit:")


def _try() -> None:
    overwrite({PROMPT: EXAMPLE})
