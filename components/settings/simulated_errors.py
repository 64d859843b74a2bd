"""Simulated errors: what the demo engine does wrong in the next runs, to see what happens at no cost."""

from collections import Counter

import streamlit as st

from components.state.access import administrators_only
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget
from triptych.engine.faults import FAULTS, TURN_FAULTS, Faults
from triptych.errors import Refused
from triptych.servers import DEMO

OFFERED = FAULTS | TURN_FAULTS
MOST = 10  # runs in a row that one error spoils
GROUPS = {
    "Account": ("rate_limit", "slow_down", "quota", "bad_key", "unverified", "not_found"),
    "Moderation": ("moderation_input", "moderation_output", "moderation_stream", "policy"),
    "Server": (
        *("server_error", "server_error_stream", "overloaded", "bad_gateway"),
        *("too_large", "detail", "long_error", "redirect"),
    ),
    "Connection": ("timeout", "slow", "cut", "cut_stream", "no_completed"),
    "Conversation": tuple(TURN_FAULTS),
}
GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}
ANSWER = "Answer"  # the group of all others: an answer that is not as the API's
ORDERED = tuple(sorted(OFFERED, key=lambda name: [*GROUPS, ANSWER].index(GROUP_OF.get(name, ANSWER))))
FAULT, TIMES = Widget[str]("fault", ORDERED[0]), Widget[int]("fault_times", 1)


def simulated_errors() -> None:
    """Draw the choice of an error, and what is queued already."""
    if not _on_demo():
        st.caption("Choose the demo engine above to try failures at no cost.")
        return
    st.caption("The demo engine can fail like the real API, so you can see what happens before it costs anything.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Error", ORDERED, key=FAULT.begin(), format_func=_described, width=520)
        st.number_input("Times", 1, MOST, key=TIMES.begin(), width=140)
        st.button("Queue error", key="plan", icon=":material/bug_report:", on_click=_plan)
        st.button("Clear", key="unplan", disabled=not _faults().pending, on_click=_clear)
    st.caption(_pending())


def _on_demo() -> bool:
    try:
        return session().account.server is DEMO
    except Refused:
        return False


def _described(name: str) -> str:
    return f"{GROUP_OF.get(name, ANSWER)} · {name.replace('_', ' ').capitalize()}: {OFFERED[name]}"


def _pending() -> str:
    queued = Counter(_faults().pending)
    if not queued:
        return "No error queued. The next run succeeds."
    listed = ", ".join(f"{name.replace('_', ' ')} ×{times}" for name, times in queued.items())
    return f"Queued for the next runs: {listed}."


def _plan() -> None:
    administrators_only()  # the demo engine is everybody's
    _faults().plan(FAULT.value, TIMES.value)


def _clear() -> None:
    administrators_only()
    _faults().clear()


def _faults() -> Faults:
    process = services()
    with process.lock:  # warming up may be starting the engine just now
        return process.engine.faults
