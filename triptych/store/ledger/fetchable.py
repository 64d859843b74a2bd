"""Runs of unknown outcome whose answer the server keeps, by the id it gave for it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from triptych.errors import InvalidRequest
from triptych.request import ImageRequest
from triptych.store.db.tables import drawings, parts
from triptych.store.db.units import moment


@dataclass(frozen=True, kw_only=True)
class Fetchable:
    """One request of such a run, which was sent at ``sent`` (UTC)."""

    ticket: str
    owner: str
    page: str
    engine: str
    request: ImageRequest
    part: int
    response_id: str
    sent: datetime


def fetchable(connection: Connection, owner: str | None) -> tuple[Fetchable, ...]:
    """The ``owner``'s (None: everybody's), the oldest first; a person's word on what one cost stands, if it comes."""
    lost = (drawings.c.status == "unknown",)
    named = (parts.c.response_id.is_not(None), parts.c.got.is_(None), parts.c.sent.is_not(None))
    mine = (drawings.c.owner == owner,) if owner is not None else ()
    columns = [drawings.c[name] for name in ("ticket", "owner", "page", "engine", "request")]
    chosen = select(*columns, parts.c.part, parts.c.response_id, parts.c.sent).join(
        parts, parts.c.ticket == drawings.c.ticket
    )
    rows = connection.execute(chosen.where(*lost, *named, *mine).order_by(drawings.c.created)).mappings()
    return tuple(_readable(rows))


def _readable(rows: Iterable[RowMapping]) -> Iterator[Fetchable]:
    """Those whose request says what it was: what an answer cost depends on it."""
    for row in rows:
        try:
            request = ImageRequest.from_json(json.loads(row["request"]))
        except (InvalidRequest, ValueError):
            continue
        yield Fetchable(**{**row, "request": request, "sent": moment(row["sent"])})
