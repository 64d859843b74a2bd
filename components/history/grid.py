"""The images of one page of the history as a gallery by day; what brought none is folded behind them."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby

import streamlit as st

from components.frame.notice import plain
from components.history.selection import pick_box
from components.image.derived import made_here
from components.image.from_record import RecordImage
from components.image.image import finished
from components.image.open_image import open_image
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget
from triptych.budget import today
from triptych.store import Record
from triptych.store.values import Sort

LEAST = 156  # pixels, the least width of a tile: six fit beside the sidebar at 1440
WORDS = 60  # characters of the prompt under an image; what does not fit is cut by the page
WHY = 90  # characters of what went wrong, in a line
BY_TIME: tuple[Sort, ...] = ("newest", "oldest")
ENDED = {
    "failed": (":material/error:", "Failed"),
    "cancelled": (":material/cancel:", "Canceled, may have been charged"),
    "unknown": (":material/help:", "Outcome unknown, may have been charged"),
}
RUNNING = (":material/pending:", "Still running")
COUNTED = {"failed": "failed", "cancelled": "canceled", "unknown": "with unknown outcome"}


def history_grid(records: tuple[Record, ...], *, sort: Sort, trashed: bool, unfolded: bool) -> None:
    """Draw ``records`` in their order, each day of an order by time under its date.

    Those without an image are folded at the end of their day, unless they are ``unfolded`` since they are looked for.
    """
    for day, found in _days(records, sort):
        if day:
            st.header(_named(day), anchor=False)
        pictured = [record for record in found if record.stored]
        if pictured:
            with st.grid(
                "auto", min_column_width=LEAST, gap=("small", "xsmall"), key=f"history_day_{pictured[0].id}"
            ) as cells:
                for record in pictured:
                    with cells.cell():
                        _tile(record, trashed=trashed)
        if rest := [record for record in found if not record.stored]:
            with st.expander(_counted(rest), expanded=unfolded, key=f"history_rest_{rest[0].id}"):
                for record in rest:
                    _line(record)


def _days(records: Iterable[Record], sort: Sort) -> Iterator[tuple[date | None, list[Record]]]:
    zone = today()[1]
    for day, found in groupby(
        records, lambda record: record.created.astimezone(zone).date() if sort in BY_TIME else None
    ):
        yield day, list(found)


def _named(day: date) -> str:
    now, _ = today()
    if day == now:
        return "Today"
    if day == now - timedelta(days=1):
        return "Yesterday"
    return f"{day:%B} {day.day}" if day.year == now.year else f"{day:%B} {day.day}, {day.year}"


def _counted(rest: list[Record]) -> str:
    counts = Counter(COUNTED.get(record.status, "still running") for record in rest)
    return ", ".join(f"{count:,} {what}" for what, count in counts.items())


def _tile(record: Record, *, trashed: bool) -> None:
    """Draw an image that a click opens; style.css lays its tools over it, seen when it is pointed at or reached."""
    one = RecordImage(record)
    with st.container(key=f"tile_loved_{record.id}" if record.favourite else f"tile_{record.id}", gap="xxsmall"):
        finished(one, one.thumbnail)
        st.button(
            plain(f"Open {one.alt}"), key=f"open_{record.id}", type="tertiary", on_click=open_image, args=(record.id,)
        )
        pick_box(record)
        if not trashed:
            heart(record, "tile")
        rated = f":material/star: {record.rating} · " if record.rating else ""
        st.caption(f"{rated}{_words(record)}")


def _line(record: Record) -> None:
    """Draw a run of which no image came."""
    icon, what = ENDED.get(record.status, RUNNING)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pick_box(record)
        st.button(
            f"{icon} {_words(record)}",
            key=f"open_{record.id}",
            type="tertiary",
            help="Details",
            on_click=open_image,
            args=(record.id,),
        )
        st.caption(_why(record) if record.status == "failed" and record.error else what, width="content")


def _why(record: Record) -> str:
    """What went wrong, as the server said it."""
    return plain(textwrap.shorten(record.error[1], WHY, placeholder="…")) if record.error else ""


def stars(record: Record, place: str) -> None:
    """Draw the rating, which a click changes; a click on the same star removes it."""
    chosen = Widget[int | None](f"stars_{place}_{record.id}", None)  # from 0
    chosen.put(record.rating - 1 if record.rating else None)
    st.feedback("stars", key=chosen.key, on_change=_rate, args=(record.id, chosen))


def heart(record: Record, place: str) -> None:
    """Draw the button that makes it a favorite, or no longer one."""
    st.button(
        ":red[:material/favorite:]" if record.favourite else ":material/favorite_border:",
        key=f"favourite_{place}_{record.id}",
        help="Remove from favorites" if record.favourite else "Add to favorites",
        type="tertiary",
        on_click=_favour,
        args=(record.id, not record.favourite),
    )


def _rate(record_id: str, chosen: Widget[int | None]) -> None:
    services().store.history.rate(session().owner, [record_id], 0 if chosen.value is None else chosen.value + 1)


def _favour(record_id: str, flag: bool) -> None:
    services().store.history.favourite(session().owner, [record_id], flag)


def _words(record: Record) -> str:
    if record.unreadable:
        return ":material/broken_image: This record cannot be read"
    words = " ".join((made_here(record) or record.request.prompt).split())
    return plain(words if len(words) <= WORDS else f"{words[: WORDS - 1].rstrip()}…") or "No prompt"
