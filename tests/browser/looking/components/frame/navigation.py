"""One page: pictures to look at."""

import streamlit as st


def run() -> None:
    st.set_page_config(layout="wide")
    st.navigation([st.Page("pages/generate.py", default=True)]).run()
