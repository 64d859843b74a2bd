"""Everything known of one image of the history, in a panel beside the gallery that has an address of its own."""

from collections.abc import Callable

import streamlit as st

from components.frame.notice import plain
from components.history.facts import history_facts
from components.history.grid import ENDED, RUNNING, heart, stars
from components.history.inputs import history_inputs
from components.history.selection import restore, trash
from components.image.actions import download, more_actions
from components.image.derived import is_mask, made_here
from components.image.from_record import RecordImage
from components.image.image import finished
from components.image.large_view import halves, large_image, pager
from components.image.open_image import close_image, open_image, opened
from components.image.provenance import provenance_panel
from components.image.send_to import edit_again, go_to, send_buttons
from components.state.account import session
from components.state.runs import GENERATE
from components.state.services import services
from components.state.tab import Widget
from triptych.store import Record

PANEL = 1120  # pixels, how wide the panel begins
KIN = 88  # pixels, the edge of a relative
MOST_KIN = 6  # relatives of a kind that are shown
GLANCE = 600  # characters of a prompt
LONGEST_NOTE = 2000  # characters


def history_details(records: tuple[Record, ...]) -> None:
    """Draw the panel if it is open; ``records`` are those to go through from it."""
    wanted = opened()
    if not wanted:
        return
    if services().store.history.get(session().owner, wanted) is None:
        st.warning("This image is not in your history.", icon=":material/search_off:")
        return
    st.dialog("Details", width=PANEL, position="right", on_dismiss=close_image)(_view)(tuple(one.id for one in records))


def _view(ids: tuple[str, ...]) -> None:
    record = services().store.history.get(session().owner, opened())
    if record is None:  # it was deleted in another tab
        st.info("This image is no longer in your history.")
        return
    pager("history_{}", ids, record.id, " on this page", "history_pager")
    left, right = halves("history_bench")
    with left:
        _large(record)
        _own_words(record)
        _kin(record)
    with right:
        if record.stored and not record.trashed_at:
            with st.container(horizontal=True, vertical_alignment="center"):
                stars(record, "details")
                heart(record, "details")
        _actions(record)
        history_facts(record)
        if record.stored:
            one = RecordImage(record)
            provenance_panel(one, "details", made_here(record), imported=record.engine == "import")


def _large(record: Record) -> None:
    if record.stored is None:
        icon, what = ENDED.get(record.status, RUNNING)
        st.info(plain(record.error[1]) if record.error else what, title=what, icon=icon)
    else:
        large_image(RecordImage(record))
    if record.unreadable:
        st.warning(
            plain(f"This run's settings cannot be read: {record.unreadable} The original is safe."),
            title="Download the image",
            icon=":material/broken_image:",
        )
    _prompt(record.request.prompt)


def _prompt(prompt: str) -> None:
    """Draw it whole where it is read at a glance; else its beginning, and all of it behind a click."""
    if len(prompt) <= GLANCE:
        st.text(prompt)
        return
    st.text(f"{prompt[:GLANCE].rstrip()}…")
    with st.expander(f"All {len(prompt):,} characters", icon=":material/notes:", key="history_prompt"):
        st.text(prompt)


def _own_words(record: Record) -> None:
    if record.trashed_at:
        return
    tags, note = Widget[list[str]](f"tags_{record.id}", []), Widget[str](f"note_{record.id}", "")
    known = services().store.history.choices(session().owner).tags
    tags.put(list(record.tags))
    note.put(record.note)
    st.multiselect(
        "Tags",
        known,
        key=tags.key,
        accept_new_options=True,
        placeholder="Choose or type a tag",
        on_change=_tag,
        args=(record, tags),
    )
    st.text_area("Note", key=note.key, height=80, max_chars=LONGEST_NOTE, on_change=_note, args=(record.id, note))


def _tag(record: Record, tags: Widget[list[str]]) -> None:
    wanted = set(tags.value)
    add, remove = sorted(wanted - set(record.tags)), sorted(set(record.tags) - wanted)
    services().store.history.tag(session().owner, [record.id], add=add, remove=remove)


def _note(record_id: str, note: Widget[str]) -> None:
    services().store.history.note(session().owner, record_id, note.value)


def _actions(record: Record) -> None:
    with st.container(key="large_actions", horizontal=True, vertical_alignment="center", gap="small"):
        if record.stored:
            one = RecordImage(record)
            download(one, "details")
            if more_actions(one, "details", reusable=made_here(record) is None):
                _begin_with(record)
            if not is_mask(record):
                _take_along(one)
        if _away_button(record):
            st.rerun()


def _begin_with(record: Record) -> None:
    """To the page that its settings, which have just been taken over, are for."""
    close_image()
    if record.request.images:
        edit_again(record.request)
    go_to(GENERATE)


def _take_along(one: RecordImage) -> None:
    if page := send_buttons(one, "details", comparable=made_here(one.record) is None):
        close_image()
        go_to(page)


def _away_button(record: Record) -> bool:
    if record.trashed_at:
        return st.button(
            "Restore",
            key="history_back",
            type="tertiary",
            icon=":material/restore_from_trash:",
            on_click=_put_away,
            args=(restore, record.id),
        )
    return st.button(
        "Move to trash",
        key="history_away",
        type="tertiary",
        icon=":material/delete:",
        on_click=_put_away,
        args=(trash, record.id),
    )


def _put_away(act: Callable[[tuple[str, ...]], None], record_id: str) -> None:
    act((record_id,))
    close_image()


def _kin(record: Record) -> None:
    ancestors, descendants = services().store.history.lineage(session().owner, record.id)
    for label, kin in (("Made from", ancestors), ("Became", descendants)):
        pictured = [RecordImage(each) for each in kin if each.stored]
        if pictured:
            st.caption(f"{label} {len(pictured)} image{'s' * (len(pictured) > 1)}")
            with st.container(horizontal=True, vertical_alignment="bottom"):
                for one in pictured[:MOST_KIN]:
                    _relative(one, label)
    history_inputs(record, frozenset(each.stored.sha256 for each in ancestors if each.stored))


def _relative(one: RecordImage, label: str) -> None:
    with st.container(width=KIN, gap="xxsmall"):
        finished(one, one.thumbnail)
        st.button(
            ":material/open_in_full:",
            key=f"kin_{label.split(maxsplit=1)[0].lower()}_{one.key}",
            help="Details",
            type="tertiary",
            on_click=open_image,
            args=(one.record.id,),
        )
