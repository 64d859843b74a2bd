"""What was drawn and paid, as a table for other programs."""

import codecs
import csv
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from components.image.downloads import file_button
from components.spending.totals import Period
from components.state.account import session
from components.state.services import services
from triptych.export.cells import inert
from triptych.store import Query, Record

AT_ONCE = 500  # records that are in memory


def csv_button(period: Period) -> None:
    """Draw the button that downloads one line for each image, and for each run of which none came."""
    file_button(
        "Download CSV",
        "spending_csv",
        "triptych-spending.csv",
        partial(csv_pieces, session().owner, period),
        media_type="text/csv",
        icon=":material/table_view:",
        help="One line per image. The cost of an image is its share of its run.",
    )


def csv_pieces(owner: str, period: Period) -> Generator[bytes, None, None]:
    """The table, in UTF-8 with a mark by which spreadsheets know it, ``AT_ONCE`` records at a time."""
    yield codecs.BOM_UTF8 + _lines([list(COLUMNS)])
    records = _records(owner, period)
    while some := [*islice(records, AT_ONCE)]:
        yield _lines([value(record) for value in COLUMNS.values()] for record in some)


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


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
