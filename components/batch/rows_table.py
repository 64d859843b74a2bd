"""All rows of a batch as one table: from one frame, made anew only where there is news."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import streamlit as st

from components.batch.tab_state import SHOWS, BatchTab
from components.frame.formats import money
from components.image.media_url import address
from components.state.services import services
from components.state.tab import tab
from triptych.batch.batch import Batch, RowState
from triptych.many import Progress, Status
from triptych.store import Stored

EDGE = 96  # pixels, the longer edge of a thumbnail
MOST_SHOWN = 2000  # thumbnails at once: a browser holds them all
LONGEST = 300  # characters of a cell
HEIGHT = 600  # pixels, of the table
ROW = 64  # pixels, of a row with its image
WORDS: dict[Status, str] = {
    "missing": "Not sent",
    "queued": "Waiting",
    "drawing": "Generating",
    "elsewhere": "Running elsewhere",
    "batched": "In the Batch API",
    "done": "Done",
    "failed": "Failed",
    "unknown": "May be charged",
    "cancelled": "Cancelled",
    "impossible": "Can't be run",
}
COLUMNS = ("Row", "Image", "State", "Prompt", "Model", "Cost", "Seconds", "Tokens", "Next move", "Error")
Frame = dict[str, list[Any]]  # cells by column
CONFIG = {
    "Row": st.column_config.NumberColumn(width=60, format="%d"),
    "Image": st.column_config.ImageColumn(width=80),
    "State": st.column_config.TextColumn(width=120),
    "Prompt": st.column_config.TextColumn(width="large"),
    "Cost": st.column_config.NumberColumn(format="$%.4f", width=90),
    "Seconds": st.column_config.NumberColumn(format="%.1f", width=80),
    "Tokens": st.column_config.NumberColumn(format="%d", width=80),
}


def filters(now: Progress) -> None:
    """Draw the choice of a state; each says how many rows stand so."""
    there = [status for status in WORDS if now.count(status)]
    if SHOWS.value not in there:
        SHOWS.put(None)
    st.pills(
        "Show",
        there,
        key=SHOWS.begin(),
        format_func=lambda status: f"{WORDS[status]} {now.count(status):,}",
        label_visibility="collapsed",
    )


def rows_table(batch: Batch, *, picks: bool) -> RowState | None:
    """Draw the rows of the chosen state; with ``picks``, the one that was clicked."""
    states, frame = _frame(batch)
    if not states:
        return None
    picked: Any = st.dataframe(
        frame,
        hide_index=True,
        height=min(HEIGHT, 40 + ROW * len(states)),
        row_height=ROW,
        column_config=CONFIG,
        key="batch_rows_pick" if picks else "batch_rows",
        on_select="rerun" if picks else "ignore",
        selection_mode="single-row",
        alt="All rows of the batch",
    )
    chosen = picked.selection.rows if picks else ()
    return states[chosen[0]] if chosen and chosen[0] < len(states) else None


def _frame(batch: Batch) -> tuple[tuple[RowState, ...], Frame]:
    here, wanted = tab(BatchTab), SHOWS.value
    asked = (batch.id, batch.version, wanted, len(batch.requests))
    if here.drawn is None or here.drawn[0] != asked:
        every = batch.states
        states = tuple(state for state in every if state.status == wanted) if wanted else every
        here.drawn = (asked, (states, _made(states)))
    states, frame = here.drawn[1]
    # The server forgets an address that no run of the page has named: the images are named by every run.
    frame["Image"] = [_image(state.pictures[:1], number) for number, state in enumerate(states)]
    found: tuple[tuple[RowState, ...], Frame] = (states, frame)
    return found


def _made(states: tuple[RowState, ...]) -> Frame:
    cells: dict[str, Callable[[RowState], Any]] = {
        "Row": lambda state: state.row.number,
        "Image": lambda state: None,  # noqa: ARG005 - it is put in at every run
        "State": lambda state: WORDS[state.status],
        "Prompt": lambda state: _request(state).prompt[:LONGEST],
        "Model": lambda state: _request(state).model,
        "Cost": lambda state: float(state.dollars) if state.dollars is not None else None,
        "Seconds": lambda state: state.seconds if state.status == "done" else None,
        "Tokens": lambda state: state.output_tokens,
        "Next move": lambda state: state.reason[0] if state.reason else "",
        "Error": lambda state: state.reason[1][:LONGEST] if state.reason else "",
    }
    return {name: [cells[name](state) for state in states] for name in COLUMNS}


def _request(state: RowState) -> Any:
    return state.row.request


def _image(stored: tuple[Stored, ...], number: int) -> str | None:
    """Where the browser finds a row's thumbnail; None where there is none, or it cannot be shown."""
    if not stored or number >= MOST_SHOWN:
        return None
    small, one = tab(BatchTab).thumbnails, stored[0]
    if one.sha256 not in small:
        small[one.sha256] = b""
        with suppress(KeyError, ValueError):
            small[one.sha256] = services().store.preview(one, EDGE)
    data = small[one.sha256]
    return address(data, "image/jpeg", f"batch {one.sha256}") if data else None


def said_of(now: Progress) -> str:
    """How it stands, in one line."""
    told = [f"{now.count('done'):,} of {now.possible:,} done"]
    others: tuple[Status, ...] = ("failed", "unknown", "cancelled", "missing", "elsewhere")
    told += [f"{now.count(status):,} {WORDS[status].lower()}" for status in others if now.count(status)]
    return " · ".join([*told, money(now.dollars)])
