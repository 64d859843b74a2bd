"""Change part of a picture: put it in, paint, say what it should become."""

import streamlit as st

from components.edit.code import edit_code
from components.edit.handed_over import take_up
from components.edit.modes import edit_modes
from components.edit.notes import edit_notes
from components.edit.request import ENDPOINT, edit_at_click, edit_request
from components.edit.result import edit_result
from components.edit.stage import edit_canvas
from components.edit.upscale_progress import edit_larger
from components.form.prompt_box import prompt_box
from components.form.request_form import request_form
from components.frame.navigation import require_app
from components.inputs.input_column import image_input
from components.run.live_view import job_view
from components.run.run_row import run_row
from components.run.submit import draft

require_app()

take_up()
with st.container(horizontal=True, vertical_alignment="center", gap="large"):
    st.title("Edit", width="content")
    edit_modes()
left, middle, right = st.columns([26, 97, 64], gap="xsmall")
with left:
    pictures = image_input()
with middle:
    edit_canvas(pictures)
request = edit_request(request_form(ENDPOINT))
with right:
    prompt_box(request)
    running = run_row("edit", "Edit", draft(request), edit_at_click)
    with st.container():  # what comes and goes here does not make the pictures below it anew
        edit_notes(request)
        edit_larger()
    job_view("edit", running)
edit_result()
edit_code(request)
