"""Under what names people have their records, and how those of an earlier name become theirs."""

import logging
from collections.abc import Iterable, Iterator

from sqlalchemy import Column, ColumnElement, Connection, String, func, literal, select, update

from triptych.sidecar import owner_hash
from triptych.store.db import conversations  # noqa: F401 - threads have owners, too
from triptych.store.db.database import Database
from triptych.store.db.statements import lock
from triptych.store.db.tables import drawings, metadata, records, votes
from triptych.store.saved import voter_of

LOCAL_OWNER = "local"  # of sidecars that name nobody: those of versions that had no owners' hashes
UNCLAIMED = "unclaimed:"  # begins a name that nobody can log in with

log = logging.getLogger(__name__)


def placeholder(hashed: str) -> str:
    """The owner of rebuilt images whose sidecars hold this `owner_hash`, until somebody of that hash logs in."""
    return f"{UNCLAIMED}{hashed}"


class Hashes:
    """The owners that the records know, by their hashes."""

    def __init__(self, connection: Connection) -> None:
        names = connection.execute(select(drawings.c.owner).distinct()).scalars()
        known = {name for name in names if name and not name.startswith(UNCLAIMED)}
        self._by_hash = {owner_hash(name): name for name in {*known, LOCAL_OWNER}}

    def of(self, hashed: str | None) -> str:
        """The owner of this hash, or the placeholder for one who is not known yet."""
        return LOCAL_OWNER if hashed is None else self._by_hash.get(hashed) or placeholder(hashed)


class Owners:
    """Every table that names an owner, in one transaction. Raises DatabaseDown as the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def earlier(self, owner: str, names: Iterable[str]) -> tuple[str, ...]:
        """Under what the records may have what is ``owner``'s: the ``names`` of older versions, and what a rebuild gave
        to the hash of any of them."""
        mine = tuple(names)
        return (*mine, *(placeholder(owner_hash(name)) for name in (owner, *mine)))

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
            runs = select(drawings.c.ticket).where(drawings.c.owner.in_(names)).order_by(drawings.c.ticket)
            connection.execute(runs.with_for_update())  # in the order in which they end
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
