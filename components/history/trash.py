"""The trash of the history: emptied only for good, and only when asked twice."""

from datetime import timedelta

import streamlit as st

from components.history.selection import picked, unpick
from components.state.account import session
from components.state.services import services
from triptych.errors import Refused

AGES = {0: "any time ago", 7: "more than 7 days ago", 30: "more than 30 days ago", 90: "more than 90 days ago"}
ASKING = "history_asking"  # "picked" or "age" while the question is open


def trash_row(total: int) -> None:
    """Draw what empties the trash, which holds ``total``, and the question before it does."""
    session().begin({"history_age": 30})
    ids = picked()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Moved to the trash", tuple(AGES), key="history_age", format_func=AGES.__getitem__, width=240)
        st.button("Delete these for good", key="history_empty", icon=":material/delete_forever:", disabled=not total,
                  on_click=_ask, args=("age",))  # fmt: skip
        st.button("Delete the selected for good", key="history_purge", icon=":material/delete_forever:",
                  disabled=not ids, on_click=_ask, args=("picked",))  # fmt: skip
    if session().value(ASKING):
        st.dialog("Delete for good?", on_dismiss=_dismiss)(_question)()


def _ask(what: str) -> None:
    session().put({ASKING: what})


def _dismiss() -> None:
    session().put({ASKING: None})


def _question() -> None:
    which = (
        f"The {len(picked()):,} selected"
        if session().value(ASKING) == "picked"
        else f"Everything that was moved to the trash {AGES[session().value('history_age')]}"
    )
    st.markdown(
        f"{which} will be deleted with the files, and nothing brings it back. A file that is shared with what stays "
        "in the history stays too."
    )
    with st.container(horizontal=True):
        sure = st.button("Delete for good", key="history_sure", type="primary", icon=":material/delete_forever:")
        kept = st.button("Keep", key="history_keep", on_click=_dismiss)
    if sure:
        _delete()
    if sure or kept:
        st.rerun()


def _delete() -> None:
    here, history = session(), services().store.history
    try:
        if here.value(ASKING) == "picked":
            gone = history.purge(here.owner, picked())
        else:
            gone = history.purge(here.owner, older_than=timedelta(days=here.value("history_age")))
        here.tell(f"{gone:,} deleted for good.")
    except Refused as error:
        here.tell(error)
    unpick()
    _dismiss()
