"""Two pages: one that tries what a page's policy must allow or stop, and one that breaks."""

import streamlit as st


def run() -> None:
    st.set_page_config(layout="wide")
    st.navigation([st.Page("pages/probe.py", default=True), st.Page("pages/broken.py")]).run()
