"""The database behind the records: opened when it is first needed, brought up to date, put aside if it is damaged."""

import json
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as NoConnection

from triptych.errors import DatabaseDown, InvalidSetting
from triptych.store.db.statements import lock
from triptych.store.db.units import now
from triptych.store.db.upgrade import HEAD, Newer, upgrade, version

UNFIT = re.compile("[\0\ud800-\udfff]")  # PostgreSQL takes no NUL, and half a character is no UTF-8
BUSY_MS = 60_000  # how long a writer waits for the other writers


class Damaged(Exception):
    """The file is no database, or holds what no database holds."""


class Database:
    """SQLite or PostgreSQL by URL. Every transaction is a `read` or a `write`; both raise DatabaseDown in words.

    ``on_new`` is called in the transaction that makes the tables, with why a database before it was put aside.
    """

    def __init__(self, url: str, on_new: Callable[[Connection, str | None], None] | None = None) -> None:
        try:
            self._url = make_url(url)
            self.dialect = self._url.get_dialect().name
        except (ArgumentError, NoSuchModuleError, ImportError):
            raise InvalidSetting(
                "TRIPTYCH_DATABASE_URL cannot be used: it must be postgresql://… or sqlite:///…"
            ) from None
        self._on_new = on_new
        self._engine: Engine | None = None
        self._opening = threading.RLock()
        self._here = threading.local()  # the transaction that this thread's writes go into together

    @property
    def engine(self) -> Engine:
        """The pool of connections, with the tables up to date."""
        with self._opening:
            if self._engine is None:
                with _in_words():
                    self._engine = self._sqlite() if self.dialect == "sqlite" else self._server()
            return self._engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that changes nothing."""
        with _in_words(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A transaction that changes nothing and sees everything as of one moment, however many statements it takes."""
        options = {} if self.dialect == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        with _in_words(), self.engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is done whole or not at all; on SQLite it holds the write lock from its beginning."""
        if (outer := getattr(self._here, "outer", None)) is not None:
            with _in_words(), outer.begin_nested():
                yield outer
            return
        with _in_words(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction for all of this thread's writes within; one that fails is undone alone.

        On SQLite only, where writers wait for each other anyway: elsewhere two of these could wait in a circle.
        """
        if self.dialect != "sqlite":
            yield
            return
        with self.write() as connection:
            self._here.outer = connection
            try:
                yield
            finally:
                self._here.outer = None

    def close(self) -> None:
        """Let go of every connection; the next use connects anew."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _server(self) -> Engine:
        try:
            engine = _fit(create_engine(self._url, pool_pre_ping=True, connect_args={"connect_timeout": 5}))
        except ImportError:
            raise InvalidSetting("TRIPTYCH_DATABASE_URL needs a driver: pip install 'triptych[postgres]'.") from None
        try:
            self._prepare(engine, None)
        except Newer as made_by:
            raise DatabaseDown(f"The database was made by a newer version (step {made_by}). Use that one.") from None
        return engine

    def _sqlite(self) -> Engine:
        from filelock import FileLock

        path = Path(self._url.database or "")
        try:
            _owned(path)
            with FileLock(path.with_name(f"{path.name}.lock"), mode=0o600, fallback_to_soft=False):
                return self._opened(path)
        except OSError as error:
            raise DatabaseDown(f"The file of the records cannot be written: {error.strerror}.") from None

    def _opened(self, path: Path) -> Engine:
        engine = _sqlite(self._url)
        try:
            self._prepare(engine, None)
        except (Damaged, Newer) as why:
            kind = "newer" if isinstance(why, Newer) else "damaged"
            kept = put_aside(path, kind)
            _owned(path)
            engine = _sqlite(self._url)
            self._prepare(engine, f"The records were {kind} and lie in {kept.name} now; new ones were begun.")
        return engine

    def _prepare(self, engine: Engine, trouble: str | None) -> None:
        try:
            self._bring_up(engine, trouble)
        except BaseException:  # whatever ends it: nothing half done stays, and it is raised again
            engine.dispose()
            raise

    def _bring_up(self, engine: Engine, trouble: str | None) -> None:
        with _damage(), engine.connect() as connection:
            if self.dialect == "sqlite" and connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
                raise Damaged
            if version(connection) == HEAD:
                return
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            lock(connection, "triptych upgrade")
            before = version(connection)
            upgrade(connection)
            if before is None and self._on_new:
                self._on_new(connection, trouble)


def _sqlite(url: URL) -> Engine:
    engine = _fit(create_engine(url, connect_args={"timeout": BUSY_MS / 1000}))

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
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def put_aside(path: Path, kind: str) -> Path:
    """Rename a database that cannot be used, and what belongs to it; nothing of it is lost. Gives its new path."""
    kept = path.with_name(f"{path.name}.{kind}-{now():%Y%m%dT%H%M%S%f}")
    for tail in ("-wal", "-shm", ""):
        part = path.with_name(path.name + tail)
        if part.exists():
            part.rename(kept.with_name(kept.name + tail))
    return kept


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:  # while it connects, SQLAlchemy does not wrap the driver's
        cause = error.orig if isinstance(error, DBAPIError) else error
        if getattr(cause, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise Damaged from None
        raise


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except NoConnection:
        raise DatabaseDown("The database of the records is too busy: no connection came free.") from None
    except (DBAPIError, sqlite3.Error) as error:  # SQLAlchemy's text holds the statement and its values
        reason = str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]
        raise DatabaseDown(f"The database of the records does not answer: {reason}.") from None


def text(value: Any) -> str:
    """A value as JSON for a column. A NUL in it is written with a backslash, so that it comes back."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _fit(engine: Engine) -> Engine:
    """Let no text in, and ask for none, that a database refuses or cuts: each gets a mark in place of such letters.

    Every statement of every table goes through here, so both databases hold and find the same.
    """

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def fit(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> tuple[str, Any]:
        return statement, _fitting(values)

    return engine


def _fitting(value: Any) -> Any:
    if isinstance(value, str):
        return UNFIT.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {name: _fitting(each) for name, each in value.items()}
    return type(value)(map(_fitting, value)) if isinstance(value, list | tuple) else value
