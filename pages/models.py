"""Say what each model takes, costs, and until when it lives."""

import streamlit as st

from components.frame.navigation import require_app
from components.models.prices import price_matrix
from components.models.table import dates_table, sources_table, takes_table

require_app()

st.title("Models")
st.header("Until when each lives")
dates_table()
st.header("What one picture costs")
price_matrix()
st.header("What each takes")
takes_table()
st.header("Where these facts come from")
sources_table()
