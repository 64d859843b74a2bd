"""Pictures made here from others, without any server: kept with where they come from, and never counted as drawn."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import insert, select

from triptych.errors import Duplicate
from triptych.request import ImageRequest
from triptych.results import Picture
from triptych.sidecar import Sidecar, owner_hash
from triptych.store.db.database import Database
from triptych.store.db.statements import lock_bytes
from triptych.store.db.tables import drawings, records
from triptych.store.db.units import now, stamp
from triptych.store.files.images import Files
from triptych.store.history.attached import descend, named, note
from triptych.store.ledger.caps import Caps
from triptych.store.ledger.rebuild import adopted_row
from triptych.store.ledger.settlement import keep
from triptych.store.values import LOCAL, Kept


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a derived picture comes from: whose it is, the request of the one it was made from, its parents, and how.

    A ``ticket`` makes one record, however often it is used.
    """

    owner: str
    page: str
    request: ImageRequest
    parents: tuple[str, ...]
    how: str
    ticket: str | None = None


def derive(database: Database, files: Files, picture: Picture, origin: Origin) -> str:
    """Keep a picture and its record, and give the record's id; a ticket that was used gives the record it made.

    Raises Duplicate for a ticket of another owner or of a drawing, NotSaved and DatabaseDown.
    """
    number = origin.ticket or uuid.uuid4().hex
    if (known := _known(database, origin.owner, number)) is not None:
        return known
    told = sidecar(picture, origin)
    files.note(f"{number}-0-0", told)
    piece = Kept(0, files.save(picture), told)
    with database.write() as connection:
        row = {**adopted_row(number, told, Caps(), {0: [piece]}), "owner": origin.owner, "page": origin.page}
        row["created"] = stamp(now())  # to the millionth, so that it stands above what it was made from
        connection.execute(insert(drawings).values(**row))
        lock_bytes(connection, [*named(origin.request), piece.stored.sha256])
        descend(connection, number, origin.parents)
        note(connection, files, number, origin.request, strict=False, owner=origin.owner)
        drawing = connection.execute(select(drawings).where(drawings.c.ticket == number)).mappings().one()
        keep(connection, files, drawing, 0, [piece])
        return str(connection.execute(select(records.c.id).where(records.c.ticket == number)).scalar_one())


def sidecar(picture: Picture, origin: Origin) -> Sidecar:
    """The facts of a derived picture."""
    return Sidecar(
        sha256=hashlib.sha256(picture.data).hexdigest(),
        created=now().replace(microsecond=0),
        engine=LOCAL,
        request=origin.request,
        got={"size": picture.size, "output_format": picture.format, "derived": origin.how},
        dollars=Decimal(0),
        parents=origin.parents,
        owner=owner_hash(origin.owner),
    )


def _known(database: Database, owner: str, ticket: str) -> str | None:
    with database.read() as connection:
        chosen = select(drawings.c.owner, drawings.c.engine).where(drawings.c.ticket == ticket)
        drawing = connection.execute(chosen).first()
        if drawing is None:
            return None
        found: Sequence[str] = (
            connection.execute(select(records.c.id).where(records.c.ticket == ticket)).scalars().all()
        )
    if drawing.owner != owner or drawing.engine != LOCAL or not found:
        raise Duplicate("This ticket was used before, for another image.")
    return found[0]
