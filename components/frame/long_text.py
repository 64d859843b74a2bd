"""Words of any length on a page: what is long is cut, and folded below in whole."""

import streamlit as st

MOST = 1000  # characters that are read at a glance; a prompt may have 32,000


def long_text(text: str) -> None:
    """Draw ``text`` as it is, letter by letter."""
    if len(text) <= MOST:
        st.text(text)
        return
    st.text(f"{text[:MOST]}…")
    with st.expander(f"All {len(text):,} characters"):
        st.text(text)
