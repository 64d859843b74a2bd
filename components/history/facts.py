"""What is known of one record of the history, as a table and lines: asked beside got, money, time, names."""

from collections.abc import Iterator
from decimal import Decimal

import streamlit as st

from components.frame.formats import money
from components.frame.notice import plain
from components.image.derived import engine_name, is_mask, made_here
from components.image.from_record import RecordImage
from triptych.budget import today
from triptych.store import Record

COMPARED = ("size", "quality", "background", "output_format")
PAGES = {"import": "imported from a file"}


def history_facts(record: Record) -> None:
    """Draw what was asked and what came; of what was made on this machine, where no server was asked, how."""
    if made_here(record) is None:
        rows = [*_compared(record), _cost(record)]
        columns = {"": [r[0] for r in rows], "Requested": [r[1] for r in rows], "Got": [r[2] for r in rows]}
        st.table(columns, border="horizontal", hide_index=True)
    for label, value in _lines(record):
        st.caption(f"{label}  \n{plain(value)}")


def _compared(record: Record) -> Iterator[tuple[str, str, str]]:
    yield "Model", plain(record.request.model), ""
    for name in COMPARED:
        asked = str(getattr(record.request, name))
        got = record.got.get(name, "not reported" if record.stored else "")
        if name == "size" and record.stored:
            got = "x".join(map(str, RecordImage(record).pixels))
        differs = asked not in {got, "auto"} and got not in {"not reported", ""}
        label = {"output_format": "Format"}.get(name, name.capitalize())
        yield label, plain(asked), f":orange[:material/difference: {plain(got)}]" if differs else plain(got)


def _cost(record: Record) -> tuple[str, str, str]:
    return "Cost", plain(money(record.estimate)), plain(paid(record))


def paid(record: Record) -> str:
    """What this image cost, in words."""
    dollars: Decimal | None = record.dollars
    free = not record.charged or (record.status == "failed" and dollars is None)  # a failure is definite
    return "not charged" if free else "unknown" if dollars is None else money(dollars)


def by_api(page: str) -> str:
    """In words, what asked for it through the gateway; empty for what a page of ours did."""
    name, _, token = page.partition(": ")
    return "" if name != "api" else f"through the API, token {token}" if token else "through the API"


def _lines(record: Record) -> Iterator[tuple[str, str]]:
    local = record.created.astimezone(today()[1])
    when = f"{local:%Y-%m-%d %H:%M}"
    if made := made_here(record):
        yield "Made on this machine, free", f"{made}, {when}, on the {record.page.capitalize()} page"
        if record.stored:
            yield "Size", f"{'x'.join(map(str, RecordImage(record).pixels))} {record.stored.format}"
        if record.request.prompt and not is_mask(record):
            yield "The prompt above is", "from the image it was made from"
    else:
        where = PAGES.get(record.page) or by_api(record.page) or f"on the {record.page.capitalize()} page"
        yield "Made", f"{when} {where}, engine {engine_name(record.engine)}"
        if record.request.successor_of:
            yield "Model", f"{record.request.successor_of} was requested; it is retired, and this model replaces it"
    if doubtful := record.got.get("doubt"):
        counted = "" if record.dollars is None else " The upper end of the estimate is counted."
        yield "Tokens", f"{doubtful}.{counted}"
    if record.seconds is not None:
        yield "Time", f"{record.seconds:.1f} s"
    if record.stored:
        yield "Bytes", f"{record.stored.bytes:,}"
        yield "SHA-256", record.stored.sha256
    if made is None:
        yield "Request id", record.request_id or "none"
