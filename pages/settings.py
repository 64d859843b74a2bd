"""Say where this tab draws, see the limits, and practise on faults."""

import streamlit as st

from components.limits_table import limits_table
from components.model_list import connection
from components.navigation import require_app
from components.practice import practice
from components.settings_form import settings_form
from components.visitors import only_visitor

require_app()

st.title("Settings")
settings_form()
connection()
st.subheader("Limits")
limits_table()
if only_visitor():
    st.subheader("Faults to practise on")
    practice()
