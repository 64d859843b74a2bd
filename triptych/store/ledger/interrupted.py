"""Runs that were queued when their process ended: found again, and sent once or discarded by their owner's word."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select, update

from triptych.errors import Duplicate, Interrupted, NeverSent
from triptych.store.db.rows import in_slices, read_request
from triptych.store.db.tables import drawings
from triptych.store.values import Entry, Unsent

ELSEWHERE = "This run was sent or discarded in another tab."
# What was said of how a run ended is what tells these from runs that a person has stopped.
INTERRUPTED = (drawings.c.status == "cancelled", drawings.c.next_move == Interrupted.next_move)
DISCARDED = (drawings.c.status == "cancelled", drawings.c.next_move == NeverSent.next_move)
SETTLED: dict[str, Any] = {"next_move": NeverSent.next_move}


def unsent(connection: Connection, owner: str, page: str) -> tuple[Unsent, ...]:
    """The owner's of a page, the oldest first, but those whose request cannot be read."""
    found = select(drawings).where(drawings.c.owner == owner, drawings.c.page == page, *INTERRUPTED)
    # Sorted here: ordered by the database, SQLite walks all that the owner ever ran instead of the few of this outcome.
    rows = sorted(connection.execute(found).mappings(), key=lambda row: (row["created"], row["ticket"]))
    asked = ((row, *read_request(row)) for row in rows)
    return tuple(Unsent(row["ticket"], row["engine"], request) for row, request, unread in asked if unread is None)


def replaced(connection: Connection, entry: Entry) -> None:
    """Note that ``entry`` takes the place of the run that it is instead of; raises Duplicate where another one has."""
    if entry.instead_of is not None:
        one = (drawings.c.ticket == entry.instead_of, drawings.c.owner == entry.owner)
        if not connection.execute(update(drawings).where(*one, *INTERRUPTED).values(SETTLED)).rowcount:
            raise Duplicate(ELSEWHERE)


def discard(connection: Connection, owner: str, tickets: Collection[str]) -> tuple[str, ...]:
    """Note that these are not to be sent any more; the tickets of those that were to be sent until now."""
    gone: list[str] = []
    for some in in_slices(list(tickets)):
        theirs = (drawings.c.owner == owner, drawings.c.ticket.in_(some), *INTERRUPTED)
        gone += connection.scalars(select(drawings.c.ticket).where(*theirs))
        connection.execute(update(drawings).where(*theirs).values(SETTLED))
    return tuple(gone)


def reinstate(connection: Connection, owner: str, tickets: Collection[str]) -> None:
    """Offer again what `discard` has given these tickets of: others may have been sent in the meantime."""
    for some in in_slices(list(tickets)):
        theirs = (drawings.c.owner == owner, drawings.c.ticket.in_(some), *DISCARDED)
        connection.execute(update(drawings).where(*theirs).values(next_move=Interrupted.next_move))
