"""The prompts that were sent lately, to be taken again."""

from collections.abc import Callable

import streamlit as st

from components.frame.notice import error_notice, plain
from components.state.account import session
from components.state.services import services
from triptych.errors import Refused

MOST = 10
SHOWN = 90  # characters of each


def recent_prompts(words: str, pick: Callable[[str], None]) -> None:
    """Draw a button for each that holds these words; a click gives its text to ``pick``, in a callback."""
    try:
        found = services().store.prompts.recent(session().owner, words, MOST)
    except Refused as error:
        error_notice(error)
        return
    if not found:
        st.caption("No results." if words else "Prompts that you run appear here.")
    for number, text in enumerate(found):
        short = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        st.button(plain(short), key=f"recent_{number}", on_click=pick, args=(text,), type="tertiary")
