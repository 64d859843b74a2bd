"""Say which models there are, what an image costs, what each accepts, and until when it is available."""

import streamlit as st

from components.frame.navigation import require_app
from components.models.overview import models_overview
from components.models.prices import price_matrix
from components.models.table import dates_table, sources_table, takes_table, text_models_table

require_app()

st.title("Models")
models_overview()
with st.expander("All models, snapshots and retired ones", icon=":material/calendar_month:"):
    dates_table()
with st.expander("All prices", icon=":material/payments:"):
    price_matrix()
with st.expander("What each model accepts", icon=":material/tune:"):
    takes_table()
with st.expander("Sources", icon=":material/fact_check:"):
    sources_table()
with st.expander("Text models", icon=":material/notes:"):
    text_models_table()
