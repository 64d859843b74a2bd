"""What an edit did: before and after, the truth about the pixels outside the mask, and what to do with it next."""

from functools import partial

import streamlit as st

from components.edit.keep_outside import keep_outside
from components.image.before_after import before_after
from components.image.from_run import Pictured, pictures
from components.image.viewer import Look
from components.inputs.inputs import continue_from, read
from components.mask.outside import mask_truth
from components.run.submit import newest
from components.state.runs import EDIT
from components.state.tab import Widget
from triptych.inputs import FORMATS, Attachment
from triptych.jobs import Job

CHOSEN = Widget[int]("edit_result", 1)  # which of several pictures is looked at, from 1


def edit_result() -> None:
    """Draw it for the page's newest edit, once it has brought a picture."""
    job = newest(EDIT)
    found = tuple(pictures(job)) if job and job.done and job.request.images else ()
    if not job or not found:
        return
    st.subheader("What changed")
    with st.container(horizontal=True, vertical_alignment="center"):
        shown = found[_chosen(len(found))]
        if shown.format in FORMATS:
            st.button("Continue from this", key="continue", icon=":material/arrow_forward:", on_click=continue_from,
                      args=(shown,), help="It becomes the picture to edit; the other inputs stay.")  # fmt: skip
    _changed(job, job.request.images[0], shown)


def _chosen(of: int) -> int:
    """Draw the choice of one picture among several; its place."""
    if of == 1:
        return 0
    CHOSEN.put(min(CHOSEN.value, of))
    st.segmented_control("Picture", range(1, of + 1), key=CHOSEN.key, required=True, label_visibility="collapsed")
    return CHOSEN.value - 1


def _changed(job: Job, first: Attachment, shown: Pictured) -> None:
    before, after = Look.at(first, partial(read, first), "the picture as it was"), Look.of(shown)
    mask = job.request.mask
    if mask is None:
        before_after(before, after, f"changed_{shown.key}")
        return
    mask_truth(before, after, mask, partial(read, mask), f"changed_{shown.key}")
    if shown.format in FORMATS:
        keep_outside(first, shown, mask)
