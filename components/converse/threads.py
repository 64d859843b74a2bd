"""The conversations of an owner: which is open, a new one, its name, finding, deleting with a way back, in and out."""

from collections import Counter
from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.converse.tab_state import open_thread, opened, talk
from components.frame.news import news, tell
from components.frame.notice import plain
from components.state.account import session
from components.state.address import Address
from components.state.services import services
from components.state.tab import Widget
from components.state.widgets import THREAD
from triptych.conversation import Thread
from triptych.errors import Refused

LINK = Address("thread")  # its id, so that a reload and a bookmark open the same conversation
NAME = Widget[str]("thread_name", "")
WORDS = Widget[str]("thread_words", "")
FILE = Widget[UploadedFile | None]("thread_file", None)
NEW = "New conversation"
TITLE = 60  # characters
MOST_FOUND = 8
MOST_MB = 200  # of a file that is imported


def follow_link() -> None:
    """Open the conversation that the address names, if it is not what this tab wrote there itself."""
    here, named = talk(), LINK.value
    if named and named != here.linked:
        open_thread(named)
        here.linked = named


def threads_row() -> Thread | None:
    """Draw the choice of a conversation and what can be done with it; the open one, None for one not begun."""
    every = services().threads.all(session().owner) if services().begun else ()
    names = _labels(every)
    if THREAD.value not in names:
        THREAD.put("")
    with st.container(key="converse_head", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.selectbox(
            "Conversation",
            tuple(names),
            key=THREAD.keep(),
            format_func=lambda id: names.get(id, ""),  # noqa: A006
            label_visibility="collapsed",
            on_change=_chosen,
            persist_state="session",
            width=360,
        )
        st.button(
            "New",
            key="thread_new",
            icon=":material/add:",
            type="tertiary",
            on_click=open_thread,
            args=("",),
            help="Begin a new conversation.",
        )
        own = opened()
        with st.popover("", icon=":material/more_horiz:", key="thread_more", type="tertiary", help="Conversations"):
            if own:
                _own(own)
            _find()
            _import()
        if talk().removed:
            st.button("Undo delete", key="thread_restore", icon=":material/undo:", type="tertiary", on_click=_restore)
    news()
    _link(own)
    return own


def _labels(every: Sequence[Thread]) -> dict[str, str]:
    """What the list says by id, "" for a new one; no two say the same, for the browser knows a choice by its words."""
    names, used = {"": NEW}, Counter([NEW])
    for one in every:
        name = title(one)
        used[name] += 1
        names[one.id] = f"{name} ({used[name]})" if used[name] > 1 else name
    return names


def title(thread: Thread) -> str:
    """What a conversation is called in lists."""
    name = " ".join(thread.name.split()) or "Untitled"
    return name if len(name) <= TITLE else f"{name[:TITLE]}…"


def _chosen() -> None:
    open_thread(THREAD.value)


def _link(own: Thread | None) -> None:
    here = talk()
    here.linked = own.id if own else ""
    LINK.put(here.linked)


def _own(own: Thread) -> None:
    NAME.put(own.name)
    st.text_input("Name", key=NAME.key, on_change=_rename, args=(own,))
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Export",
            partial(services().threads.export, own),
            f"{_file_name(own)}.zip",
            "application/zip",
            key="thread_export",
            on_click="ignore",
            icon=":material/download:",
            help="A ZIP with the conversation as Markdown and its images. It can be imported here again.",
        )
        st.button(
            "Delete",
            key="thread_delete",
            icon=":material/delete:",
            on_click=_delete,
            args=(own,),
            help="Its images stay in History.",
        )


def _find() -> None:
    words = st.text_input("Find", key=WORDS.begin(), type="search", placeholder="Words of a name or message")
    if not words:
        return
    found = services().threads.all(session().owner, words) if services().begun else ()
    for one in found[:MOST_FOUND]:
        st.button(plain(title(one)), key=f"thread_open_{one.id}", type="tertiary", on_click=open_thread, args=(one.id,))
    if not found:
        st.caption("No results.")
    elif len(found) > MOST_FOUND:
        st.caption(f"{len(found) - MOST_FOUND} more. Add a word to narrow it down.")


def _import() -> None:
    st.file_uploader(
        "Import a conversation",
        "zip",
        key=f"{FILE.key}_{talk().imports}",
        max_upload_size=MOST_MB,
        on_change=_take,
        args=(f"{FILE.key}_{talk().imports}",),
    )


def _take(key: str) -> None:
    file = Widget[UploadedFile | None](key, None).value
    if file is None:
        return
    talk().imports += 1
    try:
        taken = services().threads.take_in(session().owner, file.getvalue())
    except Refused as error:
        tell(error)
        return
    open_thread(taken.id)
    tell("Imported. Nothing was sent.")


def _rename(own: Thread) -> None:
    services().threads.rename(session().owner, own.id, NAME.value.strip())


def _delete(own: Thread) -> None:
    services().threads.trash(session().owner, own.id)
    open_thread("")
    talk().removed = own.id


def _restore() -> None:
    here = talk()
    services().threads.restore(session().owner, here.removed)
    open_thread(here.removed)
    here.removed = ""


def _file_name(thread: Thread) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in thread.name).split()
    return "-".join(words)[:TITLE] or "conversation"
