"""Draw pictures from a prompt."""

import streamlit as st

from components.form.prompt_box import prompt_box
from components.form.request_form import request_form
from components.frame.navigation import require_app
from components.run.code_panel import code_panel
from components.run.empty_page import welcome
from components.run.live_view import job_view
from components.run.run_row import run_row
from components.run.submit import draft, typed
from components.state.account import session

require_app()

st.title("Generate")
request = request_form()
prompt_box(request)
running = run_row("generate", "Generate", draft(request), typed)
job_view("generate", running)
welcome("generate")
code_panel(request, session().account)
