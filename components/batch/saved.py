"""The batch that a tab has open, and those its owner keeps: name, reopen, delete with a way back."""

from contextlib import suppress

import streamlit as st

from components.batch.tab_state import NAME, PROMPTS, BatchTab, describe, turn_to
from components.frame.navigation import page_title
from components.frame.news import news
from components.frame.notice import plain
from components.image.actions import widgets_of
from components.run.saved_list import Saved, saved_list, title_of
from components.state.account import session
from components.state.services import services
from components.state.tab import put, tab
from triptych.batch.batch import Batch
from triptych.errors import Refused


def opened() -> Batch | None:
    """The tab's batch. A new tab without prompts opens the owner's last one, running or not."""
    here = tab(BatchTab)
    if here.open is None:
        here.open = ""
        if not PROMPTS.value and services().begun:
            with suppress(Refused):  # the sidebar says what is wrong with the records
                if saved := services().batches.titles(session().owner):
                    open_one(saved[0].id)
    own = batch_of(here.open or "")
    here.running, here.elsewhere = own is not None and own.running, None
    if own and own.progress.count("elsewhere"):
        services().batches.refresh(own)
        here.elsewhere = own.progress
    return own


def batch_of(id: str) -> Batch | None:  # noqa: A002 - the records' own word
    """The owner's batch of that id on this tab's engine, None where there is none."""
    if not id:
        return None
    try:
        return services().batches.open(session().owner, id, session().account)
    except (KeyError, Refused):
        return None


def open_one(id: str) -> None:  # noqa: A002
    """Make it the tab's batch, before the widgets are drawn."""
    if batch := batch_of(id):
        put(widgets_of(batch.input.base))
        made_of = batch.input
        describe(made_of, services().batches.images(session().owner, made_of.images, made_of.masks))
        turn_to(id, batch.input.name)


def batch_saved(own: Batch | None) -> None:
    """Draw the page's head: its title, the batch's name, those that are kept, and what the last click said."""
    page_title("Batch")
    with st.container(horizontal=True, vertical_alignment="center"):
        if own:
            st.markdown(f"**{plain(title_of(own.input.name))}**")
        st.space("stretch")
        if own:
            st.button(
                "New batch", key="batch_new", icon=":material/add:", type="tertiary", on_click=turn_to, args=("",)
            )
        with st.popover("Saved batches", icon=":material/folder_open:", type="tertiary", key="batch_saved"):
            _saved(own)
    news()


def _saved(own: Batch | None) -> None:
    if own:
        st.text_input("Name", key=NAME.begin(), placeholder="Untitled", persist_state="session")
        st.button("Save name", key="batch_save_name", on_click=_rename, args=(own,))
    saved = services().batches.titles(session().owner) if services().begun else ()
    each = (Saved(one.id, title_of(one.name), f"{one.created.astimezone():%Y-%m-%d %H:%M}") for one in saved)
    saved_list(each, "batch", own.id if own else "", open_one, _delete)
    if not saved:
        st.caption("A batch is saved when it is run.")
    if tab(BatchTab).removed:
        st.button("Undo delete", key="batch_restore", icon=":material/undo:", on_click=_restore)


def _rename(own: Batch) -> None:
    services().batches.rename(own, (NAME.value or "").strip())


def _delete(id: str) -> None:  # noqa: A002
    here = tab(BatchTab)
    if removed := services().batches.delete(session().owner, id):  # the second click of a double one removes nothing
        here.removed = removed
    if here.open == id:
        turn_to("")


def _restore() -> None:
    here = tab(BatchTab)
    if here.removed:
        services().batches.restore(here.removed)
        here.removed = None
