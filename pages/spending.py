"""Say what was spent, on what, in which time, and how good the estimates were."""

import streamlit as st

from components.frame.navigation import require_app
from components.spending.charts import spending_charts
from components.spending.csv_export import csv_button
from components.spending.damaged_books import doubt_notice
from components.spending.tables import estimates_table, latency_table
from components.spending.totals import caps, spending_period, spending_totals, spending_welcome, spent_in
from components.spending.unconfirmed import unknown_outcomes

require_app()

st.title("Spending")
doubt_notice()
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    period = spending_period()
    csv_button(period)
spent = spent_in(period)
if spending_totals(spent):
    spending_charts(spent)
else:
    spending_welcome()
st.header("Caps")
caps()
st.header("Outcomes to settle")
unknown_outcomes()
st.header("Time")
latency_table(spent)
st.header("Estimates")
estimates_table(spent)
