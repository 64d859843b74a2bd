"""Everything in one ZIP file: the rows of the records as JSON lines, the pictures and their sidecars as they are."""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import IO, Any

from sqlalchemy import BigInteger, Boolean, Float, Integer, Table, Update, select, update

from triptych.errors import BadFile
from triptych.store.archive import opened
from triptych.store.database import Database
from triptych.store.files import Files
from triptych.store.statements import insert_or_skip
from triptych.store.tables import (
    attachments,
    budgets,
    cells,
    drawings,
    experiments,
    links,
    metadata,
    parts,
    records,
    tags,
    votes,
)
from triptych.store.upgrade import HEAD

HEADER = "triptych-backup.json"
TABLES = (drawings, parts, records, tags, links, attachments, experiments, cells, votes, budgets)
ASKED = ("search", "request", "fingerprint")  # what a purge takes out of a drawing whose cost it keeps
FILES = re.compile(
    r"originals/[0-9a-f]{2}/[0-9a-f]{64}\.(png|jpg|webp|gif|svg)|(sidecars|receipts)/[0-9-]{10}/[^/]+\.json"
)
WHOLE_NUMBER = 1 << 63


def backup(database: Database, files: Files, out: IO[bytes]) -> None:
    """Write all rows as of one moment, then all files."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(HEADER, json.dumps({"triptych": 1, "version": HEAD}))
        with database.read() as connection:
            for table in TABLES:
                with archive.open(zipfile.ZipInfo(f"{table.name}.jsonl"), "w", force_zip64=True) as entry:
                    for row in connection.execute(select(table)).mappings():
                        entry.write(json.dumps(dict(row), ensure_ascii=False).encode() + b"\n")
        for folder in ("originals", "sidecars", "receipts"):
            for name, _ in files.place.names(folder):
                archive.writestr(name, files.place.read(name))


def restore(database: Database, files: Files, file: IO[bytes]) -> int:
    """Look at everything, then write the files that are not there, then the rows, in one transaction."""
    with opened(file) as archive:
        _check(archive)
        with database.write():  # new records begin with the sidecars that are there; those of the backup are not yet
            pass
        names = [name for name in archive.namelist() if FILES.fullmatch(name)]
        new = [name for name in names if files.place.size(name) is None]
        for name in new:
            files.place.write(name, archive.read(name))
        written = len(new)
        with database.write() as connection:
            for table in TABLES:
                for row in _rows(archive, table):
                    written += connection.execute(insert_or_skip(connection, table), row).rowcount
            for row in _rows(archive, drawings):
                connection.execute(_asked_again(row))
            for row in _rows(archive, budgets):
                connection.execute(_at_least(row))
    return written


def _check(archive: zipfile.ZipFile) -> None:
    if HEADER not in archive.NameToInfo:
        raise BadFile("This is no backup of the playground.")
    header = _line(archive.read(HEADER))
    if header.get("version") != HEAD:
        raise BadFile("This backup was made by another version of the playground. Restore it with that one.")
    expected = {HEADER, *(f"{table.name}.jsonl" for table in metadata.tables.values())}
    for name in archive.namelist():
        if name not in expected and not FILES.fullmatch(name):
            raise BadFile("This backup holds a file that no backup holds.")
        path = PurePosixPath(name)
        if path.parts[0] == "originals" and hashlib.sha256(archive.read(name)).hexdigest() != path.stem:
            raise BadFile("A picture in this backup is damaged.")
    for table in TABLES:
        for row in _rows(archive, table):
            if set(row) != set(table.c.keys()) or not all(_fits(table, name, value) for name, value in row.items()):
                raise BadFile("A record in this backup is damaged.")


def _rows(archive: zipfile.ZipFile, table: Table) -> Iterator[Mapping[str, Any]]:
    try:
        with archive.open(f"{table.name}.jsonl") as lines:
            yield from map(_line, lines)
    except KeyError:
        raise BadFile("This backup is not whole.") from None


def _line(data: bytes) -> Mapping[str, Any]:
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise BadFile("A record in this backup is damaged.")
    return read


def _asked_again(row: Mapping[str, Any]) -> Update:
    """A drawing that was purged, with what was asked as the backup has it."""
    bare = (drawings.c.ticket == row["ticket"], drawings.c.fingerprint == "")
    return update(drawings).where(*bare).values(**{name: row[name] for name in ASKED})


def _at_least(row: Mapping[str, Any]) -> Update:
    """A period in which both spent counts with the larger sum."""
    here = (budgets.c.kind == row["kind"], budgets.c.key == row["key"], budgets.c.spent < row["spent"])
    return update(budgets).where(*here).values(spent=row["spent"], reserved=row["reserved"])


def _fits(table: Table, name: str, value: Any) -> bool:
    column = table.c[name]
    if value is None:
        return bool(column.nullable)
    if isinstance(column.type, Boolean):
        return isinstance(value, bool)
    if isinstance(column.type, Integer | BigInteger):
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < WHOLE_NUMBER
    if isinstance(column.type, Float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)
