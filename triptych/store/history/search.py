"""A query as conditions and an order over the records."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from triptych.store.db.rows import folded
from triptych.store.db.statements import holds_word
from triptych.store.db.tables import drawings, records, tags
from triptych.store.db.units import micro, stamp
from triptych.store.values import Query, Sort


def conditions(connection: Connection, owner: str, query: Query) -> Iterator[ColumnElement[bool]]:
    """What a record must be to be found."""
    yield records.c.owner == owner
    yield records.c.trashed.is_not(None) if query.trashed else records.c.trashed.is_(None)
    yield from _values(query)
    yield from _ranges(query)
    if query.favourite is not None:
        yield records.c.favourite == query.favourite
    if query.status is not None:
        yield records.c.status == query.status
    for tag in query.tags:
        yield records.c.id.in_(select(tags.c.record).where(tags.c.owner == owner, tags.c.tag == tag))
    if words := folded(query.text).split():
        hits = (holds_word(connection, drawings.c.search, word) for word in words)
        yield records.c.ticket.in_(select(drawings.c.ticket).where(drawings.c.owner == owner, *hits))


def _values(query: Query) -> Iterator[ColumnElement[bool]]:
    choices: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (records.c.model, query.models),
        (records.c.quality, query.qualities),
        (records.c.size, query.sizes),
        (records.c.engine, query.engines),
    )
    yield from (column.in_(wanted) for column, wanted in choices if wanted)


def _ranges(query: Query) -> Iterator[ColumnElement[bool]]:
    if query.since is not None:
        yield records.c.created >= stamp(query.since)
    if query.until is not None:
        yield records.c.created < stamp(query.until)
    if query.cost_from is not None:
        yield records.c.dollars >= micro(query.cost_from)
    if query.cost_to is not None:
        yield records.c.dollars <= micro(query.cost_to)
    if query.rating_from is not None:
        yield records.c.rating >= query.rating_from


def order(sort: Sort) -> tuple[ColumnElement[Any], ...]:
    """The order, the same each time: what is equal stands by time, and images in one answer by their number."""
    newest = (records.c.created.desc(), records.c.ticket, records.c.part, records.c.position)
    first: dict[Sort, ColumnElement[Any]] = {
        "rating": records.c.rating.desc(),
        "cost": records.c.dollars.desc().nulls_last(),
        "time": records.c.seconds.desc().nulls_last(),
    }
    if sort == "oldest":
        return (records.c.created, *newest[1:])
    return (first[sort], *newest) if sort in first else newest
