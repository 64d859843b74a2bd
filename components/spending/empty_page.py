"""What the Spending page is for, where nothing was drawn in the chosen time."""

import streamlit as st


def spending_welcome() -> None:
    """Draw it."""
    with st.container(border=True):
        st.markdown("**Where money and time went** is shown here: by day, model, quality and page, with how good the "
                    "estimates were. Nothing was drawn in this time.")  # fmt: skip
        st.page_link("pages/generate.py", label="Draw a picture", icon=":material/brush:")
