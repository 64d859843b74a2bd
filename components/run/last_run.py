"""One line in a new tab: go on with what was made last, in whichever tab."""

import streamlit as st

from components.image.from_run import pictures
from components.image.image import picture
from components.run.filmstrip import THUMBNAIL, PutBack, settings_back
from components.run.submit import last_run, on_stage
from components.state.runs import runs
from triptych.jobs import Job


def continue_last(page: str, what: str, put_back: PutBack = settings_back) -> None:
    """Draw the offer where the stage of ``page`` is empty and there is an image to go on with; ``what`` it was."""
    job = None if on_stage(page) else last_run(page)
    shown = next(pictures(job), None) if job and job.done else None
    if job is None or shown is None:
        return
    with st.container(key="continue_last", horizontal=True, vertical_alignment="center", gap="small"):
        try:
            small = shown.preview(THUMBNAIL)
        except (KeyError, ValueError):
            return
        with st.container(width=40):
            picture(small, "jpeg", shown.pixels, f"Last {what}: {shown.alt}")
        st.button(
            f"Continue your last {what}",
            key="continue_last_button",
            type="tertiary",
            on_click=_continue,
            args=(page, job, put_back),
        )


def _continue(page: str, job: Job, put_back: PutBack) -> None:
    runs().begin(page, job.ticket)
    put_back(job.request)
