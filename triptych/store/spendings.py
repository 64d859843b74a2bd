"""Where money and time went: summed by the database, so that what is read grows with days and tiers, not with runs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from triptych.store.entries import LOCAL, Latency, Spending
from triptych.store.tables import drawings, parts, records
from triptych.store.units import dollars, stamp

By = Literal["day", "model", "quality", "tier", "page"]
UNSETTLED = ("unknown", "cancelled")
EDGES = ("charged", "day", "model", "quality", "page")  # what runs are told apart by
MONEY = ("dollars", "estimated", "reserved")
COUNTED = (*MONEY, "drawings", "measured", "failed", "unknown", "pictures", "kept")


@dataclass(frozen=True)
class Spent:
    """What an owner's runs of a time came to, in sums of those that differ in nothing that is asked about."""

    cells: Sequence[dict[str, Any]]

    def by(self, by: By, *, charged: bool | None = None) -> tuple[Spending, ...]:
        """The sums for each value of ``by``, in order; ``charged`` narrows them."""
        groups: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
        for cell in self.cells:
            if charged is None or cell["charged"] == charged:
                group = groups[f"{cell['model']} {cell['quality']}" if by == "tier" else cell[by]]
                for name in COUNTED:
                    group[name] += int(cell.get(name) or 0)
        return tuple(_told(key, groups[key]) for key in sorted(groups))


def spent(connection: Connection, owner: str, since: datetime, until: datetime) -> Spent:
    """What the owner drew between two moments; no imported or derived ones. Three statements, however much it is."""
    cells: dict[tuple[Any, ...], dict[str, Any]] = {}
    mine = _mine(owner, since, until)
    for statement in (_runs(), _made(), _kept()):
        for row in connection.execute(statement.where(*mine).group_by(*_edges())).mappings():
            cells.setdefault(tuple(row[name] for name in EDGES), {}).update(row)
    return Spent(list(cells.values()))


def latencies(connection: Connection, owner: str, since: datetime, until: datetime) -> tuple[Latency, ...]:
    """How long billed answers took, by model and quality: the database counts through them, three of each are read."""
    tier = (drawings.c.model, drawings.c.quality)
    place = func.row_number().over(partition_by=tier, order_by=parts.c.seconds).label("place")
    many = func.count().over(partition_by=tier).label("many")
    ranked = (
        select(*tier, place, many, parts.c.seconds)
        .join(drawings, drawings.c.ticket == parts.c.ticket)
        .where(*_mine(owner, since, until), drawings.c.charged, parts.c.seconds.is_not(None))
        .subquery()
    )
    model, quality, at, n, _ = ranked.c
    chosen = at.in_(((n + 1) // 2, (9 * n + 9) // 10, n))
    groups: defaultdict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(select(ranked).where(chosen).order_by(model, quality)):
        groups[f"{row.model} {row.quality}"].append(row)
    return tuple(_latency(key, rows) for key, rows in groups.items())


def _latency(key: str, rows: Sequence[Any]) -> Latency:
    many, seconds = rows[0].many, {row.place: row.seconds for row in rows}
    half, most = (many + 1) // 2, (9 * many + 9) // 10
    return Latency(key=key, answers=many, half=seconds[half], nine_tenths=seconds[most], slowest=seconds[many])


def _mine(owner: str, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    by = drawings.c
    drawn = (by.owner == owner, by.imported.is_(False), by.engine != LOCAL)
    return (*drawn, by.created >= stamp(since), by.created < stamp(until))


def _edges() -> list[ColumnElement[Any]]:
    return [drawings.c[name] for name in EDGES]


def _runs() -> Select[Any]:
    by = drawings.c
    measured = and_(by.charged, by.dollars.is_not(None), by.high.is_not(None))
    unpriced = and_(by.status == "done", by.dollars.is_(None))
    return select(
        *_edges(),
        func.sum(case((by.charged, by.dollars), else_=0)).label("dollars"),
        func.sum(case((measured, by.high), else_=0)).label("estimated"),
        func.sum(case((by.charged, by.held), else_=0)).label("reserved"),
        func.count().label("drawings"),
        func.count().filter(measured).label("measured"),
        func.count().filter(by.status == "failed").label("failed"),
        func.count().filter(by.charged, or_(by.status.in_(UNSETTLED), unpriced)).label("unknown"),
    )


def _made() -> Select[Any]:
    answered = parts.join(drawings, drawings.c.ticket == parts.c.ticket)
    return select(*_edges(), func.sum(parts.c.pictures).label("pictures")).select_from(answered)


def _kept() -> Select[Any]:
    here = and_(records.c.trashed.is_(None), records.c.sha256.is_not(None))
    both = records.join(drawings, drawings.c.ticket == records.c.ticket)
    return select(*_edges(), func.count().filter(here).label("kept")).select_from(both)


def _told(key: str, sums: dict[str, int]) -> Spending:
    values: dict[str, Any] = {name: dollars(each) if name in MONEY else each for name, each in sums.items()}
    return Spending(key=key, **values)
