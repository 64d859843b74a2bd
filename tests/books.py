"""After every test the books are the sum of the runs, in every set of records that the test opened (TRUST.md M13).

A test that ends with its records out of reach says so with the marker ``database_away``; every other one fails then.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from triptych.errors import DatabaseDown, InvalidSetting
from triptych.store.db.database import Database
from triptych.store.ledger.journal import Journal

JOURNALS: list[Journal] = []  # that the test which runs has made
OPENED: dict[int, Database] = {}  # that it has used, by id: what it opened once must be there at its end


@pytest.fixture(autouse=True)
def books(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Note every journal that the test makes; `unbalanced` looks at them before any fixture ends."""
    begin, begin_database = Journal.__init__, Database.engine.fget
    assert begin_database

    def noted(self: Journal, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        JOURNALS.append(self)

    def opened(self: Database) -> Engine:
        engine: Engine = begin_database(self)
        OPENED[id(self)] = self
        return engine

    monkeypatch.setattr(Journal, "__init__", noted)
    monkeypatch.setattr(Database, "engine", property(opened))
    yield
    JOURNALS.clear()
    OPENED.clear()


def unbalanced(*, is_away: bool = False) -> list[str]:
    """What is wrong with the books of the journals that are noted, in sentences.

    With ``is_away`` a journal may be out of reach, and one of them must be.
    """
    found, away = list[str](), list[str]()
    for journal in JOURNALS:
        was_opened = id(journal._database) in OPENED
        try:
            found += _imbalance(journal)
        except (DatabaseDown, InvalidSetting) as error:
            away += [f"The books cannot be looked at: {error}"] if was_opened else []
    if is_away and not away:
        return [*found, "The test is marked database_away, but its books can be looked at."]
    return found if is_away else found + away


def _imbalance(journal: Journal) -> tuple[str, ...]:
    database = journal._database
    if database.dialect == "sqlite" and not Path(database._url.database or "").is_file():
        raise DatabaseDown("There is no database.")  # looking would make a new one
    was_open = database._engine is not None
    try:
        return journal.imbalance()
    finally:
        if not was_open:
            database.close()
