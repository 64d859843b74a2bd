"""What was paid and no sidecar tells, or tells no more, as small files that outlive the records: receipts."""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath
from typing import Literal

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from triptych.errors import NotSaved
from triptych.sidecar import read_dollars, read_time, told_time
from triptych.store.db.tables import records
from triptych.store.db.units import dollars, moment
from triptych.store.files.images import Files
from triptych.store.files.names import file_text

FOLDER = "receipts"

log = logging.getLogger(__name__)

_TOLD = (
    select(records.c.ticket, func.sum(records.c.dollars))
    .where(records.c.ticket.in_(bindparam("of", expanding=True)), records.c.sha256.is_not(None))
    .group_by(records.c.ticket)
)


@dataclass(frozen=True)
class Receipt:
    """What was paid when; None where nobody knows how much."""

    created: datetime
    dollars: Decimal | None


def purged(files: Files, row: RowMapping) -> None:
    """Keep what a picture cost, under the name of its sidecar, before that goes; raises NotSaved.

    ``row`` has the columns of its record, and ``charged`` and ``imported`` of its drawing.
    """
    if row["charged"] and not row["imported"] and row["dollars"] != 0:
        _write(files, f"{row['ticket']}-{row['part']}-{row['position']}", row["created"], row["dollars"])


def settled(connection: Connection, files: Files, bills: Sequence[tuple[RowMapping, int]]) -> None:
    """Keep what no picture's sidecar tells of what drawings cost, each in millionths, at their end.

    The records have it already, so a full disk is no error.
    """
    if not bills:
        return
    rows = connection.execute(_TOLD, {"of": [drawing["ticket"] for drawing, _ in bills]})
    told = {ticket: int(micros or 0) for ticket, micros in rows}
    for drawing, micros in bills:
        _kept(files, drawing, micros - told.get(drawing["ticket"], 0), "rest")


def given_word(files: Files, drawing: RowMapping, micros: int) -> None:
    """Keep a person's word on what a drawing cost, all of it; as ``settled``."""
    _kept(files, drawing, micros, "word")


def forget_word(files: Files, drawing: RowMapping) -> None:
    """The person has taken the word back. One that cannot be removed counts once more where the records are lost."""
    try:
        files.place.remove(_path(f"{drawing['ticket']}-word", drawing["created"]))
    except NotSaved as error:
        log.warning("ticket %s: a receipt of what was taken back stays: %s", drawing["ticket"], error)


def _kept(files: Files, drawing: RowMapping, micros: int, why: Literal["rest", "word"]) -> None:
    if drawing["charged"] and micros > 0:
        try:
            _write(files, f"{drawing['ticket']}-{why}", drawing["created"], micros)
        except NotSaved as error:
            log.warning("ticket %s: no receipt of $%s: %s", drawing["ticket"], dollars(micros), error)


def retold(connection: Connection, files: Files, drawing: RowMapping, micros: int) -> None:
    """Tell it anew where sidecars have come that tell some of it; raises NotSaved."""
    for why in ("rest", "word"):
        files.place.remove(_path(f"{drawing['ticket']}-{why}", drawing["created"]))
    settled(connection, files, [(drawing, micros)])


def receipts(files: Files) -> Iterator[tuple[str, Receipt | None]]:
    """All of them by name; None for a damaged one. One with the name of a sidecar is of the same money."""
    for path, _ in files.place.names(FOLDER):
        with suppress(KeyError):
            yield PurePosixPath(path).stem, _receipt(files.place.read(path))


def ticket_of(name: str) -> str:
    """The ticket in a receipt's or a sidecar's name: what stands before its part and index, or before its reason."""
    found = re.fullmatch(r"(.+?)-(?:\d+-\d+|rest|word)", name)
    return found[1] if found else name


def _write(files: Files, name: str, created: int, micros: int | None) -> None:
    at = moment(created)
    cost = None if micros is None else f"{dollars(micros):f}"
    told = {"triptych": 1, "created": told_time(at), "cost_usd": cost}
    files.place.write(_path(name, created), file_text(told).encode())


def _path(name: str, created: int) -> str:
    return f"{FOLDER}/{moment(created):%Y-%m-%d}/{name}.json"


def _receipt(data: bytes) -> Receipt | None:
    try:
        told = json.loads(data)
        return Receipt(read_time(told["created"]), read_dollars(told["cost_usd"]))
    except (KeyError, TypeError, ValueError, RecursionError, OverflowError, InvalidOperation):
        return None
