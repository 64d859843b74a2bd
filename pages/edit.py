"""Change part of a picture: put it in, paint, say what it should become."""

from functools import partial

import streamlit as st

from components.edit_canvas import edit_canvas
from components.edit_code import edit_code
from components.edit_larger import edit_larger
from components.edit_modes import edit_modes
from components.edit_notes import edit_notes
from components.edit_request import ENDPOINT, edit_at_click, edit_request
from components.edit_result import edit_result
from components.image_input import image_input
from components.job_view import job_view
from components.navigation import require_app
from components.prompt_box import prompt_box
from components.request_form import request_form
from components.run_row import run_row

require_app()

with st.container(horizontal=True, vertical_alignment="center", gap="large"):
    st.title("Edit", width="content")
    edit_modes()
files: dict[str, bytes] = {}
left, middle, right = st.columns([26, 97, 64], gap="xsmall")
with left:
    pictures = image_input()
with middle:
    edit_canvas(pictures)
request_form(ENDPOINT)
request = edit_request()
with right:
    prompt_box()
    running = run_row("edit", "Edit", request, partial(edit_at_click, files), files)
    with st.container():  # what comes and goes here does not make the pictures below it anew
        edit_notes(request, files)
        edit_larger()
    job_view("edit", running)
edit_result()
edit_code(request)
