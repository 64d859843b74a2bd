"""All rows of a batch as one table: from one frame, made anew only where there is news."""

import base64
from collections.abc import Callable
from typing import Any

import streamlit as st

from components.batch.tab_state import SHOWS, BatchTab
from components.frame.formats import money
from components.image.media_url import address
from components.state.services import services
from components.state.tab import tab
from triptych.batch.batch import Batch, RowState
from triptych.many import Progress, Status
from triptych.store import Store, Stored

EDGE = 64  # pixels, the longer edge of a thumbnail
MOST_SHOWN = 2000  # thumbnails at once: a browser holds them all
MOST_BYTES = 200_000  # of one thumbnail
AS_THEY_ARE = {"svg": "image/svg+xml", "gif": "image/gif"}  # of these formats the store makes no thumbnail
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
USUAL = ("Row", "Image", "State", "Prompt", "Cost", "Seconds", "Tokens", "Model")
TROUBLED = ("Row", "Image", "State", "Next move", "Error", *USUAL[3:])
Frame = dict[str, list[Any]]  # cells by column
Addresses = dict[str, str]  # by SHA-256: where the browser finds an image as long as the page is not run as a whole
CONFIG = {
    "Row": st.column_config.NumberColumn(width=60, format="%d"),
    "Image": st.column_config.ImageColumn(width=80),
    "State": st.column_config.TextColumn(width=120),
    "Prompt": st.column_config.TextColumn(width="large"),
    "Next move": st.column_config.TextColumn(width=180),
    "Error": st.column_config.TextColumn(width="medium"),
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


def rows_table(batch: Batch, addresses: Addresses | None = None) -> RowState | None:
    """Draw the rows of the chosen state; gives the one that was clicked.

    While they run, ``addresses`` grows by where the browser finds new images; then none can be clicked.
    """
    states, frame = _frame(batch, addresses)
    if not states:
        return None
    picked: Any = st.dataframe(
        frame,
        hide_index=True,
        height=min(HEIGHT, 40 + ROW * len(states)),
        row_height=ROW,
        column_config=CONFIG,
        column_order=TROUBLED if any(frame["Error"]) else USUAL,
        placeholder="",
        key="batch_rows_pick" if addresses is None else "batch_rows",
        on_select="rerun" if addresses is None else "ignore",
        selection_mode="single-row",
        alt="All rows of the batch",
    )
    chosen = picked.selection.rows if addresses is None else ()
    return states[chosen[0]] if chosen and chosen[0] < len(states) else None


def _frame(batch: Batch, addresses: Addresses | None) -> tuple[tuple[RowState, ...], Frame]:
    """The rows to show and their cells; made once for each event of the batch, since they are thousands."""
    here, wanted = tab(BatchTab), SHOWS.value
    asked = (batch.id, batch.version, wanted, addresses is None)
    if here.drawn is None or here.drawn[0] != asked:
        states = tuple(state for state in batch.states if wanted in {None, state.status})
        frame = _made(states)
        store = services().store
        frame["Image"] = [
            _image(store, state.pictures[0], addresses) if number < MOST_SHOWN and state.pictures else None
            for number, state in enumerate(states)
        ]
        here.drawn = (asked, (states, frame))
    found: tuple[tuple[RowState, ...], Frame] = here.drawn[1]
    return found


def _made(states: tuple[RowState, ...]) -> Frame:
    cells: dict[str, Callable[[RowState], Any]] = {
        "Row": lambda state: state.row.number,
        "Image": lambda state: None,  # noqa: ARG005 - it is put in by who knows where images are
        "State": lambda state: WORDS[state.status],
        "Prompt": lambda state: _request(state).prompt[:LONGEST],
        "Model": lambda state: _request(state).model,
        "Cost": lambda state: float(state.dollars) if state.dollars is not None else None,
        "Seconds": lambda state: state.seconds if state.status == "done" else None,
        "Tokens": lambda state: state.output_tokens,
        "Next move": lambda state: state.reason[0] if state.reason else "",
        "Error": lambda state: state.reason[1][:LONGEST] if state.reason else "",
    }
    return {name: [cells[name](state) for state in states] for name in TROUBLED}


def _request(state: RowState) -> Any:
    return state.row.request


def _image(store: Store, one: Stored, addresses: Addresses | None) -> str | None:
    """A row's thumbnail; None where it cannot be shown.

    While rows are added it is fetched once from its address. A finished table, which the browser keeps, holds it.
    """
    if addresses and one.sha256 in addresses:
        return addresses[one.sha256]
    try:
        small = store.preview(one, EDGE)
    except (KeyError, ValueError):
        return None
    kind = AS_THEY_ARE.get(one.format, "image/jpeg")
    if len(small) > MOST_BYTES:
        return None
    if addresses is None:
        return f"data:{kind};base64,{base64.b64encode(small).decode()}"
    addresses[one.sha256] = address(small, kind, f"batch {one.sha256}")
    return addresses[one.sha256]


def said_of(now: Progress) -> str:
    """How it stands, in one line."""
    told = [f"{now.count('done'):,} of {now.possible:,} done"]
    others: tuple[Status, ...] = ("failed", "unknown", "cancelled", "missing", "elsewhere")
    told += [f"{now.count(status):,} {WORDS[status].lower()}" for status in others if now.count(status)]
    return " · ".join([*told, money(now.dollars)])
