"""The pictures of one page of the history, as a sheet of equal places."""

import streamlit as st

from components.frame.notice import plain
from components.history.selection import pick_box
from components.history.tab_state import HistoryTab
from components.image.derived import made_here
from components.image.from_record import RecordImage
from components.image.image import finished
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget, tab
from triptych.store import Record

CELL = 208  # pixels, the edge of the square that a picture is fitted into
FRAME = CELL + 8  # pixels, so that no picture makes its place scroll
LEAST = 216  # pixels, the least width of a place
WORDS = 26  # characters of the prompt under a picture
ENDED = {
    "failed": (":material/error:", "Not drawn"),
    "cancelled": (":material/cancel:", "Cancelled, may have been charged"),
    "unknown": (":material/help:", "Unknown outcome, may have been charged"),
}


def history_grid(records: tuple[Record, ...], trashed: bool) -> None:
    """Draw the places of ``records``; in the trash without what can be changed."""
    with st.grid("auto", min_column_width=LEAST, gap=("medium", "small")) as cells:
        for record in records:
            with cells.cell(), st.container(gap="xxsmall"):
                _place(record)
                _actions(record, trashed)
                st.caption(_line(record))


def _place(record: Record) -> None:
    with st.container(
        height=FRAME,
        border=record.stored is None,
        horizontal_alignment="center",
        vertical_alignment="center",
        gap=None,
    ):
        if record.unreadable and record.stored is None:
            st.caption(":material/broken_image: Cannot be read", text_alignment="center")
            return
        if record.stored is None:
            icon, what = ENDED.get(record.status, (":material/pending:", "Being drawn"))
            st.caption(f"{icon} {what}", text_alignment="center")
            return
        one = RecordImage(record)
        width, height = one.pixels
        with st.container(width=max(1, round(CELL * width / max(width, height)))):
            finished(one, one.thumbnail)


def _actions(record: Record, trashed: bool) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="xsmall"):
        pick_box(record)
        if not trashed and record.stored:
            stars(record, "tile")
            heart(record, "tile")
        st.button(
            ":material/open_in_full:",
            key=f"open_{record.id}",
            help="Details",
            type="tertiary",
            on_click=view,
            args=(record.id,),
        )


def stars(record: Record, place: str) -> None:
    """Draw the rating, which a click changes; a click on the same star takes it away."""
    chosen = Widget[int | None](f"stars_{place}_{record.id}", None)  # from 0
    chosen.put(record.rating - 1 if record.rating else None)
    st.feedback("stars", key=chosen.key, on_change=_rate, args=(record.id, chosen))


def heart(record: Record, place: str) -> None:
    """Draw the button that makes it a favourite, or no longer one."""
    st.button(
        ":red[:material/favorite:]" if record.favourite else ":material/favorite_border:",
        key=f"favourite_{place}_{record.id}",
        help="No longer a favourite" if record.favourite else "Favourite",
        type="tertiary",
        on_click=_favour,
        args=(record.id, not record.favourite),
    )


def view(record_id: str) -> None:
    """Have the page open the details of a record."""
    tab(HistoryTab).viewing = record_id


def _rate(record_id: str, chosen: Widget[int | None]) -> None:
    services().store.history.rate(session().owner, [record_id], 0 if chosen.value is None else chosen.value + 1)


def _favour(record_id: str, flag: bool) -> None:
    services().store.history.favourite(session().owner, [record_id], flag)


def _line(record: Record) -> str:
    if record.unreadable:
        return ":material/broken_image: Its record cannot be read"
    words = " ".join((made_here(record) or record.request.prompt).split())
    return plain(words if len(words) <= WORDS else f"{words[: WORDS - 1].rstrip()}…")
