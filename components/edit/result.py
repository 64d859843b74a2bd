"""What an edit did: before and after, the truth about the pixels outside the mask, and what to do with it next."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from components.edit.keep_outside import kept_outside, seam_slider
from components.edit.views import CHANGES, View, is_stale
from components.frame.notice import error_notice
from components.image.actions import download
from components.image.before_after import before_after
from components.image.from_record import RecordImage
from components.image.from_run import Pictured, pictures
from components.image.viewer import Look
from components.inputs.input_column import missing_button
from components.inputs.inputs import continue_from, read
from components.mask.outside import mask_truth
from components.run.live_view import job_view
from components.run.submit import on_stage
from components.state.runs import EDIT
from components.state.tab import Widget
from triptych.errors import InputMissing, Refused
from triptych.inputs import FORMATS, Attachment
from triptych.jobs import Job

CHOSEN = Widget[int]("edit_result", 1)  # which of several pictures is looked at, from 1


@dataclass(frozen=True)
class Result:
    """An answer, ``kept`` with the original's pixels outside the mask if that is wanted, or why it cannot be."""

    answer: Pictured
    kept: RecordImage | None
    trouble: Refused | None


def result_tools(job: Job) -> Result:
    """Draw the choice among the results of ``job``, and the way on from the chosen one; that one."""
    found = tuple(pictures(job))
    result = _result(found[_chosen(len(found))])
    shown = result.kept or result.answer
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
    return result


def _result(answer: Pictured) -> Result:
    try:
        return Result(answer, kept_outside(answer), None)
    except KeyError:
        return Result(answer, None, InputMissing("One of its source images is missing."))
    except Refused as error:
        return Result(answer, None, error)


def _chosen(of: int) -> int:
    """Draw the choice of one picture among several; its place."""
    if of == 1:
        return 0
    CHOSEN.put(min(CHOSEN.value, of))
    st.segmented_control("Image", range(1, of + 1), key=CHOSEN.key, required=True, label_visibility="collapsed")
    return CHOSEN.value - 1


def edit_result(result: Result, view: View) -> None:
    """Draw it in the image's place: before and after, or what the model changed outside the mask."""
    answer, kept = result.answer, result.kept
    first, mask = answer.asked.images[0], answer.asked.mask
    before, after = Look.at(first, partial(read, first), "the original image"), Look.of(answer)
    restored = Look.of(kept) if kept else None
    if mask and view == CHANGES:
        mask_truth(before, after, mask, partial(read, mask), f"changed_{answer.key}", restored)
        return
    before_after(before, restored or after, f"result_{answer.key}")
    if result.trouble:
        error_notice(result.trouble)
    if kept:
        with st.container(horizontal=True, vertical_alignment="center"):
            download(kept, "kept")
            seam_slider()


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
