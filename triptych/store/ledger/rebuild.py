"""What was spent counted anew from the sidecars, when the records of it are lost; their pictures come back with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from triptych.request import ImageRequest
from triptych.servers import DEMO
from triptych.sidecar import Sidecar
from triptych.store.db.database import text
from triptych.store.db.rows import request_columns
from triptych.store.db.statements import lock_bytes, upsert
from triptych.store.db.tables import drawings, state
from triptych.store.db.units import dollars, micro, stamp
from triptych.store.files.images import Files
from triptych.store.history.attached import descend, named, note
from triptych.store.history.owners import LOCAL_OWNER, Hashes
from triptych.store.ledger.books import recompute
from triptych.store.ledger.caps import Caps
from triptych.store.ledger.receipts import Receipt, receipts, ticket_of
from triptych.store.ledger.settlement import keep
from triptych.store.sidecars import answers
from triptych.store.values import LOCAL, Kept, Rebuilt

DOUBT, TROUBLE = "spent", "trouble"


def is_doubtful(connection: Connection) -> bool:
    """Whether what was spent is not known."""
    return connection.execute(select(state.c.value).where(state.c.name == DOUBT)).scalar() is not None


def doubt(connection: Connection, trouble: str) -> None:
    """Note that what was spent is not known, and why."""
    for name, value in ((DOUBT, "doubtful"), (TROUBLE, trouble)):
        row = {"name": name, "value": value}
        connection.execute(upsert(connection, state, row, ("name",)), row)


def trouble(connection: Connection) -> str | None:
    """Why the records were put aside; None where they were not."""
    return connection.execute(select(state.c.value).where(state.c.name == TROUBLE)).scalar()


def trust(connection: Connection) -> None:
    """Note that what the records say was spent is what was spent."""
    connection.execute(delete(state).where(state.c.name.in_((DOUBT, TROUBLE))))


def rebuild(connection: Connection, files: Files, caps: Caps) -> Rebuilt:
    """Make runs of the sidecars and receipts that have none, and the books anew from the runs.

    What is paid and has no picture any more is a run too, without a record, so that the books stay the sum of runs.
    """
    unknown, whole = 0, dict[str, Sidecar]()
    for name, sidecar in files.sidecars():
        if sidecar:
            whole[name] = sidecar
        else:
            unknown += 1
    told = {name: Receipt(sidecar.created, sidecar.share) for name, sidecar in whole.items() if not sidecar.imported}
    alone = {name: receipt for name, receipt in receipts(files) if name not in told}
    unknown += sum(receipt is None for receipt in alone.values())
    paid = {**told, **{name: receipt for name, receipt in alone.items() if receipt}}
    pictures = sum(_adopt(connection, files, caps, whole.items()))
    total = _count(connection, caps, paid)
    recompute(connection, caps)
    return Rebuilt(dollars(total), unknown + sum(receipt.dollars is None for receipt in paid.values()), pictures)


def _count(connection: Connection, caps: Caps, paid: Mapping[str, Receipt]) -> int:
    """Let each adopted run count what is paid of it; one of which nothing else is left is made. Gives all millionths.

    A run that the records knew already counts what they say.
    """
    runs: defaultdict[str, list[Receipt]] = defaultdict(list)
    for name, receipt in paid.items():
        runs[ticket_of(name)].append(receipt)
    total = 0
    for ticket, each in runs.items():
        known = [receipt.dollars for receipt in each if receipt.dollars is not None]
        micros = micro(sum(known, Decimal(0)))
        total += micros
        adopted = connection.execute(select(drawings.c.process).where(drawings.c.ticket == ticket)).scalar()
        if adopted is None and micros:
            row = counted_row(ticket, min(receipt.created for receipt in each), caps, micros)
            connection.execute(insert(drawings).values(**row))
        elif adopted == "" and known:
            here = (drawings.c.ticket == ticket, drawings.c.imported.is_(False))
            connection.execute(update(drawings).where(*here).values(dollars=micros))
    return total


def counted_row(ticket: str, created: datetime, caps: Caps, micros: int) -> dict[str, Any]:
    """The row of a run of which only the money is known; whose it was nobody can say."""
    emptied = {"search": "", "request": text({"model": "", "prompt": ""}), "fingerprint": ""}
    row = _row(ticket, created, ImageRequest(model="", prompt=""), caps)
    return {**row, **emptied, "owner": "", "engine": "", "charged": True, "imported": False, "dollars": micros}


def _adopt(connection: Connection, files: Files, caps: Caps, sidecars: Iterable[tuple[str, Sidecar]]) -> Iterator[int]:
    """Make drawings of answers that have none; gives how many pictures each has."""
    tickets: defaultdict[str, dict[int, list[Kept]]] = defaultdict(dict)
    for (ticket, part), pieces in answers(files, sidecars).items():
        tickets[ticket][part] = sorted(pieces, key=lambda piece: piece.index)
    owners = Hashes(connection)
    kept = [piece for parts in tickets.values() for pieces in parts.values() for piece in pieces]
    lock_bytes(connection, [*(one.stored.sha256 for one in kept), *named(*(one.sidecar.request for one in kept))])
    for ticket, parts in tickets.items():
        if connection.execute(select(drawings.c.ticket).where(drawings.c.ticket == ticket)).first():
            continue
        first = next(iter(parts.values()))[0].sidecar
        row = {**adopted_row(ticket, first, caps, parts), "owner": owners.of(first.owner)}
        connection.execute(insert(drawings).values(**row))
        descend(connection, ticket, first.parents)
        note(connection, files, ticket, first.request, strict=False)
        drawing = connection.execute(select(drawings).where(drawings.c.ticket == ticket)).mappings().one()
        for part, pieces in parts.items():
            keep(connection, files, drawing, part, pieces)
            yield len(pieces)


def adopted_row(ticket: str, sidecar: Sidecar, caps: Caps, parts: Mapping[int, Sequence[Kept]]) -> dict[str, Any]:
    """The row of a drawing that is known by its sidecars only; who adopts it says whose it is."""
    costs = [pieces[0].sidecar.dollars for pieces in parts.values()]
    known = [cost for cost in costs if cost is not None]
    return {
        **_row(ticket, sidecar.created, sidecar.request, caps),
        "owner": LOCAL_OWNER,
        "engine": sidecar.engine,
        "charged": sidecar.engine not in {DEMO.id, LOCAL},
        "imported": sidecar.imported,
        "dollars": micro(sum(known, Decimal(0))) if len(known) == len(costs) else None,
    }


def _row(ticket: str, created: datetime, request: ImageRequest, caps: Caps) -> dict[str, Any]:
    """What the rows of all runs have that were made after the fact."""
    return {
        "ticket": ticket,
        "page": "generate",
        "created": stamp(created),
        "closed": stamp(created),
        "status": "done",
        "process": "",
        **{str(kind): key for kind, key in caps.keys(created, ticket).items()},
        **request_columns(request),
        "parts": len(request.parts()),
        "held": 0,
    }
