"""The filmstrip: this tab's runs on a page as small images; one click puts a run and its settings back."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.frame.formats import money
from components.frame.notice import plain
from components.frame.running import cancel_advice
from components.image.actions import widgets_of
from components.image.from_run import pictures
from components.image.image import empty_slot, picture
from components.run.gallery import total
from components.run.slots import size_of
from components.run.submit import tab_runs
from components.state.runs import runs
from components.state.tab import overwrite
from triptych.jobs import Job
from triptych.request import ImageRequest
from triptych.store import STRIP_EDGE

TICK = 1.0  # seconds between two looks at runs in progress
MOST = 12  # runs
THUMBNAIL = STRIP_EDGE  # pixels, the longer edge
WORDS = 60  # characters of a prompt in the name of its button

PutBack = Callable[[ImageRequest], None]


def settings_back(request: ImageRequest) -> None:
    """Put what was asked back into the form; Undo brings back what it held."""
    overwrite(widgets_of(request))


def filmstrip(page: str, put_back: PutBack = settings_back) -> None:
    """Draw it once the tab has two runs on ``page``; ``put_back`` is called with the request of the one clicked."""
    found = tab_runs(page)
    if len(found) > 1:
        going = _tickets(found)
        stage = runs().staged.get(page, "")
        st.fragment(_strip, run_every=TICK if going else None)(page, going, stage, put_back)


def _strip(page: str, was: frozenset[str], stage: str, put_back: PutBack) -> None:
    if runs().staged.get(page) != stage:  # a click has changed what stands on the stage, and the form
        st.rerun()
    found = tab_runs(page)
    waiting = [job for job in found if not job.done and not any(part.sent for part in job.parts)]
    going = [job for job in found if not job.done]
    with st.container(key="filmstrip", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(f"Runs in this tab · {len(going)} in progress" if going else "Runs in this tab")
            if len(going) > 1:
                st.button(
                    "Cancel all",
                    key="cancel_all",
                    type="tertiary",
                    on_click=_cancel,
                    args=(going,),
                    help=cancel_advice(),
                )
        with st.container(key="filmstrip_runs", horizontal=True, gap="xsmall"):
            for number, job in reversed(list(enumerate(found, 1))[-MOST:]):
                place = waiting.index(job) + 1 if job in waiting else 0
                _frame(page, number, job, place, put_back)
    if _tickets(found) != was:  # the main button and the badge say whether anything runs
        st.rerun()


def _frame(page: str, number: int, job: Job, place: int, put_back: PutBack) -> None:
    """Draw one run: its first image, how it stands, and over both the button that puts it back."""
    is_on_stage = runs().staged.get(page) == job.ticket
    with st.container(key=f"frame_now_{number}" if is_on_stage else f"frame_past_{number}", width=88, gap="xxsmall"):
        _thumbnail(job, number)
        st.caption(plain(_state(job, place)), wrap=False)
        st.button(
            f"Show run {number}: {plain(job.request.prompt[:WORDS])}",
            key=f"show_{job.ticket}",
            on_click=_show,
            args=(page, job, put_back),
        )
        if not job.done:
            st.button(
                ":material/close:",
                key=f"stop_{job.ticket}",
                type="tertiary",
                on_click=_cancel,
                args=([job],),
                help=f"Cancel run {number}",
            )


def _thumbnail(job: Job, number: int) -> None:
    shown = next(pictures(job), None)
    alt = f"Run {number}"
    if shown is None:
        empty_slot(size_of(job), alt, drawing=not job.done)
        return
    try:
        picture(shown.preview(THUMBNAIL), "jpeg", shown.pixels, alt)
    except (KeyError, ValueError):  # the stage says why
        empty_slot(shown.pixels, alt, drawing=False)


def _state(job: Job, place: int) -> str:
    """How a run stands, in a word or two; ``place`` is its place among those that wait, 0 for none of them."""
    if place:
        return f"queued · {place}"
    if not job.done:
        return f"{job.seconds:.0f} s"
    if job.saved:
        return "reused" if job.cached else money(total(job)).replace("price ", "")
    return "canceled" if job.was_cancelled else "failed"


def _tickets(found: Sequence[Job]) -> frozenset[str]:
    return frozenset(job.ticket for job in found if not job.done)


def _show(page: str, job: Job, put_back: PutBack) -> None:
    runs().staged[page] = job.ticket
    put_back(job.request)


def _cancel(going: Sequence[Job]) -> None:
    for job in going:
        job.cancel()
