"""Say where this tab draws, see the limits, and practise on faults."""

import streamlit as st

from components.frame.navigation import require_app
from components.frame.server_probe import connection
from components.settings.capabilities import capability_table
from components.settings.form import settings_form
from components.settings.limits import limits_table
from components.settings.simulated_errors import practice
from components.state.access import only_visitor

require_app()

st.title("Settings")
settings_form()
connection()
st.header("What this server can do")
capability_table()
st.subheader("Limits")
limits_table()
if only_visitor():
    st.subheader("Faults to practise on")
    practice()
