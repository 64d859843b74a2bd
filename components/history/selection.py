"""Several pictures of the history at once: which are picked, and what can be done with all of them."""

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from components.frame.notice import plain
from components.image.downloads import made_file
from components.state.account import session
from components.state.services import services
from triptych.store import Record

PICKED = "history_picked"
TRASHED = "history_trashed"  # what was last moved to the trash, for Undo
MOST_TAG = 100  # characters


def picked() -> tuple[str, ...]:
    """The ids that are picked, on whatever page they stand, in the order in which they were."""
    return tuple(session().value(PICKED) or ())


def pick_box(record: Record) -> None:
    """Draw the box that picks one."""
    key = f"pick_{record.id}"
    session().put({key: record.id in picked()})
    label = plain(f"Select {record.request.prompt[:40]}")
    st.checkbox(label, key=key, label_visibility="collapsed", on_change=_toggle, args=(record.id,), width="content")


def unpick() -> None:
    """Pick none."""
    session().put({PICKED: ()})


def selection_bar(records: tuple[Record, ...], trashed: bool) -> None:
    """Draw the row that says how many are picked and does something with all of them. It is always there."""
    ids = picked()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.checkbox(
            "Select page", key=_page_box(records), on_change=_toggle_page, args=(_ids(records),), width="content"
        )
        st.button(f"{len(ids):,} selected" if ids else "None selected", key="history_unpick", type="tertiary",
                  icon=":material/close:" if ids else None, disabled=not ids, on_click=unpick,
                  help="Select none" if ids else None)  # fmt: skip
        if trashed:
            _of_trash(ids)
        else:
            _of_pictures(ids)


def _page_box(records: tuple[Record, ...]) -> str:
    session().put({"history_pick_page": bool(records) and set(_ids(records)) <= set(picked())})
    return "history_pick_page"


def _ids(records: tuple[Record, ...]) -> tuple[str, ...]:
    return tuple(record.id for record in records)


def _toggle(record_id: str) -> None:
    ids = picked()
    rest = tuple(each for each in ids if each != record_id)
    session().put({PICKED: rest if record_id in ids else (*ids, record_id)})


def _toggle_page(page: tuple[str, ...]) -> None:
    rest = tuple(each for each in picked() if each not in page)
    session().put({PICKED: (*rest, *page) if session().value("history_pick_page") else rest})


def _of_pictures(ids: tuple[str, ...]) -> None:
    st.download_button(
        "Download ZIP",
        partial(zipped, session().owner, ids),
        f"triptych-{datetime.now(UTC):%Y-%m-%d}.zip",
        "application/zip",
        key="history_zip",
        on_click="ignore",
        icon=":material/folder_zip:",
        disabled=not ids,
        help="The pictures as they came, each with its sidecar.",
    )
    with st.popover("Tag", icon=":material/sell:", disabled=not ids, key="history_tag"):
        _tag_form(ids)
    st.button("Favourite", key="history_favour", icon=":material/favorite_border:", disabled=not ids, on_click=_favour,
              args=(ids,))  # fmt: skip
    st.button("Move to trash", key="history_trash", icon=":material/delete:", disabled=not ids, on_click=trash,
              args=(ids,))  # fmt: skip


def _tag_form(ids: tuple[str, ...]) -> None:
    known = services().store.history.choices(session().owner).tags
    st.multiselect("Tags", known, key="history_new_tags", accept_new_options=True, placeholder="Type a tag, or choose")
    with st.container(horizontal=True):
        st.button("Add", key="history_add_tags", on_click=_tag, args=(ids, True))
        st.button("Remove", key="history_remove_tags", on_click=_tag, args=(ids, False))


def _of_trash(ids: tuple[str, ...]) -> None:
    st.button("Restore", key="history_restore", icon=":material/restore_from_trash:", disabled=not ids,
              on_click=restore, args=(ids,))  # fmt: skip


def _tag(ids: tuple[str, ...], adding: bool) -> None:
    names = tuple(session().value("history_new_tags") or ())
    services().store.history.tag(session().owner, ids, **{"add" if adding else "remove": names})
    session().put({"history_new_tags": []})


def _favour(ids: tuple[str, ...]) -> None:
    services().store.history.favourite(session().owner, ids, flag=True)


def trash(ids: tuple[str, ...]) -> None:
    """Move to the trash, and remember them for Undo."""
    services().store.history.trash(session().owner, ids)
    session().put({PICKED: tuple(each for each in picked() if each not in ids), TRASHED: ids})


def restore(ids: tuple[str, ...]) -> None:
    """Bring back from the trash."""
    services().store.history.restore(session().owner, ids)
    session().put({PICKED: tuple(each for each in picked() if each not in ids), TRASHED: ()})


def undo_trash() -> None:
    """Draw what was last moved to the trash with a way back, if anything was."""
    if ids := session().value(TRASHED) or ():
        st.caption(f"· {len(ids):,} moved to the trash", width="content")
        st.button("Undo", key="history_undo", type="tertiary", icon=":material/undo:", on_click=restore, args=(ids,))


def zipped(owner: str, ids: tuple[str, ...]) -> bytes:
    """A ZIP of these pictures and their sidecars."""
    return made_file(lambda out: services().store.transfer.export_zip(owner, ids, out))
