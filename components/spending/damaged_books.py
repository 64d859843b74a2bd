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
            plain(
                f"{trouble} Past spending is unknown, so paid runs are paused until you rebuild or reset it. "
                "Caps that were set on this page are lost; set them again."
            ),
            title="Rebuild spending, or reset it",
            icon=":material/warning:",
        )
        if not is_administrator():
            st.caption(plain(who_administers()))
            return
        with st.container(horizontal=True):
            st.button(
                "Rebuild from images",
                key="rebuild",
                type="primary",
                icon=":material/build:",
                on_click=_rebuild,
                help="Adds up what was paid from the sidecars and receipts beside the images, and imports the images "
                "into the history again.",
            )
            with st.popover("Reset spending to zero", key="reset_spent"):
                st.markdown("The caps start again from zero, whatever was spent before. You cannot undo this.")
                st.button("Reset to zero", key="confirm_spent", on_click=_confirm)


def _rebuild() -> None:
    try:
        administrators_only()
        rebuilt = services().store.journal.rebuild_spent()
    except Refused as error:
        tell(error)
        return
    log.warning("%s rebuilt what was spent", session().owner)
    unknown = f" The price of {rebuilt.unknown:,} is unknown." if rebuilt.unknown else ""
    found = f"{rebuilt.pictures:,} images are back in the history. Total spent: {money(rebuilt.dollars)}."
    tell(found + unknown)


def _confirm() -> None:
    try:
        administrators_only()
        services().store.journal.confirm_spent()
    except Refused as error:
        tell(error)
        return
    log.warning("%s confirmed that the caps begin anew", session().owner)
    tell("Spending was reset to zero.")
