"""After every test the books are the sum of the runs, in every set of records that the test opened (TRUST.md M13)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from triptych.errors import DatabaseDown, InvalidSetting
from triptych.store.journal import Journal

OPENED: list[Journal] = []  # by the test that runs


@pytest.fixture(autouse=True)
def books(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Note every journal that the test makes; `unbalanced` looks at them before any fixture ends."""
    begin = Journal.__init__

    def noted(self: Journal, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        OPENED.append(self)

    monkeypatch.setattr(Journal, "__init__", noted)
    yield
    OPENED.clear()


def unbalanced() -> list[str]:
    """What is wrong with the books of the journals that are noted, in sentences."""
    return [sentence for journal in OPENED for sentence in _imbalance(journal)]


def _imbalance(journal: Journal) -> tuple[str, ...]:
    database = journal._database
    if database.dialect == "sqlite" and not Path(database._url.database or "").is_file():
        return ()  # it was never opened, or the test took it away
    was_open = database._engine is not None
    try:
        return journal.imbalance()
    except (DatabaseDown, InvalidSetting):
        return ()  # the test ends with its database down, or without a driver: there is nothing to look at
    finally:
        if not was_open:
            database.close()
