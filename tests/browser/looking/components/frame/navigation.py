"""One page: pictures to look at."""

import streamlit as st


def configure() -> None:
    st.set_page_config(layout="wide")


def run() -> None:
    st.navigation([st.Page("pages/generate.py", default=True)]).run()
