"""Run many prompts, and one prompt over many images, as one batch."""

import streamlit as st

from components.batch.batch_code import batch_code
from components.batch.draft import draft
from components.batch.empty_page import batch_welcome
from components.batch.half_price import half_price_view, handed_over
from components.batch.live_view import batch_view
from components.batch.rows_in import batch_endpoint, rows_in
from components.batch.run_row import batch_run
from components.batch.saved import batch_saved, opened
from components.form.request_form import request_form
from components.frame.navigation import require_app

require_app()

own = opened()
handed = handed_over(own)
batch_saved(own)
request = request_form(batch_endpoint())
with st.container(key="batch_bench"):  # style.css says where each part stands, by the width of the page
    batch_welcome(own, request)
    rows_in()
described = draft(own)
batch_run(described, own)
batch_code(described)
half_price_view(own, handed)
batch_view(own)
