"""What was made from what."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from triptych.store.db.rows import owned, read
from triptych.store.db.tables import links, records
from triptych.store.values import Record

MOST = 1000  # of a family that is shown


def lineage(connection: Connection, owner: str, record_id: str) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """The owner's records that a record was made from, the nearest first, and those that were made from it."""
    if not owned(connection, owner, [record_id]):
        return (), ()
    return tuple(read(connection, _walk(connection, owner, record_id, up=up)) for up in (True, False))  # type: ignore[return-value]


def _walk(connection: Connection, owner: str, record_id: str, *, up: bool) -> list[str]:
    step = _parents if up else _children
    seen, ring = {record_id: None}, [record_id]
    while ring and len(seen) < MOST:
        ring = [each for each in step(connection, owner, ring) if each not in seen]
        seen.update(dict.fromkeys(ring))
    return list(seen)[1:]


def _parents(connection: Connection, owner: str, ids: Iterable[str]) -> list[str]:
    tickets = select(records.c.ticket).where(records.c.id.in_(list(ids)))
    pictures = select(links.c.sha256).where(links.c.ticket.in_(tickets))
    return _mine(connection, owner, records.c.sha256.in_(pictures))


def _children(connection: Connection, owner: str, ids: Iterable[str]) -> list[str]:
    pictures = select(records.c.sha256).where(records.c.id.in_(list(ids)))
    tickets = select(links.c.ticket).where(links.c.sha256.in_(pictures))
    return _mine(connection, owner, records.c.ticket.in_(tickets))


def _mine(connection: Connection, owner: str, condition) -> list[str]:  # type: ignore[no-untyped-def]
    mine = select(records.c.id).where(records.c.owner == owner, condition).order_by(records.c.created, records.c.id)
    return list(connection.execute(mine.limit(MOST)).scalars())
