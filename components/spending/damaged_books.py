"""What to do while nobody knows what was spent, since the records were damaged: until then nothing is paid for."""

import logging

import streamlit as st

from components.frame.formats import money
from components.frame.news import news, tell
from components.frame.notice import plain
from components.state.access import administrators_only, is_administrator, who_administers
from components.state.account import session
from components.state.services import services
from triptych.errors import Refused

log = logging.getLogger(__name__)


def doubt_notice() -> None:
    """Draw the question, if there is one, or what its answer brought."""
    news()
    store = services().store
    if not store.journal.doubtful():
        return
    with st.container(border=True):
        trouble = store.trouble or "The records were damaged."
        st.warning(
            plain(f"{trouble} What was spent before is not known, so nothing is paid for until it is."),
            title="Rebuild what was spent, or confirm it",
            icon=":material/warning:",
        )
        if not is_administrator():
            st.caption(plain(who_administers()))
            return
        with st.container(horizontal=True):
            st.button(
                "Rebuild from the pictures",
                key="rebuild",
                type="primary",
                icon=":material/build:",
                on_click=_rebuild,
                help="Counts what was paid, by the sidecars and receipts beside the pictures, and takes the pictures "
                "back into the history.",
            )
            st.button(
                "Begin at zero", key="confirm_spent", on_click=_confirm, help="Your word that the caps may begin anew."
            )


def _rebuild() -> None:
    try:
        administrators_only()
        rebuilt = services().store.journal.rebuild_spent()
    except Refused as error:
        tell(error)
        return
    log.warning("%s rebuilt what was spent", session().owner)
    unknown = f" The price of {rebuilt.unknown:,} is not known." if rebuilt.unknown else ""
    found = f"{rebuilt.pictures:,} pictures are back in the history; {money(rebuilt.dollars)} were spent in all."
    tell(found + unknown)


def _confirm() -> None:
    try:
        administrators_only()
        services().store.journal.confirm_spent()
    except Refused as error:
        tell(error)
        return
    log.warning("%s confirmed that the caps begin anew", session().owner)
    tell("The caps begin anew.")
