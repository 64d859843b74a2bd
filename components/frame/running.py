"""What is being drawn, on any page, with a way to stop it."""

import streamlit as st

from components.state.account import session
from components.state.runs import BATCH
from components.state.services import services
from triptych.jobs import Job

TICK = 1.0  # seconds


def job_badge() -> None:
    """Draw one line in the sidebar as long as anything runs: what it is, and a way to stop it."""
    running = services().jobs.running(session().owner)
    st.fragment(_badge, run_every=TICK if running else None)(_pages(running))


def _badge(was: frozenset[str]) -> None:
    running = services().jobs.running(session().owner)
    if running:
        with st.container(horizontal=True, vertical_alignment="center"):
            images = sum(job.request.n for job in running)
            clock = f"{max(job.seconds for job in running):.0f} s"
            st.caption(f"{images} image{'s' * (images > 1)} · {clock}")
            st.button(
                "Cancel all runs", key="stop", on_click=_stop, args=(running,), type="tertiary", help=cancel_advice()
            )
    if _pages(running) != was:  # not with each of many drawings: a comparison of a hundred shows them itself
        st.rerun()


def _pages(running: tuple[Job, ...]) -> frozenset[str]:
    """The pages that have something drawn."""
    return frozenset(job.page for job in running)


def _stop(running: tuple[Job, ...]) -> None:
    if any(job.page == BATCH for job in running):
        services().batches.stop(session().owner)  # so that no process goes on with it
    for job in running:
        job.cancel()


def cancel_advice() -> str:
    """What cancelling does to the bill, said before it is done."""
    return "A request already sent may still be charged. Images that arrive are saved."
