"""The books are the sum of the runs: what each run counts, the books made anew from that, and where they differ.

A run counts once, in its month, its day and its click: what it cost, and what is still held for it. Imported runs and
those that are never billed count nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
)

from triptych.store.db.tables import budgets, drawings
from triptych.store.db.units import dollars
from triptych.store.ledger.caps import Caps
from triptych.store.values import Period

PERIODS: tuple[Period, ...] = ("month", "day", "run")  # the one order in which all transactions lock them

_COUNTS = (drawings.c.charged.is_(True), drawings.c.imported.is_(False))
_BOOKED: ColumnElement[int] = case(
    (drawings.c.dollars.is_not(None), drawings.c.dollars),
    (drawings.c.status == "done", func.coalesce(drawings.c.high, 0)),
    else_=0,
)


def booked(run: Mapping[str, Any] | RowMapping) -> int:
    """Millionths of a dollar that a run's row counts as spent: its cost, else, once done, all that was held for it."""
    if not run["charged"] or run["imported"]:
        return 0
    if run["dollars"] is not None:
        return int(run["dollars"])
    return int(run["high"] or 0) if run["status"] == "done" else 0


def recompute(connection: Connection, caps: Caps) -> None:
    """Make the books anew from the runs; whatever was in them is gone. In a writing transaction, after the last run."""
    if connection.dialect.name == "postgresql":  # who settles now is waited for; who comes later adds to the new sums
        connection.execute(text("LOCK TABLE budgets IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(delete(budgets))
    for kind, _ in caps.by_period():
        kept = _sums(kind).having((func.sum(_BOOKED) != 0) | (func.sum(drawings.c.held) != 0))
        connection.execute(insert(budgets).from_select(["kind", "key", "spent", "reserved"], kept))


def imbalance(connection: Connection) -> tuple[str, ...]:
    """Where the books and the runs differ, a sentence for each period; empty where all is well."""
    return tuple(_told(connection))


def _told(connection: Connection) -> Iterator[str]:
    books = select(budgets.c.kind, budgets.c.key, -budgets.c.spent, -budgets.c.reserved)
    both = union_all(*(_sums(kind) for kind in PERIODS), books).subquery()  # one statement, so of one moment
    kind, key, spent, held = both.c
    more, longer = func.sum(spent), func.sum(held)
    wrong = select(kind, key, more, longer).group_by(kind, key).having((more != 0) | (longer != 0))
    for period, name, spent_more, held_more in connection.execute(wrong.order_by(kind, key)):
        yield (
            f"The books of the {period} {name} differ from its runs: "
            f"the runs spent ${dollars(int(spent_more)):f} more, and hold ${dollars(int(held_more)):f} more."
        )


def of_page(connection: Connection, page: str, day: str) -> int:
    """Millionths of a dollar that the runs of one page have spent and hold of a day."""
    there = (drawings.c.page == page, drawings.c.day == day)
    told = select(func.coalesce(func.sum(_BOOKED), 0) + func.coalesce(func.sum(drawings.c.held), 0))
    return int(connection.execute(told.where(*_COUNTS, *there)).scalar_one())


def _sums(kind: Period) -> Select[Any]:
    """Kind, key, millionths spent and held of every month, day or click that has runs."""
    column = drawings.c[kind]
    spent = func.sum(_BOOKED).label("spent")
    held = func.sum(drawings.c.held).label("held")
    return select(literal(kind).label("kind"), column.label("key"), spent, held).where(*_COUNTS).group_by(column)
