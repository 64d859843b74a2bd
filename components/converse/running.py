"""A turn while it runs, here or elsewhere: its image as it comes, what it waits for, and a way to stop it."""

import math

import streamlit as st

from components.frame.running import cancel_advice
from components.run.attention import attention
from components.run.live_view import SLICE, STATUS, Seen, doing
from components.run.slots import slots, stage
from components.state.account import session
from components.state.services import services
from components.state.widgets import CANCEL
from triptych.conversation import Thread, Turn
from triptych.jobs import Job

LOOK = 5.0  # seconds between two looks at a turn that this process does not run
LONG = 2  # times the expected time, after which it takes longer than usual


def running_turn_view(job: Job, turn: str, place: str) -> None:
    """Draw the turn with this id in the container with the key ``place``, live; at its end the page starts again."""
    st.fragment(_live, run_every=SLICE)(job, turn, place, Seen())


def _live(job: Job, turn: str, place: str, seen: Seen) -> None:
    job.wait(seen.version, SLICE)
    seen.version = job.version
    if job.done:
        st.rerun()
    with st.container(key=f"shown_{turn}"):
        for slot in slots(job):
            stage(slot)
    with st.container(key=f"facts_{turn}"):
        _progress(job)
        attention(job, place)


def _progress(job: Job) -> None:
    should = job.should
    late = job.seconds > LONG * should.high
    clock = f"{job.seconds:.0f} s of about {should.low:.0f}–{should.high:.0f} s"
    words = "Longer than usual; cancel it, or wait" if late else doing(job)
    share = 1 - math.exp(-job.seconds / job.should.middle)
    with st.container(height=STATUS, border=False):
        st.progress(min(share, 0.98), text=f"{words} · {clock}")
    st.button("Cancel", key=CANCEL, on_click=job.cancel, help=cancel_advice())


def awaited(turn: Turn, thread: Thread) -> None:
    """Say that the answer of a turn is still to come, and look for it; once it is there the page starts again."""
    what = (
        "The connection was lost. The server keeps the answer, which is being fetched; nothing is paid twice."
        if turn.is_fetchable
        else "Running elsewhere"
    )
    st.caption(f":material/pending: {what}")
    st.fragment(_look, run_every=LOOK)(turn, thread)


def _look(turn: Turn, thread: Thread) -> None:
    if turn.is_fetchable:
        services().fetch_turns(session().client, thread.owner)
    found = {one.id: one for one in services().threads.turns(thread)}
    if turn.id not in found or found[turn.id].state != turn.state:
        st.rerun()
