"""A turn while it runs: its image as it comes, what it waits for, and a way to stop it."""

import math

import streamlit as st

from components.frame.running import cancel_advice
from components.run.live_view import SLICE, STATUS, Seen, doing
from components.run.slots import slots, stage
from components.state.widgets import CANCEL
from triptych.jobs import Job

LONG = 2  # times the expected time, after which it takes longer than usual


def running_turn_view(job: Job, turn: str) -> None:
    """Draw the turn with this id, live; at its end the page starts again."""
    st.fragment(_live, run_every=SLICE)(job, turn, Seen())


def _live(job: Job, turn: str, seen: Seen) -> None:
    job.wait(seen.version, SLICE)
    seen.version = job.version
    if job.done:
        st.rerun()
    with st.container(key=f"shown_{turn}"):
        for slot in slots(job):
            stage(slot)
    with st.container(key=f"facts_{turn}"):
        _progress(job)


def _progress(job: Job) -> None:
    should = job.should
    late = job.seconds > LONG * should.high
    clock = f"{job.seconds:.0f} s of about {should.low:.0f}–{should.high:.0f} s"
    words = "Longer than usual; cancel it, or wait" if late else doing(job)
    share = 1 - math.exp(-job.seconds / job.should.middle)
    with st.container(height=STATUS, border=False):
        st.progress(min(share, 0.98), text=f"{words} · {clock}")
    st.button("Cancel", key=CANCEL, on_click=job.cancel, help=cancel_advice())
