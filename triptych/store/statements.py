"""Statements that both databases understand, each in its own dialect."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite


def insert_or_skip(connection: Connection, table: Table, row: Mapping[str, Any]) -> Insert:
    """Insert a row unless its key is taken."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).values(**row).on_conflict_do_nothing()
    return postgresql.insert(table).values(**row).on_conflict_do_nothing()


def upsert(connection: Connection, table: Table, row: Mapping[str, Any], key: Sequence[str]) -> Insert:
    """Insert a row, or give the one with the same key these values."""
    changes = {name: value for name, value in row.items() if name not in key}
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).values(**row).on_conflict_do_update(index_elements=list(key), set_=changes)
    return postgresql.insert(table).values(**row).on_conflict_do_update(index_elements=list(key), set_=changes)


def holds_word(connection: Connection, column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether a text holds a word anywhere; quicker than LIKE, and nothing in the word is a pattern."""
    position = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return position(column, word) > 0


def lock(connection: Connection, name: str) -> None:
    """Keep others that lock the same name waiting until the transaction ends. A SQLite writer is alone already."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
