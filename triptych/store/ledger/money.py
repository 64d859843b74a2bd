"""The cap as a promise: money is reserved in one statement that no race can pass, and settled afterwards."""

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, select, update

from triptych.errors import OverBudget
from triptych.store.db.statements import insert_or_skip, lock
from triptych.store.db.tables import budgets
from triptych.store.db.units import dollars, micro, now, renews, zone_of
from triptych.store.ledger.books import PERIODS, booked, of_page
from triptych.store.ledger.caps import Caps
from triptych.store.values import Entry, Held, Period

# The books of one period: what is spent of it grows, and what is held of it shrinks.
_SETTLED = (
    update(budgets)
    .where(budgets.c.kind == bindparam("period"), budgets.c.key == bindparam("named"))
    .values(spent=budgets.c.spent + bindparam("more"), reserved=budgets.c.reserved - bindparam("released"))
)


def reserve(connection: Connection, caps: Caps, keys: Mapping[Period, str], micros: int) -> None:
    """Hold so many millionths in every period; raises OverBudget, and then the transaction must be undone."""
    for kind, cap in caps.by_period():
        row = {"kind": kind, "key": keys[kind], "spent": 0, "reserved": 0}
        connection.execute(insert_or_skip(connection, budgets), row)
        held = update(budgets).where(_is(kind, keys[kind])).values(reserved=budgets.c.reserved + micros)
        if cap is not None:
            held = held.where(budgets.c.spent + budgets.c.reserved + micros <= micro(cap))
        if connection.execute(held).rowcount != 1 and cap is not None:
            raise _over(kind, cap, standing(connection, kind, keys[kind]), dollars(micros), caps.timezone)


def promised(entry: Entry) -> int:
    """Millionths of a dollar that a drawing holds until it is settled; none where nothing is ever billed."""
    return micro(entry.estimate.high) if entry.estimate and entry.charged else 0


def reserve_in_order(connection: Connection, caps: Caps, keys: Mapping[Period, str], amounts: Sequence[int]) -> None:
    """Reserve all the amounts or raise OverBudget, which says how many of them, in their order, would have fitted."""
    standings = {kind: standing(connection, kind, keys[kind]) for kind, cap in caps.by_period() if cap is not None}
    room = [
        micro(cap) - micro(standings[kind].spent + standings[kind].reserved)
        for kind, cap in caps.by_period()
        if cap is not None
    ]
    try:
        reserve(connection, caps, keys, sum(amounts))
    except OverBudget as error:
        error.fits = sum(total <= min(room) for total in itertools.accumulate(amounts))
        raise


def keep_to_page(connection: Connection, entry: Entry, day: str, timezone: str | None) -> None:
    """Raise OverBudget where a run that has just been begun passes its page's cap; others of the page wait for us."""
    if entry.page_cap is None:
        return
    lock(connection, f"triptych page {entry.page}")
    micros, there = promised(entry), of_page(connection, entry.page, day)
    if there > micro(entry.page_cap):
        raise _over("day", entry.page_cap, Held(dollars(there - micros)), dollars(micros), timezone)


def settle(connection: Connection, bills: Sequence[tuple[RowMapping, int, int]]) -> None:
    """Let each drawing count as ``spent`` millionths in all, and keep ``held`` reserved, whatever it counted before.

    A bill is the drawing's row before, ``spent`` and ``held``; the row itself must come to the same in this
    transaction, as `books.booked` reads it.
    """
    changes: defaultdict[tuple[Period, str], list[int]] = defaultdict(lambda: [0, 0])
    for drawing, spent, held in bills:
        for kind in PERIODS:
            change = changes[kind, drawing[kind]]
            change[0] += spent - booked(drawing)
            change[1] += drawing["held"] - held
    rows = [
        {"period": kind, "named": key, "more": more, "released": released}
        for (kind, key), (more, released) in sorted(changes.items(), key=lambda one: (PERIODS.index(one[0][0]), one[0]))
    ]
    if rows:
        connection.execute(_SETTLED, rows)


def standing(connection: Connection, kind: str, key: str) -> Held:
    """What is spent and reserved of a period."""
    row = connection.execute(select(budgets.c.spent, budgets.c.reserved).where(_is(kind, key))).first()
    return Held(dollars(row[0]), dollars(row[1])) if row else Held()


def _is(kind: str, key: str) -> ColumnElement[bool]:
    return and_(budgets.c.kind == kind, budgets.c.key == key)


def _over(kind: Period, cap: Decimal, held: Held, asked: Decimal, timezone: str | None) -> OverBudget:
    left = max(cap - held.spent - held.reserved, Decimal(0))
    at = now()
    when = renews(kind, at, zone_of(timezone, at))
    until = f" It renews at {when:%Y-%m-%d %H:%M} ({when.tzname()})." if when else ""
    known = (f"${dollars.normalize():f}" for dollars in (asked, cap, left))
    sentence = "This may cost {}; of the {kind}'s {} there is {} left.".format(*known, kind=kind)
    return OverBudget(sentence + until, cap=kind, left=left, renews=when)
