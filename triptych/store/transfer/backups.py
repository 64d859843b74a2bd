"""Everything in one ZIP file: the rows of the records as JSON lines; images, sidecars and kept answers as they are.

It is written and read a piece at a time, however much there is.
"""

import json
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from sqlalchemy import Table, select

from triptych.store.db.conversations import threads, turns
from triptych.store.db.database import Database
from triptych.store.db.tables import (
    api_batches,
    api_files,
    api_lines,
    attachments,
    batches,
    budgets,
    cells,
    drawings,
    experiments,
    idempotency_keys,
    links,
    parts,
    prompts,
    records,
    tags,
    votes,
)
from triptych.store.db.upgrade import HEAD
from triptych.store.files.folder import Folder
from triptych.store.files.images import Files
from triptych.store.files.spool import FOLDER, Spool

HEADER = "triptych-backup.json"
TABLES: tuple[Table, ...] = (
    drawings,
    parts,
    records,
    tags,
    links,
    attachments,
    idempotency_keys,
    experiments,
    batches,
    cells,
    votes,
    api_batches,
    api_lines,
    api_files,
    threads,
    turns,
    prompts,
    budgets,
)
FOLDERS = ("originals", "sidecars", "receipts")
AT_ONCE = 500  # rows


def backup(database: Database, files: Files, spool: Spool, out: IO[bytes]) -> None:
    """Write all rows as of one moment, then all files."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(HEADER, json.dumps({"triptych": 1, "version": HEAD}))
        with database.snapshot() as connection:
            rows = connection.execution_options(yield_per=AT_ONCE)
            for table in TABLES:
                lines = rows.execute(select(table)).mappings()
                _write(archive, f"{table.name}.jsonl", (f"{json.dumps(dict(row))}\n".encode() for row in lines))
        for folder in FOLDERS:
            for name, _ in files.place.names(folder):
                _write(archive, name, files.place.chunks(name))
        kept = Folder(spool.root)
        for name, path in spool.files():
            _write(archive, name, kept.chunks(path.name))


def _write(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes]) -> None:
    """Write an entry; one whose file went meanwhile is left out."""
    with suppress(KeyError):
        first = next(pieces, b"")
        with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as entry:
            entry.write(first)
            for piece in pieces:
                entry.write(piece)


def is_kept_answer(name: str) -> bool:
    """Whether an entry is one of the spool's files."""
    return name.startswith(f"{FOLDER}/")
