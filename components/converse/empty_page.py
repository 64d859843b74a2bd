"""What the Converse page is for: one image in three turns, and the first step."""

from pathlib import Path

import streamlit as st

from components.converse.tab_state import talk
from components.image.image import picture
from components.state.widgets import MESSAGE

HERE = Path(__file__).with_name("examples")
# What was said in each turn of the example, and what the image shows then.
EXAMPLE = (
    ("first.webp", "A small white sailing boat on a calm lake", "A white sailing boat on a lake"),
    ("second.webp", "The same at night", "The same boat at night"),
    ("third.webp", "Add a lighthouse", "The boat at night, with a lighthouse"),
)
EDGE = 256  # pixels


def converse_welcome() -> None:
    """Draw it, where no conversation is open."""
    with st.container(key="converse_welcome"):
        st.markdown("**Change an image in plain words, turn by turn.** Each message goes on from the image before it.")
        with st.grid(3, min_column_width=150, gap="small") as cells:
            for name, words, alt in EXAMPLE:
                with cells.cell(), st.container(gap="xsmall"):
                    picture(HERE.joinpath(name).read_bytes(), "webp", (EDGE, EDGE), alt)
                    st.caption(f"“{words}”")
        st.button("Start with this example", key="try_converse", icon=":material/edit:", on_click=_try)


def _try() -> None:
    talk().refused = None
    MESSAGE.put(EXAMPLE[0][1])
