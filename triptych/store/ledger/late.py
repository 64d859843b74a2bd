"""An answer whose images are saved after its run has ended: noted, and the run's money settled anew, once."""

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from triptych.errors import Cancelled, OutcomeUnknown
from triptych.store.db.rows import request_columns
from triptych.store.db.statements import lock_bytes
from triptych.store.db.tables import drawings, parts
from triptych.store.db.units import dollars_or_none
from triptych.store.files.images import Files
from triptych.store.files.kept_answer import Belated
from triptych.store.history.attached import descend, named, note
from triptych.store.ledger.books import booked
from triptych.store.ledger.caps import Caps
from triptych.store.ledger.money import reserve
from triptych.store.ledger.rebuild import adopted_row
from triptych.store.ledger.receipts import retold
from triptych.store.ledger.settlement import End, close, keep
from triptych.store.values import OPEN

_DRAWING = select(drawings).where(drawings.c.ticket == bindparam("of")).with_for_update()
_ANSWERED = select(parts.c.part, parts.c.dollars).where(parts.c.ticket == bindparam("of"), parts.c.got.is_not(None))


def note_late(connection: Connection, files: Files, caps: Caps, answer: Belated) -> None:
    """Note the images; doing it again changes nothing. Where no part is open any more, the run is done.

    Raises NotSaved where the bytes are gone.
    """
    drawing = _drawing(connection, files, caps, answer)
    keep(connection, files, drawing, answer.part, answer.pieces, told=answer.told)
    answered = {row.part: row.dollars for row in connection.execute(_ANSWERED, {"of": answer.asked.ticket})}
    wanted = range(drawing["parts"]) if answer.unsettled is None else answer.unsettled
    end = _end(drawing, answer, list(answered.values()), is_whole=set(wanted) <= set(answered))
    if end:
        close(connection, files, drawing, end)
        now = _row(connection, answer.asked.ticket)
        retold(connection, files, now, booked({**now}))


def _end(drawing: RowMapping, answer: Belated, costs: list[int | None], *, is_whole: bool) -> End | None:
    """How the run stands with this answer; None where that is as before, or for who closes it to say."""
    status, said = drawing["status"], drawing["message"] or ""
    known = sum(cost for cost in costs if cost is not None)
    facts = answer.pieces[0].sidecar if answer.pieces else answer.told
    seconds = drawing["seconds"] or (facts.seconds if facts else None)
    if status in {*OPEN, "unknown"} and is_whole:
        return End("done", dollars_or_none(None if None in costs else known), None, seconds)
    if status == "unknown" and drawing["settled"] is None:
        return End(status, dollars_or_none(known), OutcomeUnknown(said), seconds)
    if status == "cancelled" and drawing["settled"] is None:
        return End(status, dollars_or_none(known), Cancelled(said), seconds)
    return None


def _drawing(connection: Connection, files: Files, caps: Caps, answer: Belated) -> RowMapping:
    """The run's row. Where the records have lost it, or a person has thrown it away, it comes back."""
    asked = answer.asked
    row = connection.execute(_DRAWING, {"of": asked.ticket}).mappings().first()
    lock_bytes(connection, [*named(asked.request), *(piece.stored.sha256 for piece in answer.pieces)])
    if row and row["fingerprint"]:
        return row
    whose = {"owner": asked.owner, "page": asked.page, "parts": len(asked.request.parts())}
    if row or not answer.pieces:  # one without images has nothing to be brought back by
        back = {**whose, **request_columns(asked.request)}
        connection.execute(update(drawings).where(drawings.c.ticket == asked.ticket).values(**back))
    else:
        facts = answer.pieces[0].sidecar
        new = {**adopted_row(asked.ticket, facts, caps, {}), **whose, "status": "unknown", "dollars": 0}
        connection.execute(insert(drawings).values(**new))
        descend(connection, asked.ticket, facts.parents)
        note(connection, files, asked.ticket, asked.request, strict=False)
        reserve(connection, Caps(), caps.keys(facts.created, asked.ticket), 0)  # books to count it in
    return _row(connection, asked.ticket)


def _row(connection: Connection, ticket: str) -> RowMapping:
    return connection.execute(_DRAWING, {"of": ticket}).mappings().one()
