"""Where money and time went: summed by the database, so that what is read grows with days and tiers, not with runs.

Each statement groups in the order of an index that holds all it reads, and goes through the runs once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, or_, select

from triptych.store.db.statements import gathered, numbers
from triptych.store.db.tables import drawings, parts, records
from triptych.store.db.units import dollars, stamp
from triptych.store.values import LOCAL, Latency, Made, Spending

By = Literal["day", "model", "quality", "tier", "page"]
UNSETTLED = ("unknown", "cancelled")
MONEY = ("dollars", "estimated", "reserved")
OF_ALL = ("drawings", "failed")  # what is counted of runs that are not charged too
OF_FREE = (*OF_ALL, "estimated")  # and of those alone: what they would have cost at most
COUNTED = (*MONEY, *OF_ALL, "measured", "unknown")
TIERS = (drawings.c.charged, drawings.c.model, drawings.c.quality)
KINDS = (*TIERS, drawings.c.page, drawings.c.day)
Rows = Sequence[RowMapping | Mapping[str, Any]]


@dataclass(frozen=True)
class Spent:
    """What an owner's runs of a time came to: sums by day, by kind of run, and of what came of them."""

    days: Rows
    kinds: Rows
    answers: Rows
    kept: Rows

    def by(self, by: By, *, charged: bool | None = None) -> tuple[Spending, ...]:
        """The sums for each value of ``by``, in order; ``charged`` narrows them.

        Of runs that are not charged, ``estimated`` is what they would have cost: it is told where they stand alone.
        """
        free = OF_FREE if charged is False else OF_ALL
        groups: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
        for row in _of(charged, self.days if by == "day" else self.kinds):
            group = groups[f"{row['model']} {row['quality']}" if by == "tier" else row[by]]
            for name in COUNTED if row["charged"] else free:
                group[name] += row[name]
        return tuple(_told(key, groups[key]) for key in sorted(groups))

    def made(self, *, charged: bool | None = None) -> Made:
        """The images that came of the runs; ``charged`` narrows them."""
        answered, kept = _of(charged, self.answers), _of(charged, self.kept)
        return Made(sum(int(row["images"]) for row in answered), sum(int(row["kept"]) for row in kept))

    def latencies(self) -> tuple[Latency, ...]:
        """How long billed answers took, by model and quality, in order; three of each tier's times are told."""
        tiers = {f"{row['model']} {row['quality']}": numbers(row["seconds"]) for row in _of(True, self.answers)}
        return tuple(_latency(key, sorted(tiers[key])) for key in sorted(tiers) if tiers[key])


def spent(connection: Connection, owner: str, since: datetime, until: datetime) -> Spent:
    """What the owner drew between two moments; no imported or derived ones. Three statements, however much it is."""
    mine, runs = _mine(owner, since, until), _runs()
    asked = (
        runs.add_columns(*KINDS).group_by(*KINDS),
        _answers(connection).group_by(*TIERS),
        _kept().group_by(drawings.c.charged),
    )
    runs_of_days, answers, kept = (connection.execute(each.where(*mine)).mappings().all() for each in asked)
    days = _together(runs_of_days, "charged", "day")
    return Spent(days, _together(runs_of_days, "charged", "model", "quality", "page"), answers, kept)


def unsettled(owner: str) -> Select[str]:
    """The ids of the owner's records, in the trash or not, of runs that may have been charged what nobody has said."""
    by, both = drawings.c, records.join(drawings, drawings.c.ticket == records.c.ticket)
    asked = (by.owner == owner, by.status.in_(UNSETTLED), by.charged, by.settled.is_(None))
    return select(records.c.id).select_from(both).where(*asked, records.c.status == by.status)


def _together(rows: Rows, *names: str) -> Rows:
    """The sums of ``rows`` that are alike in ``names``."""
    groups: defaultdict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    for row in rows:
        group = groups[tuple(row[name] for name in names)]
        for name in COUNTED:
            group[name] += int(row[name] or 0)
    return [dict(zip(names, key, strict=True)) | sums for key, sums in groups.items()]


def _of(charged: bool | None, rows: Rows) -> Rows:
    return [row for row in rows if charged is None or row["charged"] == charged]


def _latency(key: str, seconds: Sequence[float]) -> Latency:
    many = len(seconds)
    half, most = seconds[(many + 1) // 2 - 1], seconds[(9 * many + 9) // 10 - 1]
    return Latency(key=key, answers=many, half=half, nine_tenths=most, slowest=seconds[-1])


def _mine(owner: str, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    by = drawings.c
    drawn = (by.owner == owner, by.imported.is_(False), by.engine != LOCAL)
    return (*drawn, by.created >= stamp(since), by.created < stamp(until))


def _runs() -> Select[*tuple[Any, ...]]:
    """The sums of a group, all of whose runs are charged or none: so they are the same for both, and quicker."""
    by = drawings.c
    priced = by.dollars.is_not(None)
    doubtful = and_(by.status.in_(UNSETTLED), by.settled.is_(None))
    return select(
        func.sum(by.dollars).label("dollars"),
        func.sum(by.high).filter(priced).label("estimated"),
        func.sum(by.held).label("reserved"),
        func.count().label("drawings"),
        func.count(by.high).filter(priced).label("measured"),
        func.count().filter(by.status == "failed").label("failed"),
        func.count().filter(or_(doubtful, and_(by.status == "done", ~priced))).label("unknown"),
    )


def _answers(connection: Connection) -> Select[Any]:
    timed = and_(drawings.c.charged, parts.c.seconds.is_not(None))
    images = func.sum(parts.c.pictures).label("images")
    seconds = gathered(connection, parts.c.seconds).filter(timed).label("seconds")
    return select(*TIERS, images, seconds).select_from(parts.join(drawings, drawings.c.ticket == parts.c.ticket))


def _kept() -> Select[Any]:
    here = and_(records.c.trashed.is_(None), records.c.sha256.is_not(None))
    both = records.join(drawings, drawings.c.ticket == records.c.ticket)
    return select(drawings.c.charged, func.count().label("kept")).select_from(both).where(here)


def _told(key: str, sums: dict[str, int]) -> Spending:
    values: dict[str, Any] = {name: dollars(each) if name in MONEY else each for name, each in sums.items()}
    return Spending(key=key, **values)
