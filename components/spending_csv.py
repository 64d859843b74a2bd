"""What was drawn and paid, as a table for other programs."""

import csv
import io
from collections.abc import Iterator
from functools import partial

import streamlit as st

from components.services import services
from components.session import session
from components.spending_period import Period
from triptych.store import Query, Record

COLUMNS = (
    "created", "engine", "page", "model", "quality", "size", "status", "charged", "cost_usd", "estimated_low_usd",
    "estimated_high_usd", "held_usd", "seconds", "rating", "request_id", "sha256", "prompt",
)  # fmt: skip
AT_ONCE = 500  # records
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a text begins that a spreadsheet would run


def csv_button(period: Period) -> None:
    """Draw the button that downloads one line for each picture, and for each drawing of which none came."""
    st.download_button(
        "Download CSV",
        partial(csv_of, session().owner, period),
        "triptych-spending.csv",
        "text/csv",
        key="spending_csv",
        on_click="ignore",
        icon=":material/table_view:",
        help="One line for each picture. A picture's cost is its share of the answer's.",
    )


def csv_of(owner: str, period: Period) -> bytes:
    """The table, in UTF-8 with a mark by which spreadsheets know it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_line(record) for record in _records(owner, period))
    return out.getvalue().encode("utf-8-sig")


def _records(owner: str, period: Period) -> Iterator[Record]:
    since, until = period
    for trashed in (False, True):
        query, page = Query(since=since, until=until, sort="oldest", trashed=trashed), 1
        while found := services().store.history.search(owner, query, page, AT_ONCE).records:
            yield from found
            page += 1


def _line(record: Record) -> tuple[object, ...]:
    request, (low, high) = record.request, record.estimate or (None, None)
    return (
        record.created.isoformat(timespec="seconds"), record.engine, record.page, safe(request.model), request.quality,
        request.size, record.status, record.charged, _number(record.dollars), _number(low), _number(high),
        _number(record.reserved), record.seconds, record.rating or "", safe(record.request_id or ""),
        record.stored.sha256 if record.stored else "", safe(request.prompt),
    )  # fmt: skip


def _number(dollars: object) -> str:
    return "" if dollars is None else f"{dollars:f}"


def safe(text: str) -> str:
    """``text``, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
