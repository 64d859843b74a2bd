"""The trash of the history: deleted permanently only, and only when asked twice."""

from datetime import timedelta
from typing import Literal

import streamlit as st

from components.frame.news import tell
from components.history.selection import unpick
from components.history.tab_state import HistoryTab
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget, tab
from triptych.errors import Refused

AGES = {0: "any time", 7: "more than 7 days ago", 30: "more than 30 days ago", 90: "more than 90 days ago"}
AGE = Widget[int]("history_age", 30)  # days in the trash


def trash_row(total: int) -> None:
    """Draw what empties the trash, which holds ``total``, and the question before it does."""
    ids = tab(HistoryTab).picked
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Moved to the trash", tuple(AGES), key=AGE.begin(), format_func=AGES.__getitem__, width=240)
        st.button(
            "Delete permanently",
            key="history_empty",
            icon=":material/delete_forever:",
            disabled=not total,
            on_click=_ask,
            args=("age",),
        )
        if ids:
            st.button(
                "Delete selected permanently",
                key="history_purge",
                icon=":material/delete_forever:",
                on_click=_ask,
                args=("picked",),
            )
    if tab(HistoryTab).asking:
        st.dialog("Delete permanently?", on_dismiss=_dismiss)(_question)()


def _ask(what: Literal["picked", "age"]) -> None:
    tab(HistoryTab).asking = what


def _dismiss() -> None:
    tab(HistoryTab).asking = ""


def _question() -> None:
    count = len(tab(HistoryTab).picked)
    if tab(HistoryTab).asking == "picked":
        which = "The selected image" if count == 1 else f"The {count:,} selected images"
    elif AGE.value:
        which = f"Everything moved to the trash {AGES[AGE.value]}"
    else:
        which = "Everything in the trash"
    st.markdown(f"{which} will be deleted, with its files. You cannot undo this. Files that other images use are kept.")
    with st.container(horizontal=True):
        sure = st.button("Delete permanently", key="history_sure", type="primary", icon=":material/delete_forever:")
        kept = st.button("Cancel", key="history_keep", on_click=_dismiss)
    if sure:
        _delete()
    if sure or kept:
        st.rerun()


def _delete() -> None:
    here, owner, history = tab(HistoryTab), session().owner, services().store.history
    try:
        if here.asking == "picked":
            gone = history.purge(owner, here.picked)
        else:
            gone = history.purge(owner, older_than=timedelta(days=AGE.value))
        tell(f"{gone:,} deleted permanently.")
    except Refused as error:
        tell(error)
    unpick()
    _dismiss()
