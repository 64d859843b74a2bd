"""Rows of the tables made from values, and records read whole: a picture's row with its drawing's and its answer's."""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Update, and_, func, select, update

from triptych.errors import InvalidRequest
from triptych.ranges import Range
from triptych.request import ImageRequest
from triptych.results import Usage
from triptych.sidecar import read_got, read_usage
from triptych.store.db.database import text
from triptych.store.db.tables import drawings, links, parts, records, tags
from triptych.store.db.units import dollars, dollars_or_none, micro, moment, stamp
from triptych.store.files.names import Stored
from triptych.store.values import UNENDED, Entry, Kept, Period, Record

MOST_AT_ONCE = 500  # values in one statement
NO_PICTURE = -1  # the part and position of a record that stands for a drawing of which no picture came


def folded(words: str) -> str:
    """A text as it is searched: one form for letters that look alike, and no capitals."""
    return unicodedata.normalize("NFKC", words).casefold()


def drawing_row(entry: Entry, at: datetime, keys: Mapping[Period, str], held: int, *, process: str) -> dict[str, Any]:
    """The row of a drawing that is about to be sent."""
    ends = entry.estimate
    return {
        "ticket": entry.ticket,
        "owner": entry.owner,
        "page": entry.page,
        "engine": entry.engine,
        "created": stamp(at),
        "status": "queued",
        "process": process,
        "run": keys["run"],
        "day": keys["day"],
        "month": keys["month"],
        **request_columns(entry.request),
        "parts": len(entry.request.parts()),
        "charged": entry.charged,
        "imported": False,
        "low": micro(ends.low) if ends else None,
        "high": micro(ends.high) if ends else None,
        "held": held,
    }


def request_columns(request: ImageRequest) -> dict[str, Any]:
    """What a drawing's row says of its request."""
    return {
        "model": request.model,
        "quality": request.quality,
        "size": request.size,
        "search": folded(request.prompt),
        "request": text(request.to_json()),
        "fingerprint": request.fingerprint(),
    }


COPIED = ("ticket", "owner", "page", "created", "engine", "model", "quality", "size")


def record_row(drawing: RowMapping, part: int, piece: Kept) -> dict[str, Any]:
    """The row of a picture."""
    stored, sidecar = piece.stored, piece.sidecar
    return {
        **{name: drawing[name] for name in COPIED},
        "status": "done",
        "part": part,
        "position": piece.index,
        "sha256": stored.sha256,
        "format": stored.format,
        "width": stored.width,
        "height": stored.height,
        "bytes": stored.bytes,
        "dollars": share(sidecar.dollars, sidecar.pictures, piece.index),
        "seconds": sidecar.seconds,
    }


def share(cost: Decimal | None, pictures: int, index: int) -> int | None:
    """One picture's part of an answer's price in millionths; the parts of all sum to the whole."""
    if cost is None:
        return None
    each, rest = divmod(micro(cost), pictures)
    return each + (index < rest)


def pictureless(drawing: RowMapping, status: str, seconds: float | None) -> dict[str, Any]:
    """The row of a drawing of which no picture came."""
    place = {"part": NO_PICTURE, "position": NO_PICTURE}
    return {**{name: drawing[name] for name in COPIED}, "status": status, **place, "seconds": seconds}


def emptied(tickets: Sequence[str]) -> Update:
    """Take what was asked out of the drawings among these that have no record left; what they cost stays."""
    bare = {"search": "", "request": text({"model": "", "prompt": ""}), "fingerprint": ""}
    left = select(records.c.ticket).where(records.c.ticket.in_(tickets))
    gone = (drawings.c.ticket.in_(tickets), drawings.c.ticket.not_in(left), drawings.c.status.not_in(UNENDED))
    return update(drawings).where(*gone).values(**bare)


def _got(text: str | None) -> dict[str, str]:
    """What a server said of its answer. Older versions let in what none says; of that there is nothing to be told."""
    try:
        return read_got(json.loads(text or "{}"))
    except (ValueError, TypeError, RecursionError):
        return {}


def _usage(text: str | None) -> Usage | None:
    """Its tokens, with the same mercy."""
    try:
        return read_usage(json.loads(text or "null"))
    except (ValueError, TypeError, RecursionError):
        return None


def record(row: RowMapping, tags: Sequence[str], parents: Sequence[str]) -> Record:
    """A record from its row, which has the columns of its drawing and of its part beside its own.

    One whose request or answer cannot be read says so and stands for itself: it never takes the others with it.
    """
    request, unreadable = read_request(row)
    stored = (
        Stored(*(row[name] for name in ("sha256", "format", "width", "height", "bytes"))) if row["sha256"] else None
    )
    low, high = dollars_or_none(row["low"]), dollars_or_none(row["high"])
    return Record(
        **{name: row[name] for name in ("id", "ticket", "owner", "page", "engine", "status", "part", "seconds")},
        **{name: row[name] for name in ("fingerprint", "charged", "request_id", "rating", "favourite", "note")},
        created=moment(row["created"]),
        request=request,
        unreadable=unreadable,
        stored=stored,
        index=row["position"],
        got=_got(row["got"]),
        usage=_usage(row["usage"]),
        dollars=dollars_or_none(row["dollars"]),
        estimate=Range(low, high) if low is not None and high is not None else None,
        reserved=dollars(row["held"]),
        settled=row["settled"] is not None,
        error=(row["next_move"], row["message"]) if row["message"] else None,
        tags=tuple(tags),
        parents=tuple(parents),
        trashed_at=moment(row["trashed"]) if row["trashed"] is not None else None,
    )


def read_request(row: RowMapping) -> tuple[ImageRequest, str | None]:
    """What was asked, and why that cannot be read; then what the row itself says of it."""
    try:
        return ImageRequest.from_json(json.loads(row["request"])), None
    except (InvalidRequest, ValueError, TypeError, RecursionError) as error:
        reason = error.message if isinstance(error, InvalidRequest) else "What was asked is damaged."
        return ImageRequest(model=row["model"], prompt="", quality=row["quality"], size=row["size"]), reason


def read(connection: Connection, ids: Sequence[str]) -> tuple[Record, ...]:
    """The records of these ids in this order; what is not there is left out."""
    rows = {row["id"]: row for some in in_slices(ids) for row in connection.execute(_whole(some)).mappings()}
    tickets = {row["ticket"] for row in rows.values()}
    tagged = _many(connection, tags.c.record, tags.c.tag, rows)
    parents = _many(connection, links.c.ticket, links.c.sha256, tickets)
    return tuple(record(rows[id], tagged[id], parents[rows[id]["ticket"]]) for id in ids if id in rows)  # noqa: A001


def owned(connection: Connection, owner: str, ids: Iterable[str]) -> list[str]:
    """Those of the ids that are the owner's."""
    mine = (select(records.c.id).where(records.c.owner == owner, records.c.id.in_(some)) for some in in_slices([*ids]))
    return [id for statement in mine for id in connection.execute(statement).scalars()]  # noqa: A001


def in_slices(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """The values, so many at a time as one statement takes."""
    return (values[at : at + MOST_AT_ONCE] for at in range(0, len(values), MOST_AT_ONCE))


def _whole(ids: Sequence[str]):  # type: ignore[no-untyped-def]
    of_drawing = [drawings.c[name] for name in ("request", "fingerprint", "charged", "low", "high", "held", "settled")]
    of_part = [parts.c.got, parts.c.usage]
    # A drawing that never got an answer has no part of its own number; any request id of it helps.
    other = parts.alias()
    any_id = select(func.max(other.c.request_id)).where(other.c.ticket == records.c.ticket).scalar_subquery()
    request_id = func.coalesce(parts.c.request_id, any_id).label("request_id")
    told = [drawings.c.next_move, drawings.c.message]
    answer = and_(parts.c.ticket == records.c.ticket, parts.c.part == records.c.part)
    return (
        select(records, *of_drawing, *of_part, *told, request_id)
        .join(drawings, drawings.c.ticket == records.c.ticket)
        .outerjoin(parts, answer)
        .where(records.c.id.in_(ids))
    )


def _many(
    connection: Connection, key: "Column[str]", value: "Column[str]", keys: Iterable[str]
) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for some in in_slices(list(keys)):
        for each, each_value in connection.execute(select(key, value).where(key.in_(some)).order_by(value)):
            found[each].append(each_value)
    return found
