"""The history itself: one page of what was found, or what to do where there is nothing."""

import math

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.frame.notice import error_notice, plain
from components.history.details import history_details
from components.history.grid import ENDED, history_grid
from components.history.query import clear_filters, is_filtered
from components.history.selection import selection_bar
from components.history.tab_state import PAGE
from components.history.trash import trash_row
from components.image.send_to import go_to
from components.run.empty_page import sample_tiles
from components.run.price_tag import about_here
from components.run.submit import draft, typed
from components.state.account import session
from components.state.runs import GENERATE
from components.state.services import services
from triptych.errors import Refused
from triptych.store import Query
from triptych.store.values import Found

SIZE = 24  # places on one page


def history_welcome() -> bool:
    """Say what the history is for where this visitor has none, the trash included; whether that is so."""
    history, owner = services().store.history, session().owner
    if any(history.search(owner, Query(trashed=trashed), 1, 1).total for trashed in (False, True)):
        return False
    st.markdown(
        "**Everything you make appears here**, with its prompt, settings, cost and time. Search, rate and tag "
        "images, reuse their settings, or download them as a ZIP."
    )
    try:
        price = about_here(draft(typed().request).cost.dollars)
    except Refused as error:  # nothing can be generated until that is settled
        error_notice(error)
        return True
    st.caption(plain(f"Click one of these to generate your first image · {price}"))
    if sample_tiles(GENERATE, "history_samples", columns=4):
        go_to(GENERATE)
    st.page_link("pages/generate.py", label="Write your own prompt", icon=":material/brush:")
    return True


def history_results(query: Query, count: DeltaGenerator) -> None:
    """Draw what ``query`` finds, page by page, with what can be done with it, and at ``count`` how many there are."""
    found = _found(query)
    if query.trashed:
        trash_row(found.total)
    if found.total:
        count.caption(f"{found.total:,} result{'s' * (found.total != 1)}", width="content")
    else:
        _nothing(query)
    unfolded = query.status in ENDED or not any(record.stored for record in found.records)
    with st.container(key="history_gallery"):
        history_grid(found.records, sort=query.sort, trashed=query.trashed, unfolded=unfolded)
    if found.total > SIZE:
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.pagination(_pages(found.total), key=PAGE.key, persist_state="session")
    selection_bar(found.records, trashed=query.trashed)
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


def _nothing(query: Query) -> None:
    if is_filtered():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(":material/search_off: No results.", width="content")
            st.button("Clear search and filters", key="history_clear_all", on_click=clear_filters)
    elif query.trashed:
        st.info("The trash is empty.", icon=":material/delete:")
