"""Say what was spent, on what, in which time, and how good the estimates were."""

import streamlit as st

from components.frame.navigation import require_app
from components.spending.caps import caps
from components.spending.charts import spending_charts
from components.spending.csv_export import csv_button
from components.spending.damaged_books import doubt_notice
from components.spending.tables import estimates_table, latency_table
from components.spending.totals import spending_headline, spending_period, spending_welcome, spent_in
from components.spending.unconfirmed import unknown_outcomes

require_app()

st.title("Spending")
doubt_notice()
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    period = spending_period()
    csv_button(period)
spent = spent_in(period)
is_any = spending_headline(spent)
caps()
unknown_outcomes()
if is_any:
    spending_charts(spent)
else:
    spending_welcome()
with st.container(key="spending_tables"):
    latency_table(spent)
    estimates_table(spent)
