"""Drawing the same once more: beside an answer from history, and beside one that may have been charged already."""

import streamlit as st

from components.run.price_tag import run_label
from components.run.submit import start
from triptych.jobs import Job


def draw_again(job: Job) -> None:
    """Draw the button where it is the next move: nothing is ever drawn a second time without it."""
    if not (job.cached or any(error.may_be_charged for error in job.errors)):
        return
    st.button(
        run_label("Draw again", job.request),
        key="again",
        icon=":material/refresh:",
        on_click=start,
        args=(job.page, lambda: job.request),
        kwargs={"redraw": True},
        help="It is sent, and paid for, as a drawing of its own.",
    )
