"""What the history is for, as long as it is empty."""

import streamlit as st

from components.state.account import session
from components.state.services import services
from triptych.store import Query


def history_welcome() -> bool:
    """Draw it if this visitor has nothing in the history, the trash included; whether that is so."""
    history, owner = services().store.history, session().owner
    if any(history.search(owner, Query(trashed=trashed), 1, 1).total for trashed in (False, True)):
        return False
    with st.container(border=True):
        st.markdown("**Everything you make stays here**, with its prompt, settings, cost and time. Find it again by "
                    "its words, rate it, tag it, take its settings over, or take it away as a ZIP.")  # fmt: skip
        st.page_link("pages/generate.py", label="Draw the first picture", icon=":material/brush:")
    return True
