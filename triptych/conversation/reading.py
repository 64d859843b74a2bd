"""Threads and turns as their rows tell of them: a turn's answer, images and money are those of its run."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from triptych.conversation.composing import MISSING
from triptych.conversation.thread import Thread, Turn
from triptych.errors import InvalidRequest
from triptych.inputs import Attachment
from triptych.pricing import charged, text_charged
from triptych.request import ImageRequest
from triptych.sidecar import read_got, read_usage
from triptych.store import Record
from triptych.store.db import conversations
from triptych.store.db.rows import asked, in_slices, read
from triptych.store.db.tables import drawings, parts, records
from triptych.store.db.units import dollars_or_none, micro_or_none, moment
from triptych.studio import server_of

NOT_SENT = ("Send it again", "It was not sent; nothing is charged.")


def thread(row: Mapping[str, Any] | RowMapping) -> Thread:
    """A thread from its row."""
    return Thread(
        **{name: row[name] for name in ("id", "owner", "name", "style")},
        created=moment(row["created"]),
        changed=moment(row["changed"]),
        reference=Attachment.from_json(json.loads(row["reference"])) if row["reference"] else None,
        trashed=moment(row["trashed"]) if row["trashed"] is not None else None,
    )


def turns(connection: Connection, of: Thread) -> tuple[Turn, ...]:
    """The thread's turns, the oldest first."""
    table = conversations.turns
    run = [drawings.c[name] for name in ("status", "engine", "charged", "next_move")]
    wrong = drawings.c.message.label("wrong")
    answer = [parts.c[name] for name in ("got", "usage", "dollars", "seconds", "response_id")]
    joined = table.outerjoin(drawings, drawings.c.ticket == table.c.ticket).outerjoin(
        parts, (parts.c.ticket == table.c.ticket) & (parts.c.part == 0)
    )
    chosen = select(table, *run, wrong, *answer).select_from(joined).where(table.c.thread == of.id)
    rows = connection.execute(chosen.order_by(table.c.created, table.c.ticket)).mappings().all()
    told = [json.loads(row["told"]) if row["told"] else None for row in rows]
    images = _images(connection, of.owner, [row["ticket"] for row in rows])
    imported = _of_bytes(connection, of.owner, [name for one in told if one for name in one["images"]])
    return tuple(
        _imported(row, one, imported) if one else _turn(row, images[row["ticket"]])
        for row, one in zip(rows, told, strict=True)
    )


def _turn(row: RowMapping, images: Sequence[Record]) -> Turn:
    request, got = _request(row), read_got(json.loads(row["got"] or "{}"))
    used = read_usage(json.loads(row["usage"] or "null"))
    server = server_of(row["engine"] or "")
    # The demo's is what it would have cost.
    whole = dollars_or_none(row["dollars"]) if row["charged"] else charged(request, used, server)
    written = dollars_or_none(micro_or_none(text_charged(request, used, server)))
    over_edits = bool(got) and "response_id" not in got
    written = (whole and Decimal(0)) if over_edits else written
    counts = [used.text_model_input_tokens, used.text_model_output_tokens] if used else []
    error = (row["next_move"], row["wrong"]) if row["next_move"] else None if row["status"] else NOT_SENT
    return Turn(
        **_head(row),
        request=request,
        state=row["status"] or "cancelled",
        engine=row["engine"] or "",
        answer=got.get("answer", ""),
        revised_prompt=got.get("revised_prompt"),
        records=tuple(images),
        text_cost=written,
        image_cost=None if whole is None or written is None else max(whole - written, Decimal(0)),
        response_id=got.get("response_id"),
        is_stored=got.get("stored") != "no",
        is_fetchable=row["status"] == "unknown" and row["response_id"] is not None and not got,
        note=" ".join(dict.fromkeys(filter(None, [row["note"], MISSING if over_edits else None, got.get("note")])))
        or None,
        error=error,
        seconds=row["seconds"],
        context=sum(count or 0 for count in counts),
    )


def _imported(row: RowMapping, told: Mapping[str, Any], images: Mapping[str, Record]) -> Turn:
    return Turn(
        **_head(row),
        request=_request(row),
        state="done",
        engine=str(told.get("engine", "")),
        answer=str(told.get("answer", "")),
        revised_prompt=told.get("revised_prompt"),
        records=tuple(images[name] for name in told["images"] if name in images),
        text_cost=_dollars(told.get("text_cost")),
        image_cost=_dollars(told.get("image_cost")),
        note=told.get("note"),
        seconds=told.get("seconds"),
        is_imported=True,
    )


def _head(row: RowMapping) -> dict[str, Any]:
    head = {"id": row["ticket"], **{name: row[name] for name in ("thread", "parent", "message")}}
    return {**head, "created": moment(row["created"])}


def _request(row: RowMapping) -> ImageRequest:
    try:
        return asked(row["request"])
    except (InvalidRequest, ValueError):
        return ImageRequest(model="", prompt=row["message"])


def _dollars(told: Any) -> Decimal | None:
    try:
        return None if told is None else Decimal(str(told))
    except InvalidOperation:
        return None


def _images(connection: Connection, owner: str, tickets: Sequence[str]) -> defaultdict[str, list[Record]]:
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for record in _read(connection, owner, "ticket", tickets):
        found[record.ticket].append(record)
    return found


def _of_bytes(connection: Connection, owner: str, names: Sequence[str]) -> dict[str, Record]:
    """The owner's record of each of these SHA-256, the newest where there are several."""
    return {one.stored.sha256: one for one in _read(connection, owner, "sha256", names) if one.stored}


def _read(connection: Connection, owner: str, column: str, values: Sequence[str]) -> Iterable[Record]:
    """The owner's images, the oldest first, whose column is one of these."""
    mine = select(records.c.id).where(records.c.owner == owner, records.c.sha256.is_not(None))
    ordered = mine.order_by(records.c.created, records.c.part, records.c.position)
    ids = [
        name
        for some in in_slices(values)
        for name in connection.execute(ordered.where(records.c[column].in_(some))).scalars()
    ]
    return read(connection, ids)
