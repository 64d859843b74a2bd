"""Under what names people have their records, and how those of an earlier name become theirs."""

import logging
from collections.abc import Iterable, Iterator

from sqlalchemy import Column, ColumnElement, Connection, String, func, literal, select, update

from triptych.store.database import Database
from triptych.store.statements import lock
from triptych.store.tables import metadata, records, votes
from triptych.store.trials import voter_of

log = logging.getLogger(__name__)


class Owners:
    """Every table that names an owner, in one transaction. Raises DatabaseDown as the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def images(self, owners: Iterable[str]) -> int:
        """How many images belong to any of these."""
        named = records.c.owner.in_(list(owners))
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(records).where(named)).scalar_one())

    def take_over(self, earlier: Iterable[str], owner: str) -> int:
        """Give ``owner`` all that belongs to any of the ``earlier`` ones; gives how many images that were.

        All of it or nothing. Once it is done there is nothing left to give, so that doing it again changes nothing.
        """
        names = [name for name in earlier if name != owner]
        with self._database.write() as connection:
            lock(connection, "triptych owners")
            images = sum(_given(connection, name, owner) for name in names)
        log.warning("%s took over %d images of %s", owner, images, " and ".join(map(repr, names)))
        return images


def _given(connection: Connection, earlier: str, owner: str) -> int:
    images = 0
    for column, is_voter in _columns():
        old, new = (voter_of(earlier), voter_of(owner)) if is_voter else (earlier, owner)
        mine: ColumnElement[bool] = column == literal(old)
        changed = connection.execute(update(column.table).where(mine).values({column.name: new})).rowcount
        images += changed if column.table is records else 0
    return images


def _columns() -> Iterator[tuple[Column[str], bool]]:
    """Every column that names an owner, those of tables to come too; whether as a voter."""
    for table in metadata.sorted_tables:
        if "owner" in table.c and isinstance(table.c.owner.type, String):
            yield table.c.owner, False
    yield votes.c.voter, True
