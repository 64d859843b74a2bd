"""The prompt."""

import streamlit as st

from components.session import session


def prompt_box() -> str:
    """Draw the prompt's text area and return what it holds."""
    session().keep("prompt")
    return st.text_area("Prompt", key="prompt", height=120, persist_state="session")
