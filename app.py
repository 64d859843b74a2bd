"""The frame around every page: page configuration, then the page the visitor asked for."""

import streamlit as st

from components.navigation import run

st.set_page_config(page_title="Triptych", page_icon=":material/view_week:", layout="wide")
run()
