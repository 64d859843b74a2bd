"""What is being drawn, on any page, with a way to stop it."""

import streamlit as st

from components.services import services
from components.session import session

TICK = 1.0  # seconds


def job_badge() -> None:
    """Draw a line for each running job in the sidebar; it follows them until they end."""
    running = services().jobs.running(session().owner)
    st.fragment(_badge, run_every=TICK if running else None)(len(running))


def _badge(was: int) -> None:
    running = services().jobs.running(session().owner)
    for job in running:
        with st.container(horizontal=True, vertical_alignment="center"):
            pictures = "1 picture" if job.request.n == 1 else f"{job.request.n} pictures"
            st.caption(f":material/progress_activity: Drawing {pictures} · {job.seconds:.0f} s")
            st.button("Stop", key=f"stop_{job.ticket}", on_click=job.cancel, type="tertiary", help=cancel_advice())
    if len(running) != was:
        st.rerun()


def cancel_advice() -> str:
    """What cancelling does to the bill, said before it is done."""
    return "What has been sent may still be charged, and what comes in is still saved."
