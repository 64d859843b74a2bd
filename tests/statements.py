"""A statement is compiled once a process, as in one that has one database, and not once for each database of a test."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from triptych.store.db import database

ROOM = 5000  # statements: more than there are, of both kinds of database


class Compiled(LRUCache[Any, Any]):
    """What `Engine` keeps, under the dialect's name: each database has a dialect of its own, and they are alike."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)


COMPILED = Compiled(ROOM)


def engine(*arguments: Any, **named: Any) -> Engine:
    """What `create_engine` makes, beside the others."""
    made = sqlalchemy.create_engine(*arguments, **named)
    made._compiled_cache = COMPILED
    return made


@pytest.fixture(scope="session", autouse=True)
def statements() -> Iterator[None]:
    """Every database of this process makes its engine so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", engine)
        yield
