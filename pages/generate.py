"""Draw pictures from a prompt."""

import streamlit as st

from components.code_panel import code_panel
from components.job_view import job_view
from components.navigation import require_app
from components.prompt_box import prompt_box
from components.request_form import request_form
from components.run_row import run_row
from components.session import session
from components.welcome import welcome

require_app()

st.title("Generate")
prompt_box()
request = request_form()
running = run_row("generate", "Generate", request, session().request)
job_view("generate", running)
welcome("generate")
code_panel(request, session().account)
