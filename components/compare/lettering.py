"""How well each picture of a comparison is lettered as its prompt asked."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components.compare.plan import Plan
from components.compare.tab_state import CompareTab
from components.compare.zoom import drawn, image_of
from components.frame.notice import plain
from components.state.tab import Widget, tab
from triptych.errors import Refused
from triptych.experiment import CellState
from triptych.prompts.patterns import split_lettering

if TYPE_CHECKING:  # behind the first page
    from triptych.vision import Lettering

ON = Widget[bool]("compare_lettering", False)
SLICE = 1.0  # seconds of reading between two looks at the page
KEPT = 1000  # scores; of more, those of other comparisons are forgotten
LONGEST_READ = 40  # characters of what was read that are shown


def lettering_switch(plan: Plan, found: Sequence[CellState]) -> None:
    """Draw the switch where the prompt quotes a text and there are pictures to read, those of ``found``."""
    from triptych.vision import missing

    if plan.own is None or not found or not any(_quoted(cell.request.prompt) for cell in plan.cells):
        return
    lacks = missing("lettering")
    st.toggle(
        "Check lettering",
        key=ON.begin(),
        disabled=lacks is not None,
        persist_state="session",
        help=plain(
            lacks or "Reads the text in each image, on this machine, and compares it with what the prompt quotes."
        ),
    )
    if ON.value and not plan.own.running and _unread(found):
        st.fragment(_read, run_every=0.1)(plan)


def lettering_note(state: CellState) -> str:
    """A few words on a picture's lettering, none where it was not read."""
    found = tab(CompareTab).lettering.get(_name(state))
    if not ON.value or found is None:
        return ""
    said = [f"cannot read {' or '.join(found.unread)} with this reader"] if found.unread else []
    if found.score is not None:
        read = " ".join(found.read)[:LONGEST_READ]
        said.insert(0, f"lettering {found.score:.0%}" + (f", read “{read}”" if found.score < 1 and read else ""))
    return ", ".join(said)


def _read(plan: Plan) -> None:
    """Read for a while; once all is read, the page is drawn with it."""
    until, scores, found = time.monotonic() + SLICE, tab(CompareTab).lettering, drawn(plan)
    if len(scores) > KEPT:
        for name in scores.keys() - {_name(one) for one in found}:
            del scores[name]
    todo = _unread(found)
    st.caption(f"Reading, {len(todo)} left")
    for state in todo:
        scores[_name(state)] = _checked(plan, state)
        if time.monotonic() > until:
            return
    st.rerun()


def _unread(found: Sequence[CellState]) -> list[CellState]:
    scores = tab(CompareTab).lettering
    return [one for one in found if _name(one) not in scores and _quoted(one.cell.request.prompt)]


def _checked(plan: Plan, state: CellState) -> "Lettering | None":
    """What the image says; None where it cannot be read, as its file is gone or damaged."""
    from triptych.vision import lettering

    image = image_of(plan.own, state) if plan.own else None
    try:
        return lettering(image.original(), state.cell.request.prompt) if image else None
    except (Refused, KeyError):
        return None


def _quoted(prompt: str) -> bool:
    return bool(split_lettering(prompt)[1])


def _name(state: CellState) -> str:
    return f"{state.pictures[0].sha256} {state.cell.request.prompt}" if state.pictures else ""
