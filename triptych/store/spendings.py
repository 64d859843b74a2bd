"""Where money and time went."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, RowMapping, func, literal_column, select

from triptych.store.entries import LOCAL, Spending
from triptych.store.tables import drawings, parts, records
from triptych.store.units import dollars, stamp

By = Literal["day", "model", "quality", "tier", "page"]
UNSETTLED = ("unknown", "cancelled")


def spending(
    connection: Connection, owner: str, since: datetime, until: datetime, by: By, *, charged: bool | None
) -> tuple[Spending, ...]:
    """Sums over what the owner drew between two moments, one for each value of ``by``; no imported or derived ones."""
    column = drawings.c.model + literal_column("' '") + drawings.c.quality if by == "tier" else drawings.c[by]
    mine = [drawings.c.owner == owner, drawings.c.imported.is_(False), drawings.c.engine != LOCAL]
    if charged is not None:
        mine.append(drawings.c.charged.is_(charged))
    then = (drawings.c.created >= stamp(since), drawings.c.created < stamp(until))
    names = ("ticket", "status", "charged", "high", "held", "dollars")
    wanted = select(*(drawings.c[name] for name in names), column.label("group")).where(*mine, *then)
    groups: defaultdict[str, list[RowMapping]] = defaultdict(list)
    for row in connection.execute(wanted).mappings():
        groups[row["group"]].append(row)
    here = records.c.trashed.is_(None)
    pictures = (
        select(column, func.count(), func.count().filter(here))
        .select_from(records.join(drawings, drawings.c.ticket == records.c.ticket))
        .where(*mine, *then, records.c.sha256.is_not(None))
        .group_by(column)
    )
    kept = {key: (drawn, left) for key, drawn, left in connection.execute(pictures)}
    drawn = select(column, func.sum(parts.c.pictures)).join(drawings, drawings.c.ticket == parts.c.ticket)
    made = {key: int(n) for key, n in connection.execute(drawn.where(*mine, *then).group_by(column))}
    times: defaultdict[str, list[float]] = defaultdict(list)
    taken = select(column, parts.c.seconds).join(drawings, drawings.c.ticket == parts.c.ticket)
    for key, seconds in connection.execute(taken.where(*mine, *then, parts.c.seconds.is_not(None))):
        times[key].append(seconds)
    return tuple(
        _sum(key, groups[key], made.get(key, 0), kept.get(key, (0, 0))[1], times[key]) for key in sorted(groups)
    )


def _sum(key: str, rows: Sequence[RowMapping], pictures: int, kept: int, seconds: Sequence[float]) -> Spending:
    billed = [row for row in rows if row["charged"]]
    measured = [row for row in billed if row["dollars"] is not None and row["high"] is not None]
    return Spending(
        key=key,
        dollars=dollars(sum(row["dollars"] or 0 for row in billed)),
        estimated=dollars(sum(row["high"] for row in measured)),
        reserved=dollars(sum(row["held"] for row in billed)),
        drawings=len(rows),
        measured=len(measured),
        failed=sum(row["status"] == "failed" for row in rows),
        unknown=sum(
            row["status"] in UNSETTLED or (row["status"] == "done" and row["dollars"] is None) for row in billed
        ),
        pictures=pictures,
        kept=kept,
        seconds=tuple(sorted(seconds)),
    )
