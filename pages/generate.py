"""Generate images from a prompt."""

import streamlit as st

from components.form.prompt_box import prompt_box
from components.form.request_form import request_form
from components.frame.navigation import page_title, require_app
from components.frame.parts import NOTES, PRICE, PROMPT, ROW, STAGE, part
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
from components.state.returning import remember
from components.state.runs import GENERATE


def prompt() -> None:
    prompt_box(typed().request)
    remember()


def price() -> None:
    price_tag(draft(typed().request))


def row() -> None:
    run_row(GENERATE, "Generate", draft(typed().request), typed)


def on_it() -> None:
    job_view(GENERATE)
    welcome(GENERATE)


def below() -> None:
    interrupted_runs(GENERATE)
    filmstrip(GENERATE)
    code_panel(typed().request, session().account)


require_app()

page_title("Generate")
open_link()
request_form(relevant=True)
with st.container(key="generate_bench"):  # style.css says where each part stands, by the width of the page
    controls = st.container(key="generate_controls")
    stage = st.container(key="generate_stage")
    notes = st.container(key="generate_notes")
with controls:
    part(PROMPT, prompt)
with notes:
    part(PRICE, price)
with controls:  # from here on a run that ends at once is waited for
    part(ROW, row)
with stage:
    part(STAGE, on_it)
with notes:
    part(NOTES, below)
