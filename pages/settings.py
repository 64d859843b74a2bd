"""Say which engine this tab uses, with its key; try simulated errors; see the environment."""

import streamlit as st

from components.frame.navigation import require_app
from components.frame.server_probe import connection
from components.settings.capabilities import capability_table
from components.settings.form import settings_form
from components.settings.limits import limits_table
from components.settings.simulated_errors import simulated_errors
from components.state.access import only_visitor

require_app()

st.title("Settings")
if settings_form():
    connection()
    st.header("What this server can do", anchor=False)
    capability_table()
if only_visitor():
    with st.expander("Simulated errors", icon=":material/bug_report:"):
        simulated_errors()
with st.expander("Environment", icon=":material/settings:"):
    limits_table()
