"""A drawing's pictures noted and its money settled, inside a transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, update

from triptych.errors import NeverSent, NotSaved, TriptychError
from triptych.sidecar import Sidecar
from triptych.store.db.database import text
from triptych.store.db.rows import pictureless, record_row
from triptych.store.db.statements import insert_or_skip, lock, upsert
from triptych.store.db.tables import drawings, parts, records
from triptych.store.db.units import micro_or_none, now, stamp
from triptych.store.files.images import Files
from triptych.store.ledger.books import booked
from triptych.store.ledger.money import settle
from triptych.store.ledger.receipts import settled
from triptych.store.values import UNENDED, Kept, Told

Outcome = Literal["done", "failed", "unknown", "cancelled"]

NOTHING_WRONG = {"next_move": None, "message": None}  # whatever was said before it was known better

_ENDED = update(drawings).where(drawings.c.ticket == bindparam("of"))
_NO_STAND_IN = delete(records).where(records.c.ticket == bindparam("of"), records.c.position < 0)


@dataclass(frozen=True)
class End:
    """How a drawing ended."""

    status: Outcome
    dollars: Decimal | None
    error: TriptychError | None
    seconds: float | None


def keep(
    connection: Connection,
    files: Files,
    drawing: RowMapping,
    part: int,
    pieces: Sequence[Kept],
    *,
    told: Told | None = None,
) -> None:
    """Note the pictures of an answer whose bytes are there; raises NotSaved where they are there no more.

    What is ``told`` is noted of one that has none.
    """
    for piece in pieces:
        lock(connection, piece.stored.sha256)  # against the removal of the same bytes as another record's last
        if not files.holds(piece.stored):
            raise NotSaved("The image file is missing.")
        row = {"id": uuid.uuid4().hex, **record_row(drawing, part, piece)}
        connection.execute(insert_or_skip(connection, records), row)
    facts = (
        pieces[0].sidecar if pieces else told if drawing["charged"] or not told else replace(told, dollars=Decimal(0))
    )
    row = {"ticket": drawing["ticket"], "part": part, **(_answer(facts) if facts else {})}
    connection.execute(upsert(connection, parts, row, ("ticket", "part")), row)


def close(connection: Connection, files: Files, drawing: RowMapping, end: End) -> None:
    """Note how a drawing ended, and settle what it holds; a person's word on what it cost stands."""
    spent = micro_or_none(end.dollars) if drawing["charged"] else 0
    promised = (drawing["high"] or 0) if drawing["charged"] else 0
    if drawing["settled"] is not None:
        spent, promised = drawing["dollars"], 0
    # It is noted as sent before it is; who stops it in between is told that it never went out, and it did not.
    went_out = drawing["status"] != "queued" and not isinstance(end.error, NeverSent)
    open_end = end.status == "unknown" or (end.status == "cancelled" and went_out)
    held = max(promised - (spent or 0), 0) if open_end else 0
    if drawing["charged"]:
        counted = booked({**drawing, "dollars": spent, "status": end.status})
        settle(connection, drawing, counted, held)
        if drawing["settled"] is None:
            settled(connection, files, drawing, counted, "rest")
    ended = {"status": end.status, "closed": stamp(now()), "held": held, "dollars": spent, "seconds": end.seconds}
    told = {"next_move": end.error.next_move, "message": end.error.message} if end.error else NOTHING_WRONG
    connection.execute(_ENDED, {"of": drawing["ticket"], **ended, **told})
    if drawing["status"] not in UNENDED:  # only what ended without an image has one
        connection.execute(_NO_STAND_IN, {"of": drawing["ticket"]})
    if end.status == "failed" or open_end:
        row = {"id": uuid.uuid4().hex, **pictureless(drawing, end.status, end.seconds)}
        connection.execute(insert(records), row)


def _answer(told: Sidecar | Told) -> dict[str, Any]:
    return {
        "request_id": told.request_id,
        "pictures": told.pictures if isinstance(told, Sidecar) else 0,
        "got": text(dict(told.got)),
        "usage": text(told.usage.to_json()) if told.usage else None,
        "dollars": micro_or_none(told.dollars),
        "seconds": told.seconds,
    }
