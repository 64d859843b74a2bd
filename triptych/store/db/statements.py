"""Statements that both databases understand, each in its own dialect.

Those that are run for every picture are made once, and their values handed over when they are run: making one takes
SQLAlchemy longer than running it.
"""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Function, Insert, Table, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite


def insert_or_skip(connection: Connection, table: Table) -> Insert:
    """Insert the row that it is run with, unless its key is taken."""
    return _insert_or_skip(connection.dialect.name, table)


def upsert(connection: Connection, table: Table, names: Iterable[str], key: tuple[str, ...]) -> Insert:
    """Insert the row of these ``names`` that it is run with, or give the one with the same key its values."""
    return _upsert(connection.dialect.name, table, tuple(names), key)


@cache
def _insert_or_skip(dialect: str, table: Table) -> Insert:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _upsert(dialect: str, table: Table, names: tuple[str, ...], key: tuple[str, ...]) -> Insert:
    inserted = _insert(dialect, table)
    changes = {name: inserted.excluded[name] for name in names if name not in key}
    return inserted.on_conflict_do_update(index_elements=list(key), set_=changes)


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def holds_word(connection: Connection, column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether a text holds a word anywhere; quicker than LIKE, and nothing in the word is a pattern."""
    position = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return position(column, word) > 0


def lock(connection: Connection, name: str) -> None:
    """Keep others that lock the same name waiting until the transaction ends. A SQLite writer is alone already."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def lock_bytes(connection: Connection, hashes: Iterable[str]) -> None:
    """Keep the bytes of these SHA-256 from being removed, or taken for nobody's, until the transaction ends.

    All that a transaction will name it names here at once, after the runs' rows and before the books: two that named
    theirs one by one would wait for each other in a circle. It holds a share of all there are by the first two digits,
    since a server has room for a few thousand locks in all.
    """
    for share in sorted({sha256[:2] for sha256 in hashes}):
        lock(connection, f"triptych bytes {share}")


def clock(connection: Connection) -> ColumnElement[int]:
    """Millionths of a second since 1970 UTC by the database's clock, the one that all processes share, as it runs."""
    return clock_of(connection.dialect.name)


def clock_of(dialect: str) -> ColumnElement[int]:
    """The same for any database of this kind."""
    if dialect == "postgresql":
        return cast(func.extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
    return cast((func.julianday("now") - 2440587.5) * 86_400_000_000, BigInteger)  # whole days since noon of -4713


def gathered(connection: Connection, column: ColumnElement[float]) -> Function[Any]:
    """A group's numbers in one value, which `numbers` reads: sooner there than a row for each."""
    return (func.array_agg if connection.dialect.name == "postgresql" else func.json_group_array)(column)


def numbers(value: str | list[float] | None) -> list[float]:
    """What `gathered` gave, in no order. SQLite writes 15 digits of a number."""
    return json.loads(value) if isinstance(value, str) else value or []
