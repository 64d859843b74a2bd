"""The main button, Cancel beside it, and why it cannot be pressed."""

import streamlit as st

from components.job_badge import cancel_advice
from components.price_tag import price_note, price_tag, run_label
from components.session import session
from triptych.request import ImageRequest, Problem

ON_CLICK = {"prompt"}  # what a click settles: the text area commits when it loses the focus, so it is judged then


def run_row(page: str, verb: str, request: ImageRequest) -> None:
    """Draw the row. A click starts the drawing before the page is drawn again."""
    here = session()
    here.ticket(page)
    job = here.job(page)
    running = job is not None and not job.done
    standing = [p for p in request.problems(here.account.server) if p.parameter not in ON_CLICK]
    buttons, tag = st.columns([3, 2], vertical_alignment="center")
    with buttons, st.container(horizontal=True):
        st.button(
            run_label(verb, request),
            key="run",
            type="primary",
            icon=":material/brush:",
            disabled=running or bool(standing),
            on_click=here.start,
            args=(page,),
        )
        if job and running:
            st.button("Cancel", key="cancel", on_click=job.cancel, help=cancel_advice())
    with tag:
        price_tag(request)
    st.caption(price_note(request))
    for problem in standing:
        problem_notice(problem)
    if here.refused and here.refused.parameter in {*ON_CLICK, "account"}:
        st.error(here.refused.sentence, title="Not sent", icon=":material/error:")


def problem_notice(problem: Problem) -> None:
    """Say what is wrong and offer the change that settles it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(problem.sentence, icon=":material/warning:")
        if problem.fix:
            st.button(
                problem.fix_label, key=f"fix_{problem.parameter}", on_click=session().put, args=(dict(problem.fix),)
            )
