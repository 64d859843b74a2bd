"""Generate beside its form: prompt, button, price and stage, each a part that is drawn where it changes."""

from functools import partial

import streamlit as st

from components.form.prompt_box import prompt_box
from components.frame.parts import NOTES, PRICE, PROMPT, ROW, STAGE, part
from components.run.code_panel import code_panel
from components.run.empty_page import welcome
from components.run.filmstrip import filmstrip
from components.run.interrupted import interrupted_runs
from components.run.live_view import job_view
from components.run.price_tag import price_tag
from components.run.run_row import run_row
from components.run.submit import standing, stands, typed
from components.state.account import session
from components.state.runs import GENERATE
from triptych.request import ImageRequest


def bench(request: ImageRequest) -> None:
    """Draw it for the form's ``request``; style.css says where each part stands, by the width of the page."""
    stands(request)
    with st.container(key="generate_bench"):
        controls = st.container(key="generate_controls")
        stage = st.container(key="generate_stage")
        notes = st.container(key="generate_notes")
    with controls:
        part(PROMPT, lambda: prompt_box(standing().request))
    with notes:
        part(PRICE, lambda: price_tag(standing()))
    with controls:  # from here on a run that ends at once is waited for
        part(ROW, lambda: run_row(GENERATE, "Generate", standing(), typed))
    with stage:
        part(STAGE, partial(job_view, GENERATE), partial(welcome, GENERATE))
    with notes:
        part(
            NOTES,
            partial(interrupted_runs, GENERATE),
            partial(filmstrip, GENERATE),
            lambda: code_panel(standing().request, session().account),
        )
