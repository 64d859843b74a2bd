"""What earlier drawings teach: an equal one's pictures, how long like ones took, and how wrong estimates were."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, func, select

from triptych.request import ImageRequest
from triptych.store.db.rows import read
from triptych.store.db.tables import drawings, parts, records
from triptych.store.db.units import now, stamp
from triptych.store.values import Record

ENOUGH = 50  # of the newest answers, to say how long the next one takes
OLDEST = timedelta(days=90)  # of drawings that still say something about prices


def cached(connection: Connection, owner: str, fingerprint: str, engine: str, ttl_seconds: float) -> tuple[Record, ...]:
    """The pictures of the newest drawing of that fingerprint by that engine, if all of them are in history."""
    by = drawings.c
    equal = (by.owner == owner, by.fingerprint == fingerprint, by.engine == engine, by.status == "done")
    young = (by.created >= stamp(now() - timedelta(seconds=ttl_seconds)), by.imported.is_(False))
    newest = select(by.ticket).where(*equal, *young).order_by(by.created.desc()).limit(1)
    ticket = connection.execute(newest).scalar()
    pictures = connection.execute(select(func.sum(parts.c.pictures)).where(parts.c.ticket == ticket)).scalar()
    here = (records.c.ticket == ticket, records.c.trashed.is_(None), records.c.sha256.is_not(None))
    ids = (
        connection.execute(select(records.c.id).where(*here).order_by(records.c.part, records.c.position))
        .scalars()
        .all()
    )
    return read(connection, ids) if ids and len(ids) == pictures else ()


def seconds_like(connection: Connection, owner: str, request: ImageRequest, engine: str | None) -> tuple[float, ...]:
    """Seconds of the answers to drawings of that model, quality and size, the newest last."""
    by = drawings.c
    like = [by.owner == owner, by.model == request.model, by.quality == request.quality, by.size == request.size]
    if engine is not None:
        like.append(by.engine == engine)
    answers = (
        select(parts.c.seconds)
        .join(drawings, by.ticket == parts.c.ticket)
        .where(*like, by.imported.is_(False), parts.c.seconds.is_not(None), parts.c.pictures > 0)
        .order_by(by.created.desc(), parts.c.part.desc())
        .limit(ENOUGH)
    )
    return tuple(reversed(connection.execute(answers).scalars().all()))


def learned(connection: Connection, owner: str) -> dict[str, float]:
    """By tier ("model quality"), dollars charged over the sum of the estimates' middles, of the last 90 days' runs."""
    by = drawings.c
    sums = (func.sum(by.dollars).label("actual"), func.sum(by.low + by.high).label("estimated"))
    known = (by.owner == owner, by.charged, *_known())
    rows = connection.execute(select(by.model, by.quality, *sums).where(*known).group_by(by.model, by.quality))
    return {f"{row.model} {row.quality}": 2 * float(row.actual) / float(row.estimated) for row in rows if row.estimated}


def ratios_like(connection: Connection, owner: str, model: str, quality: str) -> tuple[Decimal, ...]:
    """Dollars charged over the upper end of the estimate, of each like drawing of the last 90 days, the newest last."""
    by = drawings.c
    like = (by.owner == owner, by.model == model, by.quality == quality, by.charged)
    newest = select(by.dollars, by.high).where(*like, *_known()).order_by(by.created.desc()).limit(ENOUGH)
    return tuple(Decimal(actual) / Decimal(high) for actual, high in reversed(connection.execute(newest).all()))


def _known() -> tuple[ColumnElement[bool], ...]:
    by = drawings.c
    told = (by.status == "done", by.dollars.is_not(None), by.high > 0)
    return (*told, by.created >= stamp(now() - OLDEST), by.imported.is_(False))
