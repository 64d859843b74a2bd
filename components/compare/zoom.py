"""One picture of a comparison as large as the window allows, with everything known about it."""

from collections.abc import Iterator

import streamlit as st

from components.compare.axes import described, title_of
from components.compare.plan import Plan, key_of
from components.compare.tab_state import CompareTab
from components.frame.formats import money, span
from components.frame.notice import plain
from components.image.actions import download, more_actions
from components.image.from_record import RecordImage
from components.image.from_run import Pictured, pictures
from components.image.image import finished
from components.state.tab import tab
from triptych.experiment import CellState, Grid

FIT = 600  # pixels, how high a picture may be so that all of it is in view
STEPS = (
    ("Previous", -1, ":material/arrow_back:", "Left"),
    ("Next", 1, ":material/arrow_forward:", "Right"),
)


def compare_zoom(plan: Plan) -> None:
    """Draw the window if it is open on a picture of the comparison."""
    wanted = tab(CompareTab).zoomed
    if wanted and plan.own and any(key_of(state) == wanted for state in drawn(plan)):
        st.dialog("Image", width="large", on_dismiss=_close)(_view)(plan, plan.own)


def drawn(plan: Plan) -> tuple[CellState, ...]:
    """The drawings of the plan of which there is a picture, in the order of the cells."""
    return tuple(state for cell in plan.cells for state in plan.states(cell) if state.pictures)


def image_of(grid: Grid, state: CellState) -> Pictured | RecordImage | None:
    """The picture of a drawing as the pages hand it around."""
    job, known = grid.job(state.place), grid.known(state.place)
    if job and (made := next(pictures(job), None)):
        return made
    record = next((record for record in known.records if record.stored), None) if known else None
    return RecordImage(record) if record else None


def _view(plan: Plan, grid: Grid) -> None:
    every = drawn(plan)
    number = next((at for at, state in enumerate(every) if key_of(state) == tab(CompareTab).zoomed), 0)
    state = every[number]
    image = image_of(grid, state)
    _pager(every, number)
    if image is None:
        st.info("This image is no longer in your history.")
        return
    left, right = st.columns([5, 3], gap="medium")
    width, height = image.pixels
    with left, st.container(width=max(1, min(width, round(FIT * width / height)))):
        finished(image, image.full)
    with right:
        st.table(dict(zip(("", " "), zip(*_facts(state), strict=True), strict=True)), border="horizontal")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            download(image, "compare")
            if more_actions(image, "compare"):
                st.rerun()


def _pager(every: tuple[CellState, ...], number: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, step, icon, key in STEPS:
            ok = 0 <= number + step < len(every)
            st.button(
                label,
                key=f"compare_{label.lower()}",
                icon=icon,
                shortcut=key,
                disabled=not ok,
                on_click=_open,
                args=(key_of(every[number + step]) if ok else "",),
            )
        st.text(f"{number + 1} of {len(every)}")


def _facts(state: CellState) -> Iterator[tuple[str, str]]:
    for name, value in state.cell.coordinates:
        yield plain(title_of(name)), plain(described(value))
    yield "Cost", plain(f"{money(state.dollars)}, estimated {money(state.cost.dollars)}")
    took = f"{state.seconds:.1f} s" if state.seconds is not None else "unknown"
    yield "Time", plain(f"{took}, estimated {span(state.should)}")
    yield "Output tokens", f"{state.output_tokens:,}" if state.output_tokens else "not reported by the server"
    if state.cached:
        yield "From", "History, no charge"


def _open(key: str) -> None:
    tab(CompareTab).zoomed = key


def _close() -> None:
    tab(CompareTab).zoomed = ""
