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

FEW = 24  # rows, up to which images are large and the table needs no scrolling of its own
SMALL, LARGE = 64, 128  # pixels, the longer edge of a thumbnail, and the height of its row
MOST_SHOWN = 2000  # thumbnails at once: a browser holds them all
MOST_BYTES = 200_000  # of one thumbnail
AS_THEY_ARE = {"svg": "image/svg+xml", "gif": "image/gif"}  # of these formats the store makes no thumbnail
LONGEST = 300  # characters of a cell
HEIGHT = 600  # pixels, of a table of more rows
HEAD = 40  # pixels, of the row of names
WORDS: dict[Status, str] = {
    "missing": "Not sent",
    "queued": "Waiting",
    "drawing": "Generating",
    "elsewhere": "Running elsewhere",
    "batched": "In the Batch API",
    "done": "Done",
    "failed": "Failed",
    "unknown": "May be charged",
    "cancelled": "Canceled",
    "impossible": "Can't be run",
}
USUAL = ("Row", "Image", "State", "Prompt", "Cost", "Seconds", "Tokens", "Model")
TROUBLED = ("Row", "Image", "State", "Next move", "Error", *USUAL[3:])
Frame = dict[str, list[Any]]  # cells by column
Addresses = dict[str, str]  # by SHA-256: where the browser finds an image as long as the page is not run as a whole
CONFIG = {
    "Row": st.column_config.NumberColumn(width=50, format="%d"),
    "State": st.column_config.TextColumn(width=100),
    "Prompt": st.column_config.TextColumn(width=184),
    "Model": st.column_config.TextColumn(width=176),
    "Next move": st.column_config.TextColumn(width=150),
    "Error": st.column_config.TextColumn(width=320),
    "Cost": st.column_config.NumberColumn(format="$%.4f", width=76),
    "Seconds": st.column_config.NumberColumn(format="%.1f", width=76),
    "Tokens": st.column_config.NumberColumn(format="%d", width=76),
}


def words_of(batch: Batch) -> dict[Status, str]:
    """How its rows stand, in words: what a pause held back is not cancelled."""
    return WORDS | {"cancelled": "Paused"} if batch.paused else WORDS


def filters(batch: Batch, now: Progress) -> None:
    """Draw the choice of a state; each says how many rows stand so."""
    words = words_of(batch)
    there = [status for status in WORDS if now.count(status)]
    if SHOWS.value not in there:
        SHOWS.put(None)
    st.pills(
        "Show",
        there,
        key=SHOWS.begin(),
        format_func=lambda status: f"{words[status]} {now.count(status):,}",
        label_visibility="collapsed",
    )


def rows_table(batch: Batch, addresses: Addresses | None = None) -> RowState | None:
    """Draw the rows of the chosen state; gives the one that was clicked.

    While they run, ``addresses`` grows by where the browser finds new images; then none can be clicked.
    """
    states, frame = _frame(batch, addresses)
    edge = _edge(batch)
    if not states:
        return None
    picked: Any = st.dataframe(
        frame,
        hide_index=True,
        height=HEAD + edge * len(states) if edge == LARGE else min(HEIGHT, HEAD + edge * len(states)),
        row_height=edge,
        column_config={**CONFIG, "Image": st.column_config.ImageColumn(width=edge + 16)},
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
    asked = (batch.id, batch.version, batch.paused, wanted, addresses is None)
    if here.drawn is None or here.drawn[0] != asked:
        states = tuple(state for state in batch.states if wanted in {None, state.status})
        frame = _made(states, words_of(batch))
        store, edge = services().store, _edge(batch)
        frame["Image"] = [
            _image(store, state.pictures[0], edge, addresses) if number < MOST_SHOWN and state.pictures else None
            for number, state in enumerate(states)
        ]
        here.drawn = (asked, (states, frame))
    found: tuple[tuple[RowState, ...], Frame] = here.drawn[1]
    return found


def _made(states: tuple[RowState, ...], words: dict[Status, str]) -> Frame:
    cells: dict[str, Callable[[RowState], Any]] = {
        "Row": lambda state: state.row.number,
        "Image": lambda state: None,  # noqa: ARG005 - it is put in by who knows where images are
        "State": lambda state: words[state.status],
        "Prompt": lambda state: _request(state).prompt[:LONGEST],
        "Model": lambda state: _request(state).model,
        "Cost": lambda state: float(state.dollars) if state.dollars is not None else None,
        "Seconds": lambda state: state.seconds if state.status == "done" else None,
        "Tokens": lambda state: state.output_tokens,
        "Next move": lambda state: state.reason[0] if _is_fault(state) and state.reason else "",
        "Error": lambda state: state.reason[1][:LONGEST] if _is_fault(state) and state.reason else "",
    }
    return {name: [cells[name](state) for state in states] for name in TROUBLED}


def _is_fault(state: RowState) -> bool:
    """Whether something went wrong: a row that somebody stopped needs no advice."""
    return state.status != "cancelled"


def _request(state: RowState) -> Any:
    return state.row.request


def _edge(batch: Batch) -> int:
    return LARGE if len(batch.states) <= FEW else SMALL


def _image(store: Store, one: Stored, edge: int, addresses: Addresses | None) -> str | None:
    """A row's thumbnail; None where it cannot be shown.

    While rows are added it is fetched once from its address. A finished table, which the browser keeps, holds it.
    """
    if addresses and one.sha256 in addresses:
        return addresses[one.sha256]
    try:
        small = store.preview(one, edge)
    except (KeyError, ValueError):
        return None
    kind = AS_THEY_ARE.get(one.format, "image/jpeg")
    if len(small) > MOST_BYTES:
        return None
    if addresses is None:
        return f"data:{kind};base64,{base64.b64encode(small).decode()}"
    addresses[one.sha256] = address(small, kind, f"batch {one.sha256}")
    return addresses[one.sha256]


def said_of(batch: Batch, now: Progress) -> str:
    """How it stands, in one line."""
    words = words_of(batch)
    told = [f"{now.count('done'):,} of {now.possible:,} done"]
    others: tuple[Status, ...] = ("failed", "unknown", "cancelled", "missing", "elsewhere")
    told += [f"{now.count(status):,} {words[status].lower()}" for status in others if now.count(status)]
    would = "" if batch.server.charged else "would have cost "
    return " · ".join([*told, f"{would}{money(now.dollars)}"])
