"""A drawing as it happens: what it waits for, how long it takes, its stages, and at once its pictures."""

import math
import time
from dataclasses import dataclass

import streamlit as st

from components.frame.notice import error_notices, plain
from components.frame.parts import is_first
from components.frame.running import cancel_advice
from components.run.attention import attention
from components.run.gallery import gallery, shape_key, stage_caption, tile
from components.run.kept_answers import answers_of
from components.run.run_row import draw_again
from components.run.slots import grid, slots, stage
from components.run.submit import on_stage
from components.state.account import session
from components.state.runs import runs
from components.state.services import services
from components.state.widgets import parameter
from triptych.errors import Blocked, Cancelled, RateLimited
from triptych.jobs import Job
from triptych.results import Event, Partial, Progress, Queued, Retrying

SLICE = 0.25  # seconds a run of the view waits for news; the next begins right after it
LATE = 2  # times the expected seconds, beyond which a run takes longer than usual
STATUS = 48  # pixels, the line above the pictures, so that none moves when its text changes


def job_view(page: str) -> None:
    """Draw the page's newest drawing, live while it runs.

    If it has ended since a part of the page above was drawn for it as running, the page starts again.
    """
    job = on_stage(page)
    if job is None:
        return
    if not job.done:
        st.fragment(_live, run_every=SLICE)(job, Seen())
        _unsaved(page, job)
        return
    with st.container():  # as a fragment has one: else the pictures are made anew, and gone for a moment
        (_at_first if runs().beside == job.ticket and is_first() else _ended)(job)
    _unsaved(page, job)
    if job.ticket in runs().unfinished:
        _again(job)


@dataclass
class Seen:
    """The version of a drawing that the page shows, -1 before it shows any."""

    version: int = -1


def _live(job: Job, seen: Seen) -> None:
    """One slice of a running drawing: wait for news, show how it stands, and at its end say so to the page."""
    job.wait(seen.version, SLICE)
    seen.version = job.version
    (_ended if job.done else _progress)(job)
    if job.done:
        _again(job)


def _again(job: Job) -> None:
    """Draw the page again, of which a part was drawn before the job ended."""
    runs().unfinished.discard(job.ticket)
    st.rerun()


def _progress(job: Job) -> None:
    should = job.should
    clock = f"{job.seconds:.0f} s of about {should.low:.0f}–{should.high:.0f} s"
    clock += " · longer than usual" if _is_late(job) else ""
    with st.container(height=STATUS, border=False, key=f"status_{job.page}"):
        st.progress(min(_share(job), 0.98), text=f"{doing(job)} · {clock}")
    _images(job)
    if _is_late(job):
        st.caption(f":material/hourglass_bottom: You can keep waiting, queue another run, or cancel. {cancel_advice()}")


def _images(job: Job) -> None:
    """Draw what there is of every image, and room for its buttons."""
    places = tuple(slots(job))
    with grid(job, len(places), job.page) as cells:
        for slot in places:
            with cells.cell(), st.container(gap="xsmall", key=shape_key(slot, job.page)):
                if slot.pictured:
                    tile(slot.pictured)
                else:
                    stage(slot)
                with st.container(key=f"below_{job.page}_{slot.number}"):
                    st.space("medium")
    stage_caption(job, job.page)
    attention(job)


def _is_late(job: Job) -> bool:
    """Whether it takes longer than twice what it should at most."""
    return job.seconds > LATE * job.should.high


def _share(job: Job) -> float:
    """How much of it is done: said by work on this machine, else guessed from the time."""
    said = [part.last.share for part in job.parts if isinstance(part.last, Progress)]
    return min(said) if said else 1 - math.exp(-job.seconds / job.should.middle)


def doing(job: Job) -> str:
    """What is happening, in words."""
    last = max((part.last for part in job.parts if part.last), key=_rank, default=None)
    match last:
        case Retrying(error=error, seconds=seconds):
            why = "Rate limit reached" if isinstance(error, RateLimited) else error.next_move
            return f"{why}: trying again in {_left(last, seconds)} s"
        case Queued(reason=reason, seconds=seconds):
            return f"Waiting, {reason}" + (f" ({_left(last, seconds)} s)" if seconds else "")
        case Partial(index=index):
            return f"Partial {index + 1} of {job.request.partial_images}"
        case Progress(share=share):
            return f"Upscaling on this machine, {share:.0%} done"
    return "Editing" if job.request.images else "Generating"


def _left(event: Event, seconds: float) -> int:
    """Whole seconds until what ``event`` announced ``seconds`` before."""
    return max(0, math.ceil(event.at + seconds - time.monotonic()))


def _rank(event: object) -> int:
    said = [Progress, Partial, Queued, Retrying]
    return said.index(type(event)) if type(event) in said else -1


def _at_first(job: Job) -> None:
    """Draw the images that came at once and nothing else: a browser shows them the sooner the less comes with them."""
    _status(job)
    _images(job)


def _ended(job: Job) -> None:
    if job.saved:
        _status(job)
        gallery(job, job.page)
    _failures(job)
    answers_of(job)
    draw_again(job)
    attention(job)


def _failures(job: Job) -> None:
    """Draw what went wrong: each kind once, with the change that may settle it; what was canceled is one grey line."""
    stopped = next((error for error in job.errors if isinstance(error, Cancelled)), None)
    if stopped:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(plain(f"Canceled after {job.seconds:.0f} s. {stopped.message}"), width="content")
            if stopped.may_be_charged:
                st.page_link("pages/spending.py", label="Settle in Spending", icon=":material/payments:")
    troubles = (saved.trouble for saved in job.saved if saved.trouble)
    error_notices((*(error for error in job.errors if not isinstance(error, Cancelled)), *troubles))
    can_lower = "moderation" in job.request.entry.at(job.request.endpoint) and job.request.moderation != "low"
    if can_lower and any(isinstance(error, Blocked) for error in job.errors):
        st.button(
            "Lower moderation",
            key="lower_moderation",
            icon=":material/tune:",
            on_click=parameter("moderation").put,
            args=("low",),
            help="Sets moderation to low for the next run.",
        )


def _unsaved(page: str, newest_job: Job) -> None:
    """Draw earlier runs of the page whose images could not be saved: nothing may take their place before they are."""
    for job in services().jobs.of(session().owner):
        if job is not newest_job and job.page == page and job.done and not job.is_saved:
            with st.container(border=True):
                st.markdown("**Images of an earlier run that couldn't be saved**")
                gallery(job, job.ticket)
                answers_of(job)


def _status(job: Job) -> None:
    with st.container(height=STATUS, border=False, key=f"status_{job.page}"):
        st.caption(_done(job))


def _done(job: Job) -> str:
    if job.cached:
        return ":material/history: Reused from history. No charge."
    came = sum(len(saved.pieces) for saved in job.saved)
    of = f"{came} of {job.request.n} images" if came != job.request.n else f"{came} images" if came > 1 else "Generated"
    return f":material/check: {of} in {job.seconds:.1f} s"
