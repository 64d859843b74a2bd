"""Change part of an image: add it, paint a mask, describe the result."""

import streamlit as st

from components.edit.code import edit_code
from components.edit.extend import extended_size
from components.edit.handed_over import take_up
from components.edit.keep_outside import keep_switch
from components.edit.modes import edit_modes
from components.edit.notes import edit_notes
from components.edit.request import ENDPOINT, edit_at_click, edit_back, edit_request
from components.edit.result import edit_results
from components.edit.stage import edit_stage
from components.edit.upscale_progress import edit_larger
from components.edit.views import shown_edit
from components.form.prompt_box import prompt_box
from components.form.request_form import request_form
from components.frame.navigation import page_title, require_app
from components.inputs.input_column import image_input
from components.run.filmstrip import filmstrip
from components.run.interrupted import interrupted_runs
from components.run.price_tag import price_tag
from components.run.run_row import run_row
from components.run.share import open_link
from components.run.submit import draft

require_app()

open_link()
take_up()
page_title("Edit")
with st.container(key="edit_bench"):  # style.css says where each part stands, by the width of the page
    stage = st.container(key="edit_stage", gap="xsmall")
    with st.container(key="edit_inputs"):
        pictures = image_input()
    controls = st.container(key="edit_controls")
with stage:
    edit_stage(pictures)
request = edit_request(request_form(ENDPOINT, relevant=True, size=extended_size(pictures)))
sending = draft(request)
with controls:
    edit_modes()
    prompt_box(request)
    run_row("edit", "Edit", sending, edit_at_click)
    price_tag(sending)
    keep_switch(pictures, shown_edit())
    with st.container():  # what comes and goes here does not make the pictures below it anew
        edit_notes(request)
        edit_larger()
    interrupted_runs("edit")
    edit_results(pictures)
    filmstrip("edit", edit_back)
    edit_code(request)
