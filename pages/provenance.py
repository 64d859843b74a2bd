"""Say what an image tells about where it comes from."""

import streamlit as st

from components.frame.navigation import require_app
from components.provenance.report import provenance_report
from components.provenance.subject import subject_input

require_app()

st.title("Provenance")
subject = subject_input()
if subject:
    provenance_report(subject)
