"""One image of a comparison as large as the window allows, with everything known about it."""

from collections.abc import Iterator

import streamlit as st

from components.compare.axes import described, title_of
from components.compare.plan import Plan, key_of
from components.frame.formats import money, span
from components.frame.notice import plain
from components.image.actions import download, more_actions
from components.image.from_record import RecordImage
from components.image.from_run import Pictured, pictures
from components.image.large_image import WIDTH, halves, large_image, pager
from components.image.open_image import close_image, is_open
from triptych.experiment import CellState, Grid


def compare_zoom(plan: Plan) -> None:
    """Draw the window if it is open on an image of the comparison."""
    if plan.own and any(is_open(key_of(state)) for state in drawn(plan)):
        st.dialog("Image", width=WIDTH, on_dismiss=close_image)(_view)(plan, plan.own)


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
    state = next((state for state in every if is_open(key_of(state))), every[0])
    image = image_of(grid, state)
    pager("compare_{}", [key_of(each) for each in every], key_of(state))
    if image is None:
        st.info("This image is no longer in your history.")
        return
    left, right = halves()
    with left:
        large_image(image)
    with right:
        st.table(dict(zip(("", " "), zip(*_facts(state), strict=True), strict=True)), border="horizontal")
        with st.container(key="large_actions", horizontal=True, vertical_alignment="center", gap="small"):
            download(image, "compare")
            if more_actions(image, "compare"):
                close_image()
                st.rerun()


def _facts(state: CellState) -> Iterator[tuple[str, str]]:
    for name, value in state.cell.coordinates:
        yield plain(title_of(name)), plain(described(value))
    yield "Cost", plain(f"{money(state.dollars)}, estimated {money(state.cost.dollars)}")
    took = f"{state.seconds:.1f} s" if state.seconds is not None else "unknown"
    yield "Time", plain(f"{took}, estimated {span(state.should)}")
    yield "Output tokens", f"{state.output_tokens:,}" if state.output_tokens else "not reported by the server"
    if state.cached:
        yield "From", "History, no charge"
