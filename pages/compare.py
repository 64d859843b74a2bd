"""Compare one prompt across models, qualities and whatever else can be varied."""

import streamlit as st

from components.compare.axes import endpoint
from components.compare.empty_page import compare_welcome
from components.compare.handed_over import take_up
from components.compare.live_view import compare_view
from components.compare.plan import compare_plan
from components.compare.run_row import compare_run
from components.compare.saved import compare_saved, opened
from components.compare.tab_state import VARY
from components.compare.tabs import judged
from components.compare.vote import vote_by_link
from components.compare.zoom import compare_zoom
from components.form.request_form import request_form
from components.frame.navigation import require_app

require_app()

if not vote_by_link():
    take_up()
    own = opened()
    compare_saved(own)
    request = request_form(endpoint(), without=("n", *VARY.value))
    if not judged(own):
        with st.container(key="compare_bench"):  # style.css says where each part stands, by the width of the page
            compare_welcome(own, request)
            with st.container():
                plan = compare_plan(own, request)
                compare_run(plan)
        compare_view(plan)
        compare_zoom(plan)
