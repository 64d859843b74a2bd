"""A backup brought back: what is missing here is added, what is here stays, and the books are made anew of the runs."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import IO, Any

from sqlalchemy import Connection, Table, Update, update

from triptych.errors import BadFile
from triptych.store.db.database import Database
from triptych.store.db.statements import insert_or_skip
from triptych.store.db.tables import budgets, drawings
from triptych.store.files.folder import CHUNK, Folder
from triptych.store.files.images import Files, Storage
from triptych.store.files.spool import Spool
from triptych.store.ledger.books import recompute
from triptych.store.ledger.caps import Caps
from triptych.store.transfer.archive import Archive, opened
from triptych.store.transfer.backups import TABLES, is_kept_answer
from triptych.store.transfer.staging import Rows, batches, entries_of, staged

ASKED = ("search", "request", "fingerprint")  # what a purge takes out of a run whose cost it keeps
FILES = re.compile(
    r"originals/[0-9a-f]{2}/[0-9a-f]{64}\.(png|jpg|webp|gif|svg)|(sidecars|receipts)/[0-9-]{10}/[^/]+\.json"
    r"|spool/[0-9a-f]{32}-\d{1,6}\.(json|body)"
)


def restore(database: Database, files: Files, spool: Spool, caps: Caps, file: IO[bytes]) -> int:
    """Look at everything, then write the files that are not there, then the rows, in one transaction.

    Gives how many rows and files were missing; raises BadFile, and then nothing was written.
    """
    with opened(file, is_backup=True) as archive, staged(archive) as rows:
        _check(archive)
        with database.write():  # new records begin with the sidecars that are there; those of the backup are not yet
            pass
        places: tuple[tuple[Storage, bool], ...] = ((files.place, False), (Folder(spool.root.parent), True))
        written = sum(_copied(archive, place, of_spool=of_spool) for place, of_spool in places)
        with database.write() as connection:
            return written + _added(connection, rows, caps)


def _check(archive: Archive) -> None:
    for name in set(archive.names) - entries_of(archive):
        if not FILES.fullmatch(name):
            raise BadFile("This backup holds a file that no backup holds.")
        path = PurePosixPath(name)
        digest = hashlib.sha256()
        for piece in archive.pieces(name, CHUNK):  # to the end: so that every entry's checksum is looked at, too
            digest.update(piece)
        if path.parts[0] == "originals" and digest.hexdigest() != path.stem:
            raise BadFile("An image in this backup is damaged.")


def _copied(archive: Archive, place: Storage, *, of_spool: bool) -> int:
    """Write the files that are not there; how many they were."""
    written = 0
    for name in archive.names:
        if FILES.fullmatch(name) and is_kept_answer(name) == of_spool and place.size(name) is None:
            place.write_all(name, archive.pieces(name, CHUNK))
            written += 1
    return written


def _added(connection: Connection, rows: Rows, caps: Caps) -> int:
    """Add the rows that are missing, and give how many they were; books are no rows, they are counted anew."""
    added = sum(_inserted(connection, table, rows(table)) for table in TABLES if table is not budgets)
    for row in rows(drawings):
        if row["fingerprint"]:
            connection.execute(_asked_again(row))
    recompute(connection, caps)
    return added


def _inserted(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
    """How many rows were new, by what the database gives back: what it counts of skipped rows differs by driver."""
    statement = insert_or_skip(connection, table).returning(*table.primary_key)
    return sum(len(connection.execute(statement, [dict(row) for row in some]).all()) for some in batches(rows))


def _asked_again(row: Mapping[str, Any]) -> Update:
    """A run that was purged, with what was asked as the backup has it."""
    bare = (drawings.c.ticket == row["ticket"], drawings.c.fingerprint == "")
    return update(drawings).where(*bare).values(**{name: row[name] for name in ASKED})
