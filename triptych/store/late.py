"""An answer whose images are saved after its run has ended: noted, and the run's money settled anew, once."""

from collections.abc import Collection

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from triptych.store.attached import descend, note
from triptych.store.books import PERIODS
from triptych.store.caps import Caps
from triptych.store.ending import End, close, keep
from triptych.store.entries import OPEN
from triptych.store.files import Files
from triptych.store.money import settle
from triptych.store.rebuild import adopted_row
from triptych.store.receipts import retold
from triptych.store.rows import request_columns
from triptych.store.spooled import Belated
from triptych.store.statements import insert_or_skip
from triptych.store.tables import budgets, drawings, parts, records
from triptych.store.units import dollars_or_none, now, stamp

_DRAWING = select(drawings).where(drawings.c.ticket == bindparam("of")).with_for_update()
_ANSWERED = select(parts.c.part, parts.c.dollars).where(parts.c.ticket == bindparam("of"), parts.c.pictures > 0)


def note_late(
    connection: Connection,
    files: Files,
    caps: Caps,
    answer: Belated,
) -> None:
    """Note the images; doing it again changes nothing. Where no part is open any more, the run is done.

    Raises NotSaved where the bytes are gone.
    """
    drawing = _drawing(connection, files, caps, answer)
    keep(connection, files, drawing, answer.part, answer.pieces)
    answered = {row.part: row.dollars for row in connection.execute(_ANSWERED, {"of": answer.asked.ticket})}
    wanted = range(drawing["parts"]) if answer.unsettled is None else answer.unsettled
    is_whole = set(wanted) <= set(answered)
    if drawing["status"] in OPEN:
        if is_whole:
            dollars = None if None in answered.values() else sum(answered.values())
            seconds = answer.pieces[0].sidecar.seconds
            close(connection, files, drawing, End("done", dollars_or_none(dollars), None, seconds))
        return
    if drawing["status"] in {"unknown", "cancelled"}:
        _settle(connection, files, drawing, answered.values(), is_whole=is_whole and drawing["status"] == "unknown")


def _drawing(connection: Connection, files: Files, caps: Caps, answer: Belated) -> RowMapping:
    """The run's row. Where the records have lost it, or a person has thrown it away, it comes back."""
    asked, pieces = answer.asked, answer.pieces
    row = connection.execute(_DRAWING, {"of": asked.ticket}).mappings().first()
    if row and row["fingerprint"]:
        return row
    if row:
        back = update(drawings).where(drawings.c.ticket == asked.ticket).values(**request_columns(asked.request))
        connection.execute(back)
    else:
        facts = pieces[0].sidecar
        held = {"status": "unknown", "dollars": 0, "owner": asked.owner, "page": asked.page}
        new = {**adopted_row(asked.ticket, facts, caps, {}), **held}
        connection.execute(insert(drawings).values(**new))
        descend(connection, asked.ticket, facts.parents)
        note(connection, files, asked.ticket, asked.request, strict=False)
        for kind in PERIODS:  # so that there is a book in which it can be settled
            book = {"kind": kind, "key": new[kind], "spent": 0, "reserved": 0}
            connection.execute(insert_or_skip(connection, budgets), book)
    return connection.execute(_DRAWING, {"of": asked.ticket}).mappings().one()


def _settle(
    connection: Connection, files: Files, drawing: RowMapping, costs: Collection[int | None], *, is_whole: bool
) -> None:
    """Count what the answers cost in place of what was counted and held for them; a person's word stands."""
    before, spent = drawing["dollars"] or 0, sum(cost or 0 for cost in costs)
    known, held = None not in costs, drawing["held"]
    if not drawing["charged"] or drawing["settled"] is not None:
        counted, left = before, held if not is_whole else 0
    elif is_whole and not known:  # at a price nobody knows, what was held counts as spent
        counted, left = before + held, 0
    else:
        counted, left = spent, 0 if is_whole else max(held - (spent - before), 0)
    if drawing["charged"]:
        settle(connection, drawing, counted, left)
    is_told = known or drawing["settled"] is not None
    ended = {"held": left, "dollars": (counted if is_told else None) if is_whole else counted}
    if is_whole:
        ended |= {"status": "done", "closed": stamp(now()), "next_move": None, "message": None}
        stand_in = (records.c.ticket == drawing["ticket"], records.c.position < 0)
        connection.execute(delete(records).where(*stand_in))
    connection.execute(update(drawings).where(drawings.c.ticket == drawing["ticket"]).values(**ended))
    retold(connection, files, drawing, counted)
