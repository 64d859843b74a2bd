"""A drawing's life in the records: opened before it is sent, its bytes noted, its money settled at the end."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from triptych.errors import Duplicate, NotSaved, SpentUnknown, TriptychError, UnknownPrice
from triptych.store.caps import Caps
from triptych.store.database import Database, text
from triptych.store.entries import Entry, Held, Kept, Period
from triptych.store.files import Files
from triptych.store.money import reserve, settle, standing
from triptych.store.rows import drawing_row, pictureless, record_row
from triptych.store.statements import insert_or_skip, lock, upsert
from triptych.store.tables import drawings, links, parts, records, state
from triptych.store.units import micro, micro_or_none, now, stamp

OPEN = ("queued", "sent")
Outcome = Literal["done", "failed", "unknown", "cancelled"]


@dataclass(frozen=True)
class End:
    """How a drawing ended."""

    status: Outcome
    dollars: Decimal | None
    error: TriptychError | None
    seconds: float | None


class Journal:
    """Drawings and their money. Every method raises DatabaseDown in words where the records cannot be reached."""

    def __init__(self, database: Database, files: Files, caps: Caps, process: str) -> None:
        self._database = database
        self._files = files
        self.caps = caps
        self._process = process

    def open(self, entry: Entry) -> None:
        """Journal a drawing and reserve the upper end of its estimate, in one transaction, before it is sent.

        Raises Duplicate for a ticket that was opened before, OverBudget, UnknownPrice unless the entry allows it, and
        SpentUnknown while nobody knows what was spent; then nothing has changed.
        """
        if entry.charged and entry.estimate is None and not entry.allow_unknown:
            raise UnknownPrice("What this would cost is not known, so no cap can be kept.")
        at = now()
        keys = self.caps.keys(at, entry.run or entry.ticket)
        held = micro(entry.estimate[1]) if entry.estimate and entry.charged else 0
        with self._database.write() as connection:
            if entry.charged and _is_doubtful(connection):
                raise SpentUnknown("The records were damaged, so what was spent before is not known.")
            try:
                connection.execute(insert(drawings).values(**drawing_row(entry, at, keys, held, process=self._process)))
            except IntegrityError:
                raise Duplicate("This drawing was begun before; it is not sent a second time.") from None
            for sha256 in dict.fromkeys(entry.parents):
                connection.execute(insert(links).values(ticket=entry.ticket, sha256=sha256))
            if entry.charged:
                reserve(connection, self.caps, keys, held)

    def sent(self, ticket: str, part: int, attempt: int) -> None:
        """Note that a part goes out for the ``attempt``-th time; from here on it may be charged."""
        row = {"ticket": ticket, "part": part, "attempt": attempt, "sent": stamp(now())}
        going = update(drawings).where(drawings.c.ticket == ticket, drawings.c.status == "queued")
        with self._database.write() as connection:
            connection.execute(upsert(connection, parts, row, ("ticket", "part")))
            connection.execute(going.values(status="sent"))

    def request_id(self, ticket: str, part: int, request_id: str) -> None:
        """Note by what name the server knows a part."""
        row = {"ticket": ticket, "part": part, "request_id": request_id}
        with self._database.write() as connection:
            connection.execute(upsert(connection, parts, row, ("ticket", "part")))

    def kept(self, ticket: str, part: int, pieces: Sequence[Kept]) -> None:
        """Note the pictures of an answer whose bytes are on disk. Raises NotSaved where they are there no more."""
        if not pieces:
            return
        with self._database.write() as connection:
            self._keep(connection, _drawing(connection, ticket), part, pieces)

    def closed(
        self,
        ticket: str,
        status: Outcome,
        dollars: Decimal | None = None,
        error: TriptychError | None = None,
        seconds: float | None = None,
    ) -> None:
        """Note how a drawing ended, and settle its money. Closing what is closed already changes nothing.

        ``dollars`` is what the answers that came cost, None where that is unknown. What was reserved is released on a
        definite failure, kept while the outcome is ``unknown`` or a cancelled drawing had been sent, and counted as
        spent where a drawing is done at a price nobody knows.
        """
        with self._database.write() as connection:
            drawing = _drawing(connection, ticket)
            if drawing["status"] in {*OPEN, "unknown"}:
                self._close(connection, drawing, End(status, dollars, error, seconds))

    def resolve(self, owner: str, ticket: str, dollars: Decimal) -> None:
        """Note a person's word on what an unknown or cancelled drawing cost, 0 for nothing, and release the rest."""
        ended = (drawings.c.ticket == ticket, drawings.c.owner == owner, drawings.c.held > 0)
        with self._database.write() as connection:
            row = connection.execute(select(drawings).where(*ended).with_for_update()).mappings().first()
            if row and row["status"] not in OPEN:
                settle(connection, row, micro(dollars), 0)
                spent = (row["dollars"] or 0) + micro(dollars)
                connection.execute(update(drawings).where(*ended).values(held=0, dollars=spent))

    def money(self, kind: Period, run: str = "") -> Held:
        """What is spent and reserved of today, this month, or the run named."""
        with self._database.read() as connection:
            return standing(connection, kind, self.caps.keys(now(), run)[kind])

    def statuses(self, tickets: Sequence[str]) -> dict[str, str]:
        """How the drawings stand that are known among the tickets."""
        with self._database.read() as connection:
            chosen = select(drawings.c.ticket, drawings.c.status).where(drawings.c.ticket.in_(tickets))
            return {row.ticket: row.status for row in connection.execute(chosen)}

    def doubtful(self) -> bool:
        """Whether what was spent is not known, so that nothing may be paid for."""
        with self._database.read() as connection:
            return _is_doubtful(connection)

    def _keep(self, connection: Connection, drawing: RowMapping, part: int, pieces: Sequence[Kept]) -> None:
        for piece in pieces:
            lock(connection, piece.stored.sha256)  # against the removal of the same bytes as another record's last
            if not self._files.holds(piece.stored):
                raise NotSaved("The picture's file is not there any more.")
            row = {"id": uuid.uuid4().hex, **record_row(drawing, part, piece)}
            connection.execute(insert_or_skip(connection, records, row))
        row = {"ticket": drawing["ticket"], "part": part, **_answer(pieces[0].sidecar, len(pieces))}
        connection.execute(upsert(connection, parts, row, ("ticket", "part")))

    def _close(self, connection: Connection, drawing: RowMapping, end: End) -> None:
        spent = micro_or_none(end.dollars) if drawing["charged"] else 0
        went_out = drawing["status"] != "queued"
        open_end = end.status == "unknown" or (end.status == "cancelled" and went_out)
        if spent is None and end.status == "done":
            counted, held = drawing["held"], 0
        else:
            counted, held = spent or 0, max(drawing["held"] - (spent or 0), 0) if open_end else 0
        if drawing["charged"]:
            settle(connection, drawing, counted, held)
        ended = {"status": end.status, "closed": stamp(now()), "held": held, "dollars": spent, "seconds": end.seconds}
        told = {"next_move": end.error.next_move, "message": end.error.message} if end.error else {}
        here = drawings.c.ticket == drawing["ticket"]
        connection.execute(update(drawings).where(here).values(**ended, **told))
        connection.execute(delete(records).where(records.c.ticket == drawing["ticket"], records.c.position < 0))
        if end.status == "failed" or open_end:
            row = {"id": uuid.uuid4().hex, **pictureless(drawing, end.status, end.seconds)}
            connection.execute(insert(records).values(**row))


def _drawing(connection: Connection, ticket: str) -> RowMapping:
    return connection.execute(select(drawings).where(drawings.c.ticket == ticket).with_for_update()).mappings().one()


def _is_doubtful(connection: Connection) -> bool:
    return connection.execute(select(state.c.value).where(state.c.name == "spent")).scalar() == "doubtful"


def _answer(sidecar: Mapping[str, Any], pictures: int) -> dict[str, Any]:
    cost = sidecar["cost_usd"]
    return {
        "request_id": sidecar.get("request_id"),
        "pictures": sidecar.get("pictures", pictures),
        "got": text(sidecar.get("got", {})),
        "usage": text(sidecar["usage"]) if sidecar.get("usage") else None,
        "dollars": micro(Decimal(cost)) if cost is not None else None,
        "seconds": sidecar.get("seconds"),
    }
