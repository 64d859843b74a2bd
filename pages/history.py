"""Find, rate, reuse, export and throw away what was made."""

import streamlit as st

from components.history_files import history_files
from components.history_query import history_query
from components.history_results import history_results
from components.history_welcome import history_welcome
from components.kept_answers import kept_answers
from components.navigation import require_app
from components.spending_doubt import doubt_notice

require_app()

st.title("History")
doubt_notice()
kept_answers()
if not history_welcome():
    history_results(history_query())
history_files()
