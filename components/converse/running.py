"""A turn while it runs: its image as it comes, what it waits for, and a way to stop it."""

import math

import streamlit as st

from components.frame.running import cancel_advice
from components.run.live_view import SLICE, STATUS, Seen, doing
from components.run.slots import slots, stage
from components.state.widgets import CANCEL
from triptych.jobs import Job

LONG = 2  # times the expected time, after which it takes longer than usual


def running_turn_view(job: Job) -> None:
    """Draw it, live; at its end the page starts again."""
    st.fragment(_live, run_every=SLICE)(job, Seen())


def _live(job: Job, seen: Seen) -> None:
    job.wait(seen.version, SLICE)
    seen.version = job.version
    if job.done:
        st.rerun()
    for slot in slots(job):
        stage(slot)
    _progress(job)


def _progress(job: Job) -> None:
    should = job.should
    late = job.seconds > LONG * should.high
    clock = f"{job.seconds:.0f} s of about {should.low:.0f}–{should.high:.0f} s"
    words = "Longer than usual; cancel it, or wait" if late else doing(job)
    with st.container(key="turn_status", horizontal=True, vertical_alignment="center", gap="small", height=STATUS):
        share = 1 - math.exp(-job.seconds / job.should.middle)
        st.progress(min(share, 0.98), text=f"{words} · {clock}")
        st.button("Cancel", key=CANCEL, on_click=job.cancel, help=cancel_advice())
