"""Records read whole: a picture's row with its drawing's, its answer's, its tags and its parents."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Column, Connection, and_, func, select

from triptych.store.db.row_values import record
from triptych.store.db.tables import drawings, links, parts, records, tags
from triptych.store.values import Record

MOST_AT_ONCE = 500  # values in one statement


def read(connection: Connection, ids: Sequence[str]) -> tuple[Record, ...]:
    """The records of these ids in this order; what is not there is left out."""
    rows = {row["id"]: row for some in in_slices(ids) for row in connection.execute(_whole(some)).mappings()}
    tickets = {row["ticket"] for row in rows.values()}
    tagged = _many(connection, tags.c.record, tags.c.tag, rows)
    parents = _many(connection, links.c.ticket, links.c.sha256, tickets)
    return tuple(record(rows[id], tagged[id], parents[rows[id]["ticket"]]) for id in ids if id in rows)  # noqa: A001


def owned(connection: Connection, owner: str, ids: Iterable[str]) -> list[str]:
    """Those of the ids that are the owner's."""
    mine = (select(records.c.id).where(records.c.owner == owner, records.c.id.in_(some)) for some in in_slices([*ids]))
    return [id for statement in mine for id in connection.execute(statement).scalars()]  # noqa: A001


def in_slices(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """The values, so many at a time as one statement takes."""
    return (values[at : at + MOST_AT_ONCE] for at in range(0, len(values), MOST_AT_ONCE))


def _whole(ids: Sequence[str]):  # type: ignore[no-untyped-def]
    of_drawing = [drawings.c[name] for name in ("request", "fingerprint", "charged", "low", "high", "held", "settled")]
    of_part = [parts.c.got, parts.c.usage]
    # A drawing that never got an answer has no part of its own number; any request id of it helps.
    other = parts.alias()
    any_id = select(func.max(other.c.request_id)).where(other.c.ticket == records.c.ticket).scalar_subquery()
    request_id = func.coalesce(parts.c.request_id, any_id).label("request_id")
    told = [drawings.c.next_move, drawings.c.message]
    answer = and_(parts.c.ticket == records.c.ticket, parts.c.part == records.c.part)
    return (
        select(records, *of_drawing, *of_part, *told, request_id)
        .join(drawings, drawings.c.ticket == records.c.ticket)
        .outerjoin(parts, answer)
        .where(records.c.id.in_(ids))
    )


def _many(
    connection: Connection, key: "Column[str]", value: "Column[str]", keys: Iterable[str]
) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for some in in_slices(list(keys)):
        for each, each_value in connection.execute(select(key, value).where(key.in_(some)).order_by(value)):
            found[each].append(each_value)
    return found
