"""Whose the rebuilt images are: sidecars know an owner by a hash, and whoever has that hash gets them back."""

from sqlalchemy import Connection, select, update

from triptych.sidecar import owner_hash
from triptych.store.database import Database
from triptych.store.tables import drawings, records, tags

LOCAL_OWNER = "local"  # of sidecars that name nobody: those of versions that had no owners' hashes
UNCLAIMED = "unclaimed:"  # begins a name that nobody can log in with


def placeholder(hashed: str) -> str:
    """The owner of what is whose `owner_hash` this is, until somebody of that hash logs in."""
    return f"{UNCLAIMED}{hashed}"


class Owners:
    """The owners that the records know, by their hashes."""

    def __init__(self, connection: Connection) -> None:
        names = connection.execute(select(drawings.c.owner).distinct()).scalars()
        known = {name for name in names if name and not name.startswith(UNCLAIMED)}
        self._by_hash = {owner_hash(name): name for name in {*known, LOCAL_OWNER}}

    def of(self, hashed: str | None) -> str:
        """The owner of this hash, or the placeholder for one who is not known yet."""
        return LOCAL_OWNER if hashed is None else self._by_hash.get(hashed) or placeholder(hashed)


def claim(database: Database, owner: str) -> int:
    """Let what is under the owner's placeholder be the owner's; gives how many runs there were."""
    before = placeholder(owner_hash(owner))
    with database.read() as connection:
        if connection.execute(select(drawings.c.ticket).where(drawings.c.owner == before).limit(1)).first() is None:
            return 0
    with database.write() as connection:
        for table in (records, tags):
            connection.execute(update(table).where(table.c.owner == before).values(owner=owner))
        return connection.execute(update(drawings).where(drawings.c.owner == before).values(owner=owner)).rowcount
