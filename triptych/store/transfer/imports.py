"""Pictures that come from outside, into an owner's history; what they cost was paid elsewhere."""

import hashlib
import io
import uuid
from dataclasses import replace

from sqlalchemy import Connection, insert, select, update

from triptych.errors import BadFile
from triptych.inputs import format_of, too_large
from triptych.request import ImageRequest
from triptych.results import Picture
from triptych.sidecar import Sidecar, cleaned, owner_hash
from triptych.store.db.database import Database
from triptych.store.db.tables import drawings, records
from triptych.store.db.units import now
from triptych.store.files.images import Files
from triptych.store.history.attached import descend
from triptych.store.ledger.caps import Caps
from triptych.store.ledger.rebuild import adopted_row
from triptych.store.ledger.settlement import keep
from triptych.store.transfer.png_metadata import Foreign, settings_of
from triptych.store.values import Kept

UNKNOWN_MODEL = "unknown"
LONGEST_PROMPT = 32_000  # characters, as the API's
LONGEST_REST = 10_000


def take(database: Database, files: Files, owner: str, picture: Picture, facts: Sidecar) -> str | None:
    """Keep a picture and its sidecar, which `checked` has let through; gives the record's id, None if it is there."""
    checked(picture.data, facts)
    with database.read() as connection:
        if _is_known(connection, owner, picture, facts):
            return None
    ticket = f"import-{uuid.uuid4().hex}"
    measured = {"size": picture.size, "output_format": picture.format}  # by the bytes, whatever the sidecar says
    noted = replace(facts, got={**facts.got, **measured}, imported=True, owner=owner_hash(owner))
    files.note(f"{ticket}-0-0", noted)
    piece = Kept(0, files.save(picture), noted)
    with database.write() as connection:
        row = {**adopted_row(ticket, noted, Caps(), {0: [piece]}), "owner": owner, "page": "import", "imported": True}
        connection.execute(insert(drawings).values(**row))
        descend(connection, ticket, facts.parents)
        drawing = connection.execute(select(drawings).where(drawings.c.ticket == ticket)).mappings().one()
        keep(connection, files, drawing, 0, [piece])
        return str(connection.execute(select(records.c.id).where(records.c.ticket == ticket)).scalar_one())


def checked(data: bytes, sidecar: Sidecar) -> None:
    """Raise BadFile where a sidecar is not the one of these bytes."""
    if sidecar.sha256 != hashlib.sha256(data).hexdigest():
        raise BadFile("An image is not the one its sidecar describes.")


def foreign_sidecar(picture: Picture) -> tuple[Sidecar, str]:
    """A sidecar for a picture that came without one, from what its text chunks tell; and what else they tell.

    Raises BadFile for a picture that could not be shown: nobody paid for it here, so it need not be kept.
    """
    form = format_of(picture.format)
    if not form.shown:
        raise BadFile(f"There is no preview of {form.label}: save it as PNG, JPEG or WebP and import that.")
    if problem := too_large(picture.width, picture.height):
        raise BadFile(f"This image claims {picture.size} pixels; {problem}: make it smaller.")
    found = _told(picture) or Foreign("")
    prompt = cleaned(found.prompt[:LONGEST_PROMPT])
    request = ImageRequest(model=cleaned(found.model[:200]) or UNKNOWN_MODEL, prompt=prompt, size=picture.size)
    sha256, got = hashlib.sha256(picture.data).hexdigest(), {"size": picture.size, "output_format": picture.format}
    at = now().replace(microsecond=0)
    return Sidecar(sha256=sha256, created=at, engine="import", request=request, got=got), found.rest[:LONGEST_REST]


def annotate(database: Database, record: str, note: str) -> None:
    """Give a record its first note."""
    if note:
        with database.write() as connection:
            connection.execute(update(records).where(records.c.id == record).values(note=note))


def looked_at(data: bytes) -> Picture:
    """The picture in ``data``, by its bytes; raises BadFile where there is none."""
    from triptych.client.answers import picture
    from triptych.errors import BadAnswer

    try:
        return picture(data)
    except BadAnswer:
        raise BadFile("This image can't be read: choose a PNG, JPEG, WebP, GIF or SVG.") from None


def _told(picture: Picture) -> Foreign | None:
    """From the chunks before the pixels only, which need no decoding; other formats carry none that are known."""
    from PIL import Image

    if picture.format != "png":
        return None
    try:
        with Image.open(io.BytesIO(picture.data), formats=("PNG",)) as image:
            return settings_of(image.info)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def _is_known(connection: Connection, owner: str, picture: Picture, facts: Sidecar) -> bool:
    """Whether the owner has this picture of this request, in the trash or out of it."""
    sha256, fingerprint = hashlib.sha256(picture.data).hexdigest(), facts.request.fingerprint()
    same = (records.c.owner == owner, records.c.sha256 == sha256, drawings.c.fingerprint == fingerprint)
    both = select(records.c.id).join(drawings, drawings.c.ticket == records.c.ticket).where(*same)
    return connection.execute(both).first() is not None
