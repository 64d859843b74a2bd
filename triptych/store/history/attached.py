"""What went with an edit: noted beside its drawing, and a reason to keep the bytes as long as the drawing is known."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, Delete, delete, insert, or_, select, union_all

from triptych.errors import InputMissing
from triptych.inputs import Attachment
from triptych.request import ImageRequest
from triptych.store.db.conversations import threads
from triptych.store.db.statements import insert_or_skip, lock_bytes
from triptych.store.db.tables import attachments, batches, drawings, links, records
from triptych.store.files.images import Files
from triptych.store.values import UNENDED

MISSING = {
    "image": "The file of an input image is missing. Remove the image and add it again.",
    "mask": "The file of the mask is missing. Paint it again.",
    "markup": "The file of the guide is missing. Paint it again.",
    "original": "The file of the image to extend is missing. Remove the image and add it again.",
}


def note(
    connection: Connection,
    files: Files,
    ticket: str,
    request: ImageRequest,
    *,
    strict: bool = True,
    owner: str | None = None,
) -> None:
    """Note what is kept with a drawing; bytes that are not there raise InputMissing, or are left out if not ``strict``.

    So is what is not the ``owner``'s, if one is given: a request that was handed in may name anything. The transaction
    has locked them, `named`, against their removal as another drawing's last.
    """
    for position, (role, one) in enumerate(request.kept):
        if owner is not None and not is_mine(connection, owner, one.sha256):
            continue
        if files.size(one.sha256, one.format) is None:
            if not strict:
                continue
            raise InputMissing(MISSING[role], param="images")
        row = {"ticket": ticket, "role": role, "position": position, "sha256": one.sha256, "format": one.format}
        edges = {"width": one.width, "height": one.height, "bytes": one.weight}
        connection.execute(insert_or_skip(connection, attachments), {**row, **edges})


def named(*requests: ImageRequest) -> Iterator[str]:
    """The SHA-256 of what is kept with any of these."""
    return (one.sha256 for request in requests for _, one in request.kept)


def hold(connection: Connection, id: str, kept: Iterable[Attachment]) -> None:  # noqa: A002 - the records' own word
    """Note what a saved batch or thread of that id needs: its bytes stay, and are its owner's, before any run does."""
    kept = tuple(kept)
    lock_bytes(connection, [one.sha256 for one in kept])
    for position, one in enumerate(kept):
        row = {"ticket": id, "role": "saved", "position": position, "sha256": one.sha256, "format": one.format}
        edges = {"width": one.width, "height": one.height, "bytes": one.weight}
        connection.execute(insert_or_skip(connection, attachments), {**row, **edges})


def descend(connection: Connection, ticket: str, parents: Sequence[str]) -> None:
    """Note the SHA-256 of what a drawing is made from."""
    for sha256 in dict.fromkeys(parents):
        connection.execute(insert(links).values(ticket=ticket, sha256=sha256))


def is_named(connection: Connection, sha256: str) -> bool:
    """Whether any record, or any drawing's input, is of these bytes."""
    tables = (records, attachments)
    return any(connection.execute(select(table.c.sha256).where(table.c.sha256 == sha256)).first() for table in tables)


def is_mine(connection: Connection, owner: str, sha256: str) -> bool:
    """Whether a record of the owner, an input of his, or what a batch or thread of his holds, is of these bytes."""
    own = select(drawings.c.ticket).where(drawings.c.owner == owner)
    saved = union_all(*(select(table.c.id).where(table.c.owner == owner) for table in (batches, threads)))
    by = attachments.c.ticket
    record = select(records.c.sha256).where(records.c.sha256 == sha256, records.c.owner == owner)
    put_in = select(attachments.c.sha256).where(attachments.c.sha256 == sha256, or_(by.in_(own), by.in_(saved)))
    return any(connection.execute(statement).first() for statement in (record, put_in))


def loosened(tickets: Sequence[str]) -> Delete:
    """Take their inputs from the drawings among these that have no record left."""
    left = select(records.c.ticket).where(records.c.ticket.in_(tickets))
    ended = select(drawings.c.ticket).where(drawings.c.ticket.in_(tickets), drawings.c.status.not_in(UNENDED))
    by = attachments.c.ticket
    return delete(attachments).where(by.in_(tickets), by.in_(ended), by.not_in(left))
