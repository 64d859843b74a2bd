"""Several images of the history at once: which are selected, and what can be done with all of them."""

from collections.abc import Generator
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from components.frame.notice import plain
from components.history.tab_state import HistoryTab
from components.image.downloads import file_button
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget, tab
from triptych.store import Record

WHOLE_PAGE = Widget[bool]("history_pick_page", False)
NEW_TAGS = Widget[list[str]]("history_new_tags", [])


def pick_box(record: Record) -> None:
    """Draw the box that picks one; its key is the record's, so it says the same on every page it stands on."""
    box = Widget[bool](f"pick_{record.id}", False)
    box.put(record.id in tab(HistoryTab).picked)
    label = plain(f"Select {record.request.prompt[:40]}")
    st.checkbox(label, key=box.key, label_visibility="collapsed", on_change=_toggle, args=(record.id,), width="content")


def unpick() -> None:
    tab(HistoryTab).picked = ()


def selection_bar(records: tuple[Record, ...], *, trashed: bool) -> None:
    """Draw the bar that does something with all that are picked, and undoes it; style.css keeps it in view."""
    ids, gone = tab(HistoryTab).picked, tab(HistoryTab).trashed
    if not ids and not gone:
        return
    with st.container(key="history_selection", horizontal=True, vertical_alignment="center", gap="small"):
        if gone:
            _undo(gone)
        if ids:
            _picked(ids, _ids(records), trashed=trashed)


def _undo(gone: tuple[str, ...]) -> None:
    """Draw what was last moved to the trash, with a way back where the hand is."""
    st.button(
        f"{len(gone):,} moved to the trash",
        key="history_moved",
        type="tertiary",
        icon=":material/close:",
        on_click=_dismiss,
        help="Dismiss",
    )
    st.button("Undo", key="history_undo", icon=":material/undo:", on_click=restore, args=(gone,))


def _dismiss() -> None:
    tab(HistoryTab).trashed = ()


def _picked(ids: tuple[str, ...], page: tuple[str, ...], *, trashed: bool) -> None:
    WHOLE_PAGE.put(bool(page) and set(page) <= set(ids))
    st.button(
        f"{len(ids):,} selected",
        key="history_unpick",
        type="tertiary",
        icon=":material/close:",
        on_click=unpick,
        help="Clear selection",
    )
    st.checkbox("Select page", key=WHOLE_PAGE.key, on_change=_toggle_page, args=(page,), width="content")
    st.space("stretch")
    if trashed:
        _of_trash(ids)
    else:
        _of_images(ids)


def _ids(records: tuple[Record, ...]) -> tuple[str, ...]:
    return tuple(record.id for record in records)


def _toggle(record_id: str) -> None:
    here = tab(HistoryTab)
    rest = tuple(each for each in here.picked if each != record_id)
    here.picked = rest if record_id in here.picked else (*rest, record_id)


def _toggle_page(page: tuple[str, ...]) -> None:
    here = tab(HistoryTab)
    rest = tuple(each for each in here.picked if each not in page)
    here.picked = (*rest, *page) if WHOLE_PAGE.value else rest


def _of_images(ids: tuple[str, ...]) -> None:
    file_button(
        "Download ZIP",
        "history_zip",
        f"triptych-{datetime.now(UTC):%Y-%m-%d}.zip",
        partial(_zipped, session().owner, ids),
        icon=":material/folder_zip:",
        help="The originals, each with its sidecar.",
    )
    with st.popover("Tag", icon=":material/sell:", key="history_tag"):
        _tag_form(ids)
    st.button(
        "Favorite",
        key="history_favour",
        icon=":material/favorite_border:",
        on_click=_favour,
        args=(ids,),
    )
    st.button("Move to trash", key="history_trash", icon=":material/delete:", on_click=trash, args=(ids,))


def _zipped(owner: str, ids: tuple[str, ...]) -> Generator[bytes, None, None]:
    yield from services().store.transfer.zip_pieces(owner, ids)


def _tag_form(ids: tuple[str, ...]) -> None:
    known = services().store.history.choices(session().owner).tags
    st.multiselect("Tags", known, key=NEW_TAGS.begin(), accept_new_options=True, placeholder="Choose or type a tag")
    with st.container(horizontal=True):
        st.button("Add", key="history_add_tags", on_click=_tag, args=(ids, True))
        st.button("Remove", key="history_remove_tags", on_click=_tag, args=(ids, False))


def _of_trash(ids: tuple[str, ...]) -> None:
    st.button(
        "Restore",
        key="history_restore",
        icon=":material/restore_from_trash:",
        on_click=restore,
        args=(ids,),
    )


def _tag(ids: tuple[str, ...], adding: bool) -> None:
    names = tuple(NEW_TAGS.value)
    services().store.history.tag(session().owner, ids, **{"add" if adding else "remove": names})
    NEW_TAGS.put([])


def _favour(ids: tuple[str, ...]) -> None:
    services().store.history.favourite(session().owner, ids, flag=True)


def trash(ids: tuple[str, ...]) -> None:
    """Move to the trash, and remember them for Undo."""
    services().store.history.trash(session().owner, ids)
    _unpick(ids)
    tab(HistoryTab).trashed = ids


def restore(ids: tuple[str, ...]) -> None:
    """Bring back from the trash; nothing is left to undo then."""
    services().store.history.restore(session().owner, ids)
    _unpick(ids)
    tab(HistoryTab).trashed = ()


def _unpick(ids: tuple[str, ...]) -> None:
    here = tab(HistoryTab)
    here.picked = tuple(each for each in here.picked if each not in ids)
