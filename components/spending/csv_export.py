"""What was drawn and paid, as a table for other programs."""

import csv
import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO

import streamlit as st

from components.image.downloads import made_file
from components.spending.totals import Period
from components.state.account import session
from components.state.services import services
from triptych.export.cells import inert
from triptych.store import Query, Record


def csv_button(period: Period) -> None:
    """Draw the button that downloads one line for each image, and for each run of which none came."""
    st.download_button(
        "Download CSV",
        partial(csv_of, session().owner, period),
        "triptych-spending.csv",
        "text/csv",
        key="spending_csv",
        on_click="ignore",
        icon=":material/table_view:",
        help="One line per image. The cost of an image is its share of its run.",
    )


def csv_of(owner: str, period: Period) -> bytes:
    """The table, in UTF-8 with a mark by which spreadsheets know it; put together on disk, a few records at a time."""
    return made_file(partial(_write, owner, period))


def _write(owner: str, period: Period, out: IO[bytes]) -> None:
    text = io.TextIOWrapper(out, "utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([value(record) for value in COLUMNS.values()] for record in _records(owner, period))
    text.detach()  # written out, and left open


def _records(owner: str, period: Period) -> Iterator[Record]:
    since, until = period
    for trashed in (False, True):
        query = Query(since=since, until=until, sort="oldest", trashed=trashed)
        yield from services().store.history.every(owner, query)


def _number(dollars: object) -> str:
    return "" if dollars is None else f"{dollars:f}"


COLUMNS: dict[str, Callable[[Record], object]] = {
    "created": lambda record: record.created.isoformat(timespec="seconds"),
    "engine": lambda record: record.engine,
    "page": lambda record: record.page,
    "model": lambda record: inert(record.request.model),
    "quality": lambda record: record.request.quality,
    "size": lambda record: record.request.size,
    "status": lambda record: record.status,
    "charged": lambda record: record.charged,
    "cost_usd": lambda record: _number(record.dollars),
    "estimated_low_usd": lambda record: _number(record.estimate and record.estimate.low),
    "estimated_high_usd": lambda record: _number(record.estimate and record.estimate.high),
    "held_usd": lambda record: _number(record.reserved),
    "seconds": lambda record: record.seconds,
    "rating": lambda record: record.rating or "",
    "request_id": lambda record: inert(record.request_id or ""),
    "sha256": lambda record: record.stored.sha256 if record.stored else "",
    "prompt": lambda record: inert(record.request.prompt),
}
