"""Generate images from a prompt."""

import streamlit as st

from components.form.prompt_box import prompt_box
from components.form.request_form import request_form
from components.frame.navigation import page_title, require_app
from components.run.code_panel import code_panel
from components.run.empty_page import welcome
from components.run.filmstrip import filmstrip
from components.run.interrupted import interrupted_runs
from components.run.live_view import job_view
from components.run.price_tag import price_tag
from components.run.run_row import run_row
from components.run.share import open_link
from components.run.submit import draft, typed
from components.state.account import session

require_app()

page_title("Generate")
open_link()
request = request_form(relevant=True)
sending = draft(request)
with st.container(key="generate_bench"):  # style.css says where each part stands, by the width of the page
    controls = st.container(key="generate_controls")
    stage = st.container(key="generate_stage")
    notes = st.container(key="generate_notes")
    with controls:
        prompt_box(request)
    with notes:
        price_tag(sending)
    with controls:  # from here on a run that ends at once is waited for
        run_row("generate", "Generate", sending, typed)
    with stage:
        job_view("generate")
        welcome("generate", sending)
    with notes:
        interrupted_runs("generate")
        filmstrip("generate")
        code_panel(request, session().account)
