"""The frame around every page: page configuration, then the page the visitor asked for."""

from pathlib import Path

import streamlit as st

from components.navigation import run

# The icon is ours: a Material icon or an emoji would be fetched from elsewhere by every visitor.
st.set_page_config(
    page_title="Triptych", page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide", initial_sidebar_state=320
)
run()
