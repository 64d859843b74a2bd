"""Choosing input pictures among those of the history, in a window of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import streamlit as st

from components.frame.news import tell
from components.image.from_record import RecordImage
from components.image.image import finished
from components.inputs.inputs import inputs, remove, take_in
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget, Window, put
from triptych.inputs import FORMATS, Attachment
from triptych.store import Query

WINDOW = Window("history_picker")
WORDS = Widget[str]("inputs_text", "")
PAGE = Widget[int]("inputs_page", 1)
ON_A_PAGE = 12
CELL = 150  # pixels


@dataclass(frozen=True)
class Tray:
    """Where the chosen pictures go: what it holds, adding some by name and bytes, taking one out by its SHA-256."""

    held: Callable[[], tuple[Attachment, ...]]
    add: Callable[[Iterable[tuple[str, bytes]]], None]
    remove: Callable[[str], None]


EDITED = Tray(inputs, take_in, remove)


def history_button(tray: Tray = EDITED) -> None:
    """Draw the button that opens the window, and the window while it is open."""
    st.button(
        "History",
        key="take_history",
        icon=":material/history:",
        type="tertiary",
        on_click=_open,
        help="Choose from your history.",
    )
    if WINDOW.is_open:
        st.dialog("From history", width="large", on_dismiss=WINDOW.close)(_choose)(tray)


def _open() -> None:
    """Begin with the newest, whatever was looked for last."""
    WINDOW.open()
    put({PAGE: PAGE.first, WORDS: WORDS.first})


def _choose(tray: Tray) -> None:
    st.text_input("Search prompts", key=WORDS.begin(), type="search", placeholder="Words of a prompt")
    query = Query(text=WORDS.value, status="done")
    found = services().store.history.search(session().owner, query, PAGE.value, ON_A_PAGE)
    pictured = [RecordImage(record) for record in found.records if record.stored and record.stored.format in FORMATS]
    if not pictured:
        st.info("No images yet." if found.total == 0 else "No image on this page can be used.")
    with st.grid("auto", min_column_width=CELL, gap="small") as cells:
        for one in pictured:
            with cells.cell(), st.container(gap="xxsmall"):
                finished(one, one.thumbnail)
                _use(one, tray)
    last = -(-found.total // ON_A_PAGE)
    if last > 1:
        st.pagination(last, key=PAGE.begin())
    st.button("Done", key="inputs_done", on_click=WINDOW.close)


def _use(one: RecordImage, tray: Tray) -> None:
    chosen = one.stored.sha256 in {each.sha256 for each in tray.held()}
    st.button(
        "Remove" if chosen else "Add",
        key=f"take_{one.key}",
        icon=":material/check:" if chosen else None,
        on_click=_toggle,
        args=(one, chosen, tray),
        width="stretch",
    )


def _toggle(one: RecordImage, chosen: bool, tray: Tray) -> None:
    if chosen:
        return tray.remove(one.stored.sha256)
    try:
        tray.add([(one.file_name, one.original())])
    except KeyError:
        tell(f"{one.file_name} is missing.")
    return None
