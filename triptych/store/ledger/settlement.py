"""A drawing's pictures noted and its money settled, inside a transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, update

from triptych.errors import NeverSent, NotSaved, TriptychError
from triptych.sidecar import Sidecar
from triptych.store.db.database import text
from triptych.store.db.rows import pictureless, record_row
from triptych.store.db.statements import insert_or_skip, lock_bytes, upsert
from triptych.store.db.tables import drawings, parts, records
from triptych.store.db.units import micro_or_none, now, stamp
from triptych.store.files.images import Files
from triptych.store.ledger.books import booked
from triptych.store.ledger.money import settle
from triptych.store.ledger.receipts import settled
from triptych.store.values import UNENDED, Ending, Kept, Told

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
    if refused := _missing(connection, files, [pieces])[0]:
        raise refused
    _note(connection, [(drawing, part, pieces, told)])


def close(connection: Connection, files: Files, drawing: RowMapping, end: End) -> None:
    """Note how a drawing ended, and settle what it holds; a person's word on what it cost stands."""
    close_many(connection, files, [(drawing, end)])


def finish(
    connection: Connection, files: Files, found: Sequence[tuple[RowMapping, Ending]]
) -> tuple[NotSaved | None, ...]:
    """Note the last answers of these drawings and that they are done; gives for each why it could not be, or None.

    It takes as many statements for all of them as for one.
    """
    refused = _missing(connection, files, [ending.pieces for _, ending in found])
    whole = [one for one, why in zip(found, refused, strict=True) if why is None]
    _note(connection, [(drawing, ending.part, ending.pieces, ending.told) for drawing, ending in whole])
    ends = [(drawing, End("done", ending.dollars, None, ending.seconds)) for drawing, ending in whole]
    close_many(connection, files, [(drawing, end) for drawing, end in ends if may_close(drawing, end)])
    return refused


def may_close(drawing: RowMapping, end: End) -> bool:
    """Whether it is still open to this end; what is closed stays so, and a person's word on what it cost stands."""
    told = drawing["settled"] is not None and end.status != "done"
    return drawing["status"] in {*UNENDED, "unknown"} and not told


def close_many(connection: Connection, files: Files, ends: Sequence[tuple[RowMapping, End]]) -> None:
    """Close several drawings as ``close`` does one, in as many statements."""
    if not ends:
        return
    costs = [_money(drawing, end) for drawing, end in ends]
    closed = [{**_row(end), "of": drawing["ticket"], **cost} for (drawing, end), cost in zip(ends, costs, strict=True)]
    now_is = [
        (drawing, {**drawing, **row}) for (drawing, _), row in zip(ends, closed, strict=True) if drawing["charged"]
    ]
    settle(connection, [(before, booked(after), after["held"]) for before, after in now_is])
    settled(connection, files, [(one, booked(after)) for one, after in now_is if one["settled"] is None])
    connection.execute(_ENDED, closed)
    if stood_in := [{"of": drawing["ticket"]} for drawing, _ in ends if drawing["status"] not in UNENDED]:
        connection.execute(_NO_STAND_IN, stood_in)  # only what ended without an image has one
    bare = [one for one in ends if one[1].status == "failed" or _is_open(*one)]
    if rows := [pictureless(drawing, end.status, end.seconds) for drawing, end in bare]:
        connection.execute(insert(records), [{"id": uuid.uuid4().hex, **row} for row in rows])


def _is_open(drawing: RowMapping, end: End) -> bool:
    """Whether it may be charged although no image came."""
    # It is noted as sent before it is; who stops it in between is told that it never went out, and it did not.
    went_out = drawing["status"] != "queued" and not isinstance(end.error, NeverSent)
    return end.status == "unknown" or (end.status == "cancelled" and went_out)


def _money(drawing: RowMapping, end: End) -> dict[str, int | None]:
    """What it costs from now on, None where nobody knows, and what stays held for it, in millionths of a dollar."""
    spent = micro_or_none(end.dollars) if drawing["charged"] else 0
    promised = (drawing["high"] or 0) if drawing["charged"] else 0
    if drawing["settled"] is not None:
        spent, promised = drawing["dollars"], 0
    return {"dollars": spent, "held": max(promised - (spent or 0), 0) if _is_open(drawing, end) else 0}


def _row(end: End) -> dict[str, Any]:
    told = {"next_move": end.error.next_move, "message": end.error.message} if end.error else NOTHING_WRONG
    return {"status": end.status, "closed": stamp(now()), "seconds": end.seconds, **told}


def _missing(connection: Connection, files: Files, answers: Sequence[Sequence[Kept]]) -> tuple[NotSaved | None, ...]:
    """For each answer, why it cannot be noted: bytes of it are there no more. None: they are."""
    # Against the removal of the same bytes as another record's last.
    lock_bytes(connection, [piece.stored.sha256 for pieces in answers for piece in pieces])
    whole = (all(files.holds(piece.stored) for piece in pieces) for pieces in answers)
    return tuple(None if is_whole else NotSaved("The image file is missing.") for is_whole in whole)


def _note(connection: Connection, answers: Sequence[tuple[RowMapping, int, Sequence[Kept], Told | None]]) -> None:
    """Note the images of these answers, and what they say."""
    images = [
        {"id": uuid.uuid4().hex, **record_row(drawing, part, piece)}
        for drawing, part, pieces, _ in answers
        for piece in pieces
    ]
    if images:
        connection.execute(insert_or_skip(connection, records), images)
    rows = [
        {"ticket": drawing["ticket"], "part": part, **_answer(drawing, pieces, told)}
        for drawing, part, pieces, told in answers
    ]
    for some in ([row for row in rows if "got" in row], [row for row in rows if "got" not in row]):
        if some:
            connection.execute(upsert(connection, parts, some[0], ("ticket", "part")), some)


def _answer(drawing: RowMapping, pieces: Sequence[Kept], told: Told | None) -> dict[str, Any]:
    """What an answer says of itself, by its first image's sidecar, else by what was told; nothing without either."""
    facts: Sidecar | Told | None = pieces[0].sidecar if pieces else told
    if facts is None:
        return {}
    return {
        "request_id": facts.request_id,
        "pictures": facts.pictures if isinstance(facts, Sidecar) else 0,
        "got": text(dict(facts.got)),
        "usage": text(facts.usage.to_json()) if facts.usage else None,
        "dollars": micro_or_none(facts.dollars) if pieces or drawing["charged"] else 0,
        "seconds": facts.seconds,
    }
