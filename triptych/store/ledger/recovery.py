"""What processes that are gone left behind: saved where all its bytes are there, else of unknown outcome."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, select

from triptych.errors import Interrupted, NeverSent, OutcomeUnknown
from triptych.store.db.database import Database
from triptych.store.db.statements import lock_bytes
from triptych.store.db.tables import drawings, parts, processes
from triptych.store.db.units import moment
from triptych.store.files.images import Files
from triptych.store.ledger.presence import living
from triptych.store.ledger.settlement import End, Outcome, close, keep
from triptych.store.sidecars import Answers, answers, is_whole
from triptych.store.values import OPEN, Kept, Lost, Recovery

CHARGED = "The playground ended before the answer was saved. The request may have been charged."
WAITED = "The playground ended before it was sent; nothing is charged."
FREE = "The playground ended before the answer was saved. Running it again costs nothing."


def recover(database: Database, files: Files, home: str = "") -> Recovery:
    """Close every drawing whose process is gone, as `living` knows; raises DatabaseDown or NotSaved.

    Several processes may do it at once: each drawing is closed by one of them.
    """
    with database.read() as connection:
        left = connection.execute(_left(connection, home)).mappings().all()
    if not left:
        return Recovery()
    found = _sidecars(files, left)
    unknown: list[Lost] = []
    saved: list[str] = []
    for drawing in left:
        with database.write() as connection:
            here = _left(connection, home).where(drawings.c.ticket == drawing["ticket"]).with_for_update()
            if not (row := connection.execute(here).mappings().first()):
                continue  # another process was quicker
            outcome = _closed(connection, files, row, found)
            if outcome == "done":
                saved.append(row["ticket"])
            elif outcome == "unknown":
                unknown.append(_lost(connection, row))
    _forget(database, home)
    return Recovery(tuple(unknown), tuple(saved))


def _left(connection: Connection, home: str) -> Any:
    """Drawings that have not ended, of processes that have."""
    return select(drawings).where(drawings.c.status.in_(OPEN), drawings.c.process.not_in(living(connection, home)))


def _sidecars(files: Files, left: Sequence[RowMapping]) -> Answers:
    """The whole pictures of these drawings, from the folders of the days on which they can have been saved."""
    tickets = tuple(f"{row['ticket']}-" for row in left)
    begun = {moment(row["created"]).date() for row in left}
    days = {f"{day + timedelta(days=later)}" for day in begun for later in (0, 1)}
    theirs = ((name, facts) for day in days for name, facts in files.sidecars(day) if name.startswith(tickets))
    return answers(files, theirs)


def _closed(connection: Connection, files: Files, drawing: RowMapping, found: Answers) -> Outcome:
    """Keep what is there of a drawing and close it; how it ended."""
    mine = {part: pieces for (ticket, part), pieces in found.items() if ticket == drawing["ticket"]}
    lock_bytes(connection, [piece.stored.sha256 for pieces in mine.values() for piece in pieces])
    for part, pieces in mine.items():
        keep(connection, files, drawing, part, sorted(pieces, key=lambda piece: piece.index))
    torn = {part for part, pieces in mine.items() if not is_whole(pieces, _pictures(pieces))}
    ended = not torn | (_flying(connection, drawing) - set(mine))
    costs = list(_costs(mine.values()))
    known = [cost for cost in costs if cost is not None]
    dollars = sum(known, Decimal(0)) if known and (len(known) == len(costs) or not ended) else None
    if ended:
        unsent = None if set(range(drawing["parts"])) <= set(mine) else NeverSent(WAITED)
        end = End("done", dollars, unsent, None) if mine else End("cancelled", dollars, Interrupted(WAITED), None)
    else:
        error = OutcomeUnknown(CHARGED) if drawing["charged"] else NeverSent(FREE)
        end = End("unknown", dollars, error, None)
    close(connection, files, drawing, end)
    return end.status


def _flying(connection: Connection, drawing: RowMapping) -> set[int]:
    """The parts that went out and did not come back to be sent again: that is written down before each goes out."""
    out = select(parts.c.part).where(parts.c.ticket == drawing["ticket"], parts.c.sent.is_not(None))
    return set(connection.execute(out).scalars())


def _pictures(pieces: Sequence[Kept]) -> int:
    """How many pictures the answer had that these are of; at least one."""
    return pieces[0].sidecar.pictures if pieces else 1


def _costs(answered: Any) -> Iterator[Decimal | None]:
    for pieces in answered:
        yield pieces[0].sidecar.dollars


def _lost(connection: Connection, drawing: RowMapping) -> Lost:
    ids = select(func.max(parts.c.request_id)).where(parts.c.ticket == drawing["ticket"])
    return Lost(drawing["ticket"], drawing["owner"], connection.execute(ids).scalar())


def _forget(database: Database, home: str) -> None:
    """Drop the rows of processes that are gone and have nothing left open."""
    with database.write() as connection:
        busy = select(drawings.c.process).where(drawings.c.status.in_(OPEN))
        gone = (processes.c.id.not_in(living(connection, home)), processes.c.id.not_in(busy))
        connection.execute(delete(processes).where(*gone))
