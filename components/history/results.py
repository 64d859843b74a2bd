"""The history itself: one page of what was found, or what to do where there is nothing."""

import math

import streamlit as st

from components.history.details import history_details
from components.history.grid import history_grid
from components.history.query import clear_filters, is_filtered
from components.history.selection import selection_bar, undo_trash
from components.history.tab_state import PAGE
from components.history.trash import trash_row
from components.state.account import session
from components.state.services import services
from triptych.store import Found, Query

SIZE = 24  # places on one page
LINE = 48  # pixels: as high with Undo as without


def history_welcome() -> bool:
    """Say what the history is for where this visitor has none, the trash included; whether that is so."""
    history, owner = services().store.history, session().owner
    if any(history.search(owner, Query(trashed=trashed), 1, 1).total for trashed in (False, True)):
        return False
    with st.container(border=True):
        st.markdown(
            "**Everything you make stays here**, with its prompt, settings, cost and time. Find it again by "
            "its words, rate it, tag it, take its settings over, or take it away as a ZIP."
        )
        st.page_link("pages/generate.py", label="Draw the first picture", icon=":material/brush:")
    return True


def history_results(query: Query) -> None:
    """Draw what ``query`` finds, page by page, with what can be done with it."""
    found = _found(query)
    if query.trashed:
        trash_row(found.total)
    if not found.total:
        _nothing(query)
    _count(found)
    selection_bar(found.records, query.trashed)
    history_grid(found.records, query.trashed)
    history_details(found.records)


def _found(query: Query) -> Found:
    """The page that is wanted, or the last one where there are not that many."""
    owner, search, wanted = session().owner, services().store.history.search, PAGE.value or 1
    found = search(owner, query, wanted, SIZE)
    last = _pages(found.total)
    if wanted > last:
        PAGE.put(last)
        found = search(owner, query, last, SIZE)
    return found


def _pages(total: int) -> int:
    return max(1, math.ceil(total / SIZE))


def _count(found: Found) -> None:
    row = st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", height=LINE, border=False
    )
    with row:
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.caption(f"{found.total:,} found", width="content")
            undo_trash()
        st.pagination(_pages(found.total), key=PAGE.key, disabled=found.total <= SIZE, persist_state="session")


def _nothing(query: Query) -> None:
    if is_filtered():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(":material/search_off: Nothing is like that.", width="content")
            st.button("Clear search and filters", key="history_clear_all", on_click=clear_filters)
    elif query.trashed:
        st.info("The trash is empty.", icon=":material/delete:")
