"""A drawing's life in the records: opened before it is sent, its bytes noted, its money settled at the end."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import cache

from sqlalchemy import Connection, RowMapping, bindparam, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from triptych.errors import GivenBack, NotSaved, TriptychError
from triptych.store.db.database import Database
from triptych.store.db.rows import in_slices
from triptych.store.db.statements import upsert
from triptych.store.db.tables import drawings, parts, records
from triptych.store.db.units import now, stamp
from triptych.store.files.images import Files
from triptych.store.files.kept_answer import Belated
from triptych.store.ledger.books import imbalance
from triptych.store.ledger.caps import Caps
from triptych.store.ledger.fetchable import Fetchable, fetchable
from triptych.store.ledger.interrupted import discard, reinstate, unsent
from triptych.store.ledger.late import note_late
from triptych.store.ledger.money import standing
from triptych.store.ledger.opening import begin
from triptych.store.ledger.presence import Presence, lease, me
from triptych.store.ledger.rebuild import is_doubtful, rebuild, trust
from triptych.store.ledger.receipts import forget_word
from triptych.store.ledger.recovery import recover
from triptych.store.ledger.settlement import End, Outcome, close, finish, keep, may_close
from triptych.store.ledger.word import give_back_word, take_word
from triptych.store.values import (
    OPEN,
    Ending,
    Entry,
    Going,
    Held,
    Kept,
    Period,
    Rebuilt,
    Recovery,
    Told,
    Unsent,
    Word,
)

NOT_MINE = "This process did not respond for a while, so another one ended its run. It was not sent."

_DRAWING = select(drawings).where(drawings.c.ticket == bindparam("of")).with_for_update()
_DRAWINGS = (
    select(drawings)
    .where(drawings.c.ticket.in_(bindparam("tickets", expanding=True)))
    .order_by(drawings.c.ticket)
    .with_for_update()
)


class Journal:
    """Drawings and their money. Every method raises DatabaseDown in words where the records cannot be reached."""

    def __init__(self, database: Database, files: Files, caps: Caps, home: str = "") -> None:
        self._database = database
        self._files = files
        self.caps = caps
        self.presence = Presence(database, home)

    def open(self, entry: Entry) -> None:
        """Journal a drawing and reserve the upper end of its estimate, in one transaction, before it is sent.

        Raises Duplicate for a ticket that was opened before or whose place another one has taken, OverBudget,
        UnknownPrice under a cap unless the entry allows it, InputMissing where an input's bytes are gone, and
        SpentUnknown while nobody knows what was spent; then nothing has changed.
        """
        self.open_many([entry])

    def open_many(self, entries: Sequence[Entry]) -> None:
        """Open the drawings of one run together, all of them or none; raises as ``open``.

        OverBudget says how many of them, in their order, there is money for (``fits``).
        """
        self.presence.begin()
        with self._database.write() as connection:
            begin(connection, self._files, self.caps, entries)

    def unsent(self, owner: str, page: str) -> tuple[Unsent, ...]:
        """The owner's runs of a page that were queued when their process ended, the oldest first."""
        with self._database.read() as connection:
            return unsent(connection, owner, page)

    def discard_unsent(self, owner: str, tickets: Collection[str]) -> tuple[str, ...]:
        """Forget that these were to be sent; the tickets of those that were, for `reinstate_unsent`."""
        with self._database.write() as connection:
            return discard(connection, owner, tickets)

    def reinstate_unsent(self, owner: str, tickets: Collection[str]) -> None:
        """Offer again to send what `discard_unsent` has given these tickets of."""
        with self._database.write() as connection:
            reinstate(connection, owner, tickets)

    def sent(self, ticket: str, part: int, attempt: int) -> None:
        """Note that a part goes out for the ``attempt``-th time; from here on it may be charged.

        Raises GivenBack, and then it must not go out: the run has ended, or others may take this process for gone.
        """
        for refusal in self.sent_many([Going(ticket, part, attempt)]):
            if refusal:
                raise refusal

    def sent_many(self, going: Sequence[Going]) -> tuple[GivenBack | None, ...]:
        """Note those that may go out, and say for each, in their order, why it may not; None: it may."""
        with self._database.write() as connection:
            now_out = _going(connection.dialect.name, me())
            mine = set(connection.scalars(now_out, {"tickets": sorted({one.ticket for one in going})}))
            rows = [{**vars(one), "sent": stamp(now())} for one in going if one.ticket in mine]
            if rows:
                connection.execute(upsert(connection, parts, rows[0], ("ticket", "part")), rows)
        return tuple(None if one.ticket in mine else GivenBack(NOT_MINE) for one in going)

    def back(self, ticket: str, part: int, attempt: int) -> None:
        """Note that this attempt came back free of charge; a later one that is out already stays so."""
        one = (parts.c.ticket == ticket, parts.c.part == part, parts.c.attempt == attempt)
        with self._database.write() as connection:
            connection.execute(update(parts).where(*one).values(sent=None))

    def request_id(self, ticket: str, part: int, request_id: str) -> None:
        """Note by what name the server knows a part."""
        row = {"ticket": ticket, "part": part, "request_id": request_id}
        with self._database.write() as connection:
            connection.execute(upsert(connection, parts, row, ("ticket", "part")), row)

    def response_id(self, ticket: str, part: int, response_id: str) -> None:
        """Note by what id the server tells the answer to a part again."""
        row = {"ticket": ticket, "part": part, "response_id": response_id}
        with self._database.write() as connection:
            connection.execute(upsert(connection, parts, row, ("ticket", "part")), row)

    def fetchable(self, owner: str | None = None) -> tuple[Fetchable, ...]:
        """Runs of unknown outcome whose answer the server may still tell."""
        with self._database.read() as connection:
            return fetchable(connection, owner)

    def kept(self, ticket: str, part: int, pieces: Sequence[Kept]) -> None:
        """Note the pictures of an answer whose bytes are on disk. Raises NotSaved where they are there no more."""
        if not pieces:
            return
        with self._database.write() as connection:
            keep(connection, self._files, _drawing(connection, ticket), part, pieces)

    def finished(
        self,
        ticket: str,
        part: int,
        pieces: Sequence[Kept],
        dollars: Decimal | None,
        seconds: float | None,
        *,
        told: Told | None = None,
    ) -> None:
        """Note a drawing's last answer and that it is done in one transaction; else as ``kept`` and ``closed``."""
        for refusal in self.finished_many([Ending(ticket, part, tuple(pieces), dollars, seconds, told)]):
            if refusal:
                raise refusal

    def finished_many(self, endings: Sequence[Ending]) -> tuple[NotSaved | None, ...]:
        """Note the last answers of several drawings, and that they are done; for each, in their order, why not.

        All in one transaction. None: it is noted.
        """
        with self._database.write() as connection:
            rows = connection.execute(_DRAWINGS, {"tickets": [one.ticket for one in endings]}).mappings()
            drawing = {row["ticket"]: row for row in rows}
            return finish(connection, self._files, [(drawing[one.ticket], one) for one in endings])

    def late(self, answer: Belated) -> None:
        """Note all images of an answer that was kept, after its run has ended, as `note_late` does."""
        with self._database.write() as connection:
            note_late(connection, self._files, self.caps, answer)

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
            drawing, end = _drawing(connection, ticket), End(status, dollars, error, seconds)
            if may_close(drawing, end):
                close(connection, self._files, drawing, end)

    def resolve(self, owner: str, ticket: str, dollars: Decimal) -> Word | None:
        """Note a person's word on what an unknown or cancelled drawing cost, 0 for nothing, and release the rest.

        Said once, it stands until who said it takes it back; None where this one changed nothing.
        """
        with self._database.write() as connection:
            return take_word(connection, self._files, owner, ticket, dollars)

    def take_back(self, owner: str, word: Word) -> bool:
        """Have what `resolve` changed be as before: the outcome is unknown again, and what was held is held.

        That may pass a cap, where others were let in meanwhile. False where the run has changed since: all stays.
        """
        with self._database.write() as connection:
            drawing = give_back_word(connection, owner, word)
        if drawing:
            forget_word(self._files, drawing)
        return drawing is not None

    def money(self, kind: Period, run: str = "") -> Held:
        """What is spent and reserved of today, this month, or the run named."""
        with self._database.read() as connection:
            return standing(connection, kind, self.caps.keys(now(), run)[kind])

    def places(self, ticket: str, part: int) -> dict[str, int]:
        """Where in an answer the images stand that are recorded of it, by SHA-256."""
        chosen = select(records.c.sha256, records.c.position).where(
            records.c.ticket == ticket, records.c.part == part, records.c.sha256.is_not(None)
        )
        with self._database.read() as connection:
            return {row.sha256: row.position for row in connection.execute(chosen)}

    def statuses(self, tickets: Sequence[str]) -> dict[str, str]:
        """How the drawings stand that are known among the tickets."""
        found: dict[str, str] = {}
        with self._database.read() as connection:
            for some in in_slices(tickets):
                chosen = select(drawings.c.ticket, drawings.c.status).where(drawings.c.ticket.in_(some))
                found |= {row.ticket: row.status for row in connection.execute(chosen)}
        return found

    def is_out(self, ticket: str) -> bool:
        """Whether a part of a cancelled run had gone out, so that it may have been charged."""
        out = select(parts.c.part).join(drawings, drawings.c.ticket == parts.c.ticket)
        out = out.where(parts.c.ticket == ticket, parts.c.sent.is_not(None), drawings.c.status == "cancelled")
        with self._database.read() as connection:
            return connection.execute(out.limit(1)).first() is not None

    def recover(self) -> Recovery:
        """Find what processes that are gone left behind. Nothing is sent again: what was not saved is ``unknown``.

        A process is gone when it has not been heard of for a minute by the database's clock, was on this host and its
        pid is free, or held the home folder that this one holds now. To be called at the start and every half minute.
        """
        return recover(self._database, self._files, self.presence.home)

    def rebuild_spent(self) -> Rebuilt:
        """Count what was spent anew from sidecars and receipts, and take their pictures in; raises NotSaved.

        Only while what was spent is doubtful; then money may be spent again. What is only held is not in it.
        """
        with self._database.write() as connection:
            if not is_doubtful(connection):
                return Rebuilt()
            rebuilt = rebuild(connection, self._files, self.caps)
            trust(connection)
            return rebuilt

    def confirm_spent(self) -> None:
        """Take a person's word that the caps may begin at what the records know now."""
        with self._database.write() as connection:
            trust(connection)

    def check(self) -> None:
        """Raise DatabaseDown in words if the records cannot be reached."""
        with self._database.read() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        """Say that this process has ended; what it has not closed is found by the next `recover`."""
        self.presence.end()

    def imbalance(self) -> tuple[str, ...]:
        """Where the books differ from the sum of the runs, in sentences; empty where all is well."""
        with self._database.read() as connection:
            return imbalance(connection)

    def doubtful(self) -> bool:
        """Whether what was spent is not known, so that nothing may be paid for."""
        with self._database.read() as connection:
            return is_doubtful(connection)


@cache
def _going(dialect: str, process: str) -> ReturningUpdate[str]:
    """Let those of the open runs among ``tickets`` count as sent that ``process`` opened and nobody may give back."""
    opened = (drawings.c.status.in_(OPEN), drawings.c.process == process, lease(dialect, process))
    named = drawings.c.ticket.in_(bindparam("tickets", expanding=True))
    return update(drawings).where(named, *opened).values(status="sent").returning(drawings.c.ticket)


def _drawing(connection: Connection, ticket: str) -> RowMapping:
    return connection.execute(_DRAWING, {"of": ticket}).mappings().one()
