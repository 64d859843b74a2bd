"""The database behind the records: opened when it is first needed, brought up to date, put aside if it is damaged."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as NoConnection

from triptych.errors import DatabaseDown, InvalidSetting
from triptych.store.tables import metadata

BUSY_MS = 60_000  # how long a writer waits for the other writers


class Database:
    """SQLite or PostgreSQL by URL. Every transaction is a `read` or a `write`; both raise DatabaseDown in words."""

    def __init__(self, url: str) -> None:
        try:
            self._url = make_url(url)
            self.dialect = self._url.get_dialect().name
        except (ArgumentError, NoSuchModuleError, ImportError):
            raise InvalidSetting(
                "TRIPTYCH_DATABASE_URL cannot be used: it must be postgresql://… or sqlite:///…"
            ) from None

    @cached_property
    def engine(self) -> Engine:
        """The pool of connections, with the tables in place."""
        engine = self._connected()
        with _in_words():
            metadata.create_all(engine)
        return engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that changes nothing."""
        with _in_words(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is done whole or not at all; on SQLite it holds the write lock from its beginning."""
        with _in_words(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    def _connected(self) -> Engine:
        if self.dialect == "sqlite":
            return _sqlite(self._url)
        return create_engine(self._url, pool_pre_ping=True, connect_args={"connect_timeout": 5})


def _sqlite(url: Any) -> Engine:
    if url.database and url.database != ":memory:":
        _owned(Path(url.database))
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin transactions of its own, and late
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and then writes fails at once when another has written in between.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _owned(path: Path) -> None:
    """Make the file for its owner only, before SQLite makes it for everyone; its -wal and -shm follow it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise DatabaseDown(f"The file of the records cannot be written: {error.strerror}.") from None


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except NoConnection:
        raise DatabaseDown("The database of the records is too busy: no connection came free.") from None
    except DBAPIError as error:  # its text holds the statement and its values
        reason = str(error.orig).strip().partition("\n")[0]
        raise DatabaseDown(f"The database of the records does not answer: {reason}.") from None


def text(value: Any) -> str:
    """A value as JSON for a column."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
