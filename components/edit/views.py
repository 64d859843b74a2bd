"""What stands on the stage of the Edit page: the image to edit, what came of it, or what that changed."""

from typing import Literal

import streamlit as st

from components.edit.modes import PAINT as PAINTING
from components.edit.modes import Mode, mode
from components.image.from_run import pictures as images_of
from components.run.submit import on_stage
from components.state.runs import EDIT
from components.state.tab import Widget, tab
from triptych.inputs import Attachment
from triptych.jobs import Job
from triptych.request import ImageRequest

View = Literal["Paint", "Result", "Changes"]
PAINT: View = "Paint"
RESULT: View = "Result"
CHANGES: View = "Changes"


class _Edited:
    """What the inputs were when a run's result came, and in which way they were edited, by the run's ticket."""

    __slots__ = ("inputs", "modes")

    def __init__(self) -> None:
        self.inputs: dict[str, tuple[Attachment, ...]] = {}
        self.modes: dict[str, Mode] = {}


def result_job() -> Job | None:
    """The page's newest edit, once it has brought an image."""
    job = on_stage(EDIT)
    return job if job and job.done and job.request.images and next(images_of(job), None) else None


def shown_edit() -> ImageRequest | None:
    """What the newest edit asked for, once it has brought an image."""
    job = result_job()
    return job.request if job else None


def stage_view(job: Job, pictures: tuple[Attachment, ...]) -> View:
    """Draw the choice and return the view: the result of ``job`` first, until inputs or the way of editing are others.

    What changed is measured outside the mask, so without one there is no such view.
    """
    now = mode()
    is_other = tab(_Edited).modes.setdefault(job.ticket, now) != now
    shown = PAINT if is_other or is_stale(job, pictures) else RESULT
    view = Widget[View](f"edit_view_{job.ticket}_{now}_{'_'.join(one.sha256[:8] for one in pictures)}", shown)
    st.segmented_control(
        "Stage",
        (PAINT, RESULT, CHANGES) if job.request.mask else (PAINT, RESULT),
        key=view.begin(),
        required=True,
        label_visibility="collapsed",
        format_func=_label,
        persist_state="session",
    )
    return view.value


def is_stale(job: Job, pictures: tuple[Attachment, ...]) -> bool:
    """Whether what is edited now is no longer what it was when ``job`` ended."""
    return tab(_Edited).inputs.setdefault(job.ticket, pictures) != pictures


def _label(view: View) -> str:
    return "Image" if view == PAINT and mode() != PAINTING else view
