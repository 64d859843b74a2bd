"""What was spent counted anew from the sidecars, when the records of it are lost; their pictures come back with it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from triptych.servers import DEMO
from triptych.store.adopt import Facts, answers, facts_of
from triptych.store.attached import descend, note
from triptych.store.caps import Caps
from triptych.store.ending import keep
from triptych.store.entries import LOCAL, Kept, Rebuilt
from triptych.store.files import Files
from triptych.store.receipts import Receipt, receipts
from triptych.store.rows import request_columns
from triptych.store.statements import insert_or_skip, upsert
from triptych.store.tables import budgets, drawings, state
from triptych.store.units import dollars, micro, stamp

DOUBT, TROUBLE = "spent", "trouble"


def is_doubtful(connection: Connection) -> bool:
    """Whether what was spent is not known."""
    return connection.execute(select(state.c.value).where(state.c.name == DOUBT)).scalar() is not None


def doubt(connection: Connection, trouble: str) -> None:
    """Note that what was spent is not known, and why."""
    for name, value in ((DOUBT, "doubtful"), (TROUBLE, trouble)):
        row = {"name": name, "value": value}
        connection.execute(upsert(connection, state, row, ("name",)), row)


def trust(connection: Connection) -> None:
    """Note that what the records say was spent is what was spent."""
    connection.execute(delete(state).where(state.c.name.in_((DOUBT, TROUBLE))))


def rebuild(connection: Connection, files: Files, caps: Caps) -> Rebuilt:
    """Book the sidecars' and receipts' dollars by day and month in place of what is booked, and adopt what is new."""
    unknown, whole = 0, []
    for name, sidecar in files.sidecars():
        if facts := facts_of(sidecar):
            whole.append((name, sidecar, facts))
        else:
            unknown += 1
    told = {name: Receipt(facts.created, _share(facts)) for name, _, facts in whole if not facts.imported}
    alone = {name: receipt for name, receipt in receipts(files) if name not in told}
    unknown += sum(receipt is None for receipt in alone.values())
    spent, unpriced = _spent(caps, [*told.values(), *filter(None, alone.values())])
    for (kind, key), micros in spent.items():
        row = {"kind": kind, "key": key, "spent": micros, "reserved": 0}
        connection.execute(insert_or_skip(connection, budgets), row)
        here = (budgets.c.kind == kind, budgets.c.key == key)
        connection.execute(budgets.update().where(*here).values(spent=micros))
    pictures = sum(_adopt(connection, files, caps, [(name, sidecar) for name, sidecar, _ in whole]))
    total = sum((micros for (kind, _), micros in spent.items() if kind == "month"), 0)
    return Rebuilt(dollars(total), unknown + unpriced, pictures)


def _share(facts: Facts) -> Decimal | None:
    return None if facts.dollars is None else facts.dollars / facts.pictures


def _spent(caps: Caps, told: Sequence[Receipt]) -> tuple[Mapping[tuple[str, str], int], int]:
    """Millionths by period; and how many have no price."""
    spent: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for receipt in told:
        keys = caps.keys(receipt.created, "")
        for kind in ("day", "month"):
            spent[kind, keys[kind]] += receipt.dollars or Decimal(0)
    return {period: micro(sum_) for period, sum_ in spent.items()}, sum(receipt.dollars is None for receipt in told)


def _adopt(connection: Connection, files: Files, caps: Caps, sidecars: Sequence[tuple[str, Any]]) -> Iterator[int]:
    """Make drawings of answers that have none; gives how many pictures each has."""
    tickets: defaultdict[str, dict[int, list[Kept]]] = defaultdict(dict)
    for (ticket, part), pieces in answers(files, sidecars).items():
        tickets[ticket][part] = sorted(pieces, key=lambda piece: piece.index)
    for ticket, parts in tickets.items():
        if connection.execute(select(drawings.c.ticket).where(drawings.c.ticket == ticket)).first():
            continue
        facts = facts_of(next(iter(parts.values()))[0].sidecar)
        if facts is None:
            continue
        row = adopted_row(ticket, facts, caps, parts)
        connection.execute(insert(drawings).values(**row))
        descend(connection, ticket, facts.parents)
        note(connection, files, ticket, facts.request, strict=False)
        drawing = connection.execute(select(drawings).where(drawings.c.ticket == ticket)).mappings().one()
        for part, pieces in parts.items():
            keep(connection, files, drawing, part, pieces)
            yield len(pieces)


def adopted_row(ticket: str, facts: Facts, caps: Caps, parts: Mapping[int, Sequence[Kept]]) -> dict[str, Any]:
    """The row of a drawing that is known by its sidecars only; whose it was they do not say, so it is local's."""
    costs = [told.dollars for pieces in parts.values() if (told := facts_of(pieces[0].sidecar))]
    known = all(cost is not None for cost in costs)
    return {
        "ticket": ticket,
        "owner": "local",
        "page": "generate",
        "engine": facts.engine,
        "created": stamp(facts.created),
        "closed": stamp(facts.created),
        "status": "done",
        "process": "",
        **{str(kind): key for kind, key in caps.keys(facts.created, ticket).items()},
        **request_columns(facts.request),
        "parts": len(facts.request.parts()),
        "charged": facts.engine not in {DEMO.id, LOCAL},
        "imported": facts.imported,
        "held": 0,
        "dollars": micro(sum((cost or Decimal(0) for cost in costs), Decimal(0))) if known else None,
    }
