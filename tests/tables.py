"""New records get their tables by the statements that the real steps ran before: Alembic is slow to find them anew.

The first new database of each kind in a process is brought up by the steps themselves, and what they say is noted. So
is every one in a test with the marker ``steps``, and in every other process that a test starts. A new file of SQLite
is a copy of one that has all its tables, and is told at its upgrade that it has them.
"""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from triptych.store.db import database
from triptych.store.db.database import Database
from triptych.store.db.upgrade import HEAD, upgrade, version

SAID: dict[str, tuple[str, ...]] = {}  # by dialect: what makes an empty database one with all the tables
LOOKS = ("SELECT", "PRAGMA")  # that change nothing, and may be left out
NOTING = Lock()  # two that noted at once would both be right, and slow
IS_WAL = slice(18, 20)  # the bytes of SQLite's file that name its mode


def quickly(connection: Connection) -> None:
    """What `upgrade` does, for a new database by its noted statements."""
    if version(connection) is not None:
        return upgrade(connection)
    dialect = connection.dialect.name
    with NOTING:
        if dialect not in SAID:
            SAID[dialect] = _noted(connection)
            return None
    with closing(connection.connection.cursor()) as cursor:  # the driver's: SQLAlchemy's part takes as long again
        if dialect == "postgresql":
            cursor.execute(";\n".join(SAID[dialect]))
        elif cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            cursor.execute("INSERT INTO alembic_version VALUES (?)", (HEAD,))
        else:
            for statement in SAID[dialect]:
                cursor.execute(statement)
    return None


def _noted(connection: Connection) -> tuple[str, ...]:
    """Take the real steps; gives their statements."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if not statement.lstrip().startswith(LOOKS):
            assert not values, statement  # or it would have to be said with them
            said.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        upgrade(connection)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return tuple(said)


def opened(self: Database, path: Path) -> Engine:
    """What `Database._opened` does, with the tables in a file that is new; nobody else opens it meanwhile."""
    if "sqlite" in SAID and not path.stat().st_size:
        path.write_bytes(_file(SAID["sqlite"]))
    return found(self, path)


found = Database._opened


@cache
def _file(said: tuple[str, ...]) -> bytes:
    """A database of SQLite that has its tables and does not know it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as whole:
        for statement in said:
            whole.execute(statement)
        whole.execute("DELETE FROM alembic_version")
        file = bytearray(whole.serialize())
    file[IS_WAL] = b"\2\2"
    return bytes(file)


@pytest.fixture(autouse=True)
def tables(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make them so, unless the test is about the steps."""
    if not request.node.get_closest_marker("steps"):
        monkeypatch.setattr(database, "upgrade", quickly)
        monkeypatch.setattr(Database, "_opened", opened)
