"""The rows of a backup in a database of their own, brought up to date, before any of them reaches the records."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Float,
    Integer,
    MetaData,
    Table,
    create_engine,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from triptych.errors import BadFile
from triptych.store.db.upgrade import Newer, upgrade
from triptych.store.transfer.archive import Archive
from triptych.store.transfer.backups import AT_ONCE, HEADER

Rows = Callable[[Table], Iterator[Mapping[str, Any]]]
# What a database knows of itself, and of servers at this moment: it goes into no backup.
OWN = ("alembic_version", "state", "processes", "leases", "server_facts")
MOST_HEADER, MOST_LINE = 1 << 16, 64 << 20  # bytes
WHOLE_NUMBER = 1 << 63
TIMES = ("created", "closed", "changed", "settled", "sent", "trashed")
LAST = 7_258_118_400_000_000  # the year 2200, as a stamp


@contextmanager
def staged(archive: Archive) -> Iterator[Rows]:
    """What gives a table's rows as this version has them, whichever made the backup; raises BadFile."""
    step = _step(archive)
    with tempfile.TemporaryDirectory(prefix="triptych-restore-") as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'rows.db'}")
        try:
            with engine.begin() as connection:
                _fill(connection, archive, step)
            with engine.connect().execution_options(yield_per=AT_ONCE) as connection:
                yield lambda table: map(dict, connection.execute(select(table)).mappings())
        finally:
            engine.dispose()


def entries_of(archive: Archive) -> set[str]:
    """The entries of a backup that are its own: all that lie in no folder."""
    return {name for name in archive.names if "/" not in name}


def _step(archive: Archive) -> str:
    """The step at which the backup's database was; raises BadFile where this is none."""
    if HEADER not in archive or archive.size(HEADER) > MOST_HEADER:
        raise BadFile("This is no backup of the playground.")
    step = _line(archive.read(HEADER)).get("version")
    if not isinstance(step, str):
        raise BadFile("This is no backup of the playground.")
    return step


def _fill(connection: Connection, archive: Archive, step: str) -> None:
    try:
        upgrade(connection, step)
    except Newer:
        raise BadFile("This backup was made by a newer version of the playground. Restore it with that one.") from None
    known = MetaData()
    known.reflect(connection)
    tables = [table for name, table in known.tables.items() if name not in OWN]
    if stray := entries_of(archive) - {HEADER} - {f"{name}.jsonl" for name in known.tables}:
        raise BadFile(f"This backup holds a file that no backup holds: {min(stray)[:40]}.")
    for table in tables:
        try:
            for some in batches(_rows(archive, table)):
                connection.execute(insert(table), some)
        except IntegrityError:
            raise BadFile("Two records in this backup have the same name, or one is not whole.") from None
    upgrade(connection)


def batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """The rows, so many at a time as one statement takes."""
    some: list[Mapping[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _rows(archive: Archive, table: Table) -> Iterator[Mapping[str, Any]]:
    names, entry = set(table.c.keys()), f"{table.name}.jsonl"
    if entry not in archive:
        raise BadFile(f"This backup is not whole: its {table.name} are missing.")
    for line in archive.lines(entry, MOST_LINE):
        row = _line(line)
        if set(row) != names or not all(_fits(table, name, value) for name, value in row.items()):
            raise BadFile(f"A record in this backup is damaged, among its {table.name}.")
        yield row


def _line(data: bytes) -> Mapping[str, Any]:
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise BadFile("A record in this backup is damaged.")
    return read


def _fits(table: Table, name: str, value: Any) -> bool:
    column = table.c[name]
    if value is None:
        return bool(column.nullable)
    if isinstance(column.type, Boolean):
        return isinstance(value, bool)
    if isinstance(column.type, Integer | BigInteger):
        most = LAST if name in TIMES else WHOLE_NUMBER
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < most
    if isinstance(column.type, Float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)
