"""The settings page."""

import streamlit as st

from components.navigation import require_app

require_app()

st.title("Settings")
