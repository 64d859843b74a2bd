"""What an edit did: before and after, the truth about the pixels outside the mask, and what to do with it next."""

from functools import partial

import streamlit as st

from components.edit.keep_outside import keep_outside
from components.edit.views import is_stale
from components.image.before_after import before_after
from components.image.from_run import Pictured, pictures
from components.image.viewer import Look
from components.inputs.input_column import missing_button
from components.inputs.inputs import continue_from, read
from components.mask.outside import mask_truth
from components.run.live_view import job_view
from components.run.submit import on_stage
from components.state.runs import EDIT
from components.state.tab import Widget
from triptych.errors import InputMissing
from triptych.inputs import FORMATS, Attachment
from triptych.jobs import Job

CHOSEN = Widget[int]("edit_result", 1)  # which of several pictures is looked at, from 1


def result_tools(job: Job) -> Pictured:
    """Draw the choice among the results of ``job``, and the way on from the chosen one; that one."""
    found = tuple(pictures(job))
    shown = found[_chosen(len(found))]
    if shown.format in FORMATS:
        st.button(
            "Continue from this",
            key="continue",
            icon=":material/arrow_forward:",
            type="tertiary",
            on_click=continue_from,
            args=(shown,),
            help="Makes this the image to edit. The other inputs stay.",
        )
    return shown


def _chosen(of: int) -> int:
    """Draw the choice of one picture among several; its place."""
    if of == 1:
        return 0
    CHOSEN.put(min(CHOSEN.value, of))
    st.segmented_control("Image", range(1, of + 1), key=CHOSEN.key, required=True, label_visibility="collapsed")
    return CHOSEN.value - 1


def edit_result(job: Job, shown: Pictured) -> None:
    """Draw ``shown``, of ``job``, in the picture's place: before and after, and what changed outside the mask."""
    first = job.request.images[0]
    before, after = Look.at(first, partial(read, first), "the original image"), Look.of(shown)
    mask = job.request.mask
    if mask is None:
        before_after(before, after, f"changed_{shown.key}")
        return
    mask_truth(before, after, mask, partial(read, mask), f"changed_{shown.key}")
    if shown.format in FORMATS:
        keep_outside(first, shown, mask)


def edit_results(pictures: tuple[Attachment, ...]) -> None:
    """Draw the page's newest edit; once it has ended and other ``pictures`` are edited, folded away."""
    job = on_stage(EDIT)
    if job and job.done and is_stale(job, pictures):
        with st.expander("Result of your earlier inputs", icon=":material/history:", key="edit_stale"):
            job_view(EDIT)
        return
    job_view(EDIT)
    if job and any(isinstance(error, InputMissing) for error in job.errors):
        missing_button("result")
