"""Faults to practise on: what the demo engine shall get wrong at the next drawing."""

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
MOST = 10  # drawings in a row that one plan spoils
FAULT, TIMES = Widget[str]("fault", next(iter(OFFERED))), Widget[int]("fault_times", 1)


def practice() -> None:
    """Draw the choice of a fault, and what is planned already."""
    if not _on_demo():
        st.caption("Choose the demo engine above to see, at no cost, what a failing server looks like.")
        return
    st.caption("The demo engine can fail as the real API does, so that you see what happens before it costs anything.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Fault", tuple(OFFERED), key=FAULT.begin(), format_func=_described, width=520)
        st.number_input("Times", 1, MOST, key=TIMES.begin(), width=140)
        st.button("Plan it", key="plan", icon=":material/bug_report:", on_click=_plan)
        st.button("Clear", key="unplan", disabled=not _faults().pending, on_click=_clear)
    st.caption(_pending())


def _on_demo() -> bool:
    try:
        return session().account.server is DEMO
    except Refused:
        return False


def _described(name: str) -> str:
    return f"{name.replace('_', ' ').capitalize()} · {OFFERED[name]}"


def _pending() -> str:
    planned = Counter(_faults().pending)
    if not planned:
        return "Nothing is planned: the next drawing goes well."
    listed = ", ".join(f"{name.replace('_', ' ')} ×{times}" for name, times in planned.items())
    return f"Planned for the next drawings: {listed}."


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
