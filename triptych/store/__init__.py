"""Everything made and everything paid: bytes under their SHA-256, and the records of drawings, pictures and money."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from triptych.errors import NotSaved, Refused
from triptych.inputs import Attachment
from triptych.once import once
from triptych.results import Picture
from triptych.settings import settings
from triptych.sidecar import Sidecar
from triptych.store.files.images import Files
from triptych.store.files.kept_answer import Answer, Asked
from triptych.store.files.names import Stored, file_name, sidecar_text
from triptych.store.files.previews import PREVIEW_EDGE, STRIP_EDGE, as_shown, is_clear, preview
from triptych.store.files.receiving import Desk
from triptych.store.files.spool import FOLDER, Spool
from triptych.store.known_servers import KnownServers
from triptych.store.ledger.caps import Caps
from triptych.store.sidecars import sidecar_of
from triptych.store.values import (
    Choices,
    Ending,
    Entry,
    Going,
    Held,
    Kept,
    Query,
    Record,
    Recovery,
    Spending,
)

if TYPE_CHECKING:  # SQLAlchemy behind them is imported when they are first used, after the first page
    from sqlalchemy import Connection

    from triptych.store.db.database import Database
    from triptych.store.files.room import Room
    from triptych.store.history.derived import Origin
    from triptych.store.history.history import History
    from triptych.store.history.owners import Owners
    from triptych.store.history.prompts import Prompts
    from triptych.store.ledger.api_batches import ApiBatches
    from triptych.store.ledger.idempotency import IdempotencyKeys
    from triptych.store.ledger.journal import Journal
    from triptych.store.ledger.leases import Leases
    from triptych.store.ledger.limits import Limits
    from triptych.store.transfer.transfer import Transfer

__all__ = [
    "PREVIEW_EDGE",
    "STRIP_EDGE",
    "Answer",
    "Asked",
    "Caps",
    "Choices",
    "Desk",
    "Ending",
    "Entry",
    "Files",
    "Going",
    "Held",
    "Kept",
    "Query",
    "Record",
    "Recovery",
    "Spending",
    "Spool",
    "Store",
    "Stored",
    "as_shown",
    "file_name",
    "is_clear",
    "preview",
    "sidecar_of",
    "sidecar_text",
]


class Store:
    """Pictures in ``images`` (a folder, or the URL of a bucket) and their records in a database.

    Without a URL the records lie in ``triptych.db`` beside the folder. ``caps`` are the settings' where there are none.
    ``home`` names the home folder that this process holds alone, as `home_id` does, when it is first needed.
    ``spool`` is the folder, on this machine's own disk, in which answers are kept until their images are saved; without
    one it lies beside the folder of the images, or in the home folder.
    """

    def __init__(
        self,
        images: Path | str,
        database_url: str | None = None,
        *,
        caps: Caps | None = None,
        home: Callable[[], str] = lambda: "",
        spool: Path | None = None,
    ) -> None:
        self.files = Files(images)
        self._spool = spool
        self._url = database_url or f"sqlite:///{self.files.root.parent / 'triptych.db'}"
        self._caps = caps
        self._home = home

    @property
    def root(self) -> Path:
        """The folder of the pictures."""
        return self.files.root

    @once
    def spool(self) -> Spool:
        """Answers that came and whose images are not saved yet."""
        beside = settings().home if self.root == Path() else self.root.parent
        return Spool(self._spool or beside / FOLDER)

    @once
    def database(self) -> "Database":
        """Where the records are."""
        from triptych.store.db.database import Database

        return Database(self._url, self._began)

    @property
    def begun(self) -> bool:
        """Whether there may be records. Making new ones, with all that this imports, waits for the first page."""
        kind, _, path = self._url.partition(":///")
        return "database" in vars(self) or kind != "sqlite" or Path(path).exists()

    @once
    def known_servers(self) -> KnownServers:
        """What servers were found to do."""
        return KnownServers(lambda: self.database, lambda: self.begun)

    @once
    def journal(self) -> "Journal":
        """Drawings and their money."""
        from triptych.store.ledger.journal import Journal

        return Journal(self.database, self.files, self.caps, self._home())

    @once
    def leases(self) -> "Leases":
        """Pieces of work that one process at a time does."""
        from triptych.store.ledger.leases import Leases

        return Leases(self.database, self.journal.presence)

    @property
    def caps(self) -> Caps:
        """What may be spent at most: what the store was given, else the settings'."""
        return self._caps or Caps.of(settings())

    @property
    def limits(self) -> "Limits":
        """The caps that were set on the Spending page."""
        from triptych.store.ledger.limits import Limits

        return Limits(self.database)

    @once
    def api_batches(self) -> "ApiBatches":
        """Batches of the Batch API."""
        from triptych.store.ledger.api_batches import ApiBatches

        return ApiBatches(self.database)

    @once
    def idempotency(self) -> "IdempotencyKeys":
        """The keys under which programs ask the gateway."""
        from triptych.store.ledger.idempotency import IdempotencyKeys

        return IdempotencyKeys(self.database)

    @once
    def history(self) -> "History":
        """What was made, by owner."""
        from triptych.store.history.history import History

        return History(self.database, self.files)

    @once
    def prompts(self) -> "Prompts":
        """Saved templates and styles, and the prompts that were sent lately."""
        from triptych.store.history.prompts import Prompts

        return Prompts(self.database)

    @once
    def owners(self) -> "Owners":
        """Under what names people have their records."""
        from triptych.store.history.owners import Owners

        return Owners(self.database)

    @once
    def transfer(self) -> "Transfer":
        """Files in and out."""
        from triptych.store.transfer.transfer import Transfer

        return Transfer(self.database, self.files, self.history, spool=self.spool, caps=self.caps)

    def save(self, picture: Picture) -> Stored:
        """Keep the bytes as they are; raises NotSaved. The same bytes are kept once."""
        return self.files.save(picture)

    def keep_input(self, data: bytes, attachment: Attachment) -> None:
        """Keep what goes with a request; raises NotSaved, and InvalidRequest for bytes it does not name."""
        self.files.keep_input(data, attachment)

    def attached(self, sha256: str, form: str, owner: str | None = None) -> bytes:
        """The bytes of an input picture, mask or markup; raises KeyError where they are gone.

        With an ``owner``, also where neither a picture nor an input of theirs is of these bytes.
        """
        if owner is not None and not self.history.has(owner, sha256):
            raise KeyError(sha256)
        return self.files.original(sha256, form)

    def holds(self, one: Attachment, owner: str) -> bool:
        """Whether the bytes of a picture or an input of the owner's are here."""
        return self.history.has(owner, one.sha256) and self.files.size(one.sha256, one.format) is not None

    def release(self, attachments: Iterable[Attachment]) -> None:
        """Remove the bytes of what was to go with a drawing that was never opened, unless anything names them."""
        self.history.release(attachments)

    def derive(self, data: bytes, origin: "Origin") -> Record:
        """Keep a picture that was made here of others; raises BadFile for what is no picture, else as `derived`."""
        from triptych.store.history.derived import derive
        from triptych.store.transfer.imports import looked_at

        made = derive(self.database, self.files, looked_at(data), origin)
        record = self.history.get(origin.owner, made)
        if record is None:
            raise NotSaved("The image was purged as soon as it arrived.")
        return record

    def note(self, name: str, sidecar: Sidecar) -> None:
        """Keep the facts of one picture of one request beside it; raises NotSaved."""
        self.files.note(name, sidecar)

    def original(self, sha256: str, form: str) -> bytes:
        """The bytes as they came; raises KeyError where there are none."""
        return self.files.original(sha256, form)

    def preview(self, stored: Stored, edge: int = PREVIEW_EDGE) -> bytes:
        """The picture for the page, as `preview` makes it. Raises KeyError where it is gone, else as `preview`."""
        return self.files.preview(stored, edge)

    def check(self) -> None:
        """Raise NotSaved if nothing can be written or a disk is nearly full, before anything is paid for."""
        self.files.check()
        self.spool.check()

    def answers(self) -> None:
        """Raise DatabaseDown unless the records can be read now."""
        from sqlalchemy import select

        with self.database.read() as connection:
            connection.execute(select(1))

    @property
    def trouble(self) -> str | None:
        """Why nothing can be paid for: the records are down, or were put aside; None where all is well.

        What was put aside is told until `Journal.rebuild_spent` or `Journal.confirm_spent` is called.
        """
        from triptych.store.ledger.rebuild import trouble

        try:
            with self.database.read() as connection:
                return trouble(connection)
        except Refused as error:
            return error.message

    @once
    def room(self) -> "Room":
        """How much room everything takes."""
        from triptych.store.files.room import Room

        return Room(self.files, self.history.digests)

    def orphans(self) -> tuple[str, ...]:
        """Files of pictures that no record names, as paths below the root; nothing is done to them."""
        return self.files.orphans(self.history.digests())

    def close(self) -> None:
        """Let go of the database, and tell the others that this process has ended."""
        for name in ("known_servers", "journal", "database"):
            if name in vars(self):
                getattr(self, name).close()

    def _began(self, connection: "Connection", trouble: str | None) -> None:
        """Into new records goes what the sidecars of an older version tell; after damage a person decides."""
        from triptych.store.ledger.rebuild import doubt, rebuild

        if trouble:
            doubt(connection, trouble)
        else:
            rebuild(connection, self.files, self.caps)
