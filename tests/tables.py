"""New records get their tables by the statements that the real steps ran before: Alembic is slow to find them anew.

The first new database of each kind in a process is brought up by the steps themselves, and what they say is noted. So
is every one in a test with the marker ``steps``, and in every other process that a test starts.
"""

from threading import Lock
from typing import Any

import pytest
from sqlalchemy import Connection, event

from triptych.store.db import database
from triptych.store.db.upgrade import upgrade, version

SAID: dict[str, tuple[str, ...]] = {}  # by dialect: what makes an empty database one with all the tables
LOOKS = ("SELECT", "PRAGMA")  # that change nothing, and may be left out
NOTING = Lock()  # two that noted at once would both be right, and slow


def quickly(connection: Connection) -> None:
    """What `upgrade` does, for a new database by its noted statements."""
    if version(connection) is not None:
        return upgrade(connection)
    with NOTING:
        if connection.dialect.name not in SAID:
            SAID[connection.dialect.name] = _noted(connection)
            return None
    for statement in SAID[connection.dialect.name]:
        connection.exec_driver_sql(statement)
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


@pytest.fixture(autouse=True)
def tables(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make them so, unless the test is about the steps."""
    if not request.node.get_closest_marker("steps"):
        monkeypatch.setattr(database, "upgrade", quickly)
