"""Pieces of work that one process at a time does, whichever of those that share the records: it holds a lease on them.

A lease lasts for seconds by the database's clock, so its holder takes it again while it works. One that others know to
be gone is succeeded at once, one that is silent or stuck when its seconds are over.
"""

from datetime import timedelta

from sqlalchemy import Connection, delete, select

from triptych.store.db.database import Database
from triptych.store.db.statements import clock, lock, upsert
from triptych.store.db.tables import leases
from triptych.store.ledger.presence import Presence, living, me

LASTS = timedelta(seconds=60)
MICRO = timedelta(microseconds=1)


class Leases:
    """Leases by name. Every method raises DatabaseDown in words where the records cannot be reached."""

    def __init__(self, database: Database, presence: Presence) -> None:
        self._database = database
        self._presence = presence

    def take(self, name: str, lasts: timedelta = LASTS) -> bool:
        """Hold ``name`` from now on for as long as it ``lasts``; False where another process holds it.

        Who holds it takes it again to hold it longer, and before anything that must not be done by two.
        """
        self._presence.begin()
        with self._database.write() as connection:
            lock(connection, f"triptych lease {name}")
            row = connection.execute(select(leases).where(leases.c.name == name)).first()
            if row and row.holder != me() and not self._is_over(connection, row.holder, row.until):
                return False
            now = connection.execute(select(clock(connection))).scalar_one()
            held = {"name": name, "holder": me(), "until": now + lasts // MICRO}
            connection.execute(upsert(connection, leases, held, ("name",)), held)
        return True

    def give_back(self, name: str) -> None:
        """Let another take it now; nothing happens where this process does not hold it."""
        with self._database.write() as connection:
            connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == me()))

    def names(self, prefix: str) -> tuple[str, ...]:
        """Everything that begins so and was taken and not given back, by whichever process, gone or not."""
        begins = leases.c.name.startswith(prefix, autoescape=True)
        with self._database.read() as connection:
            return tuple(connection.execute(select(leases.c.name).where(begins).order_by(leases.c.name)).scalars())

    def _is_over(self, connection: Connection, holder: str, until: int) -> bool:
        if until < connection.execute(select(clock(connection))).scalar_one():
            return True
        return holder not in living(connection, self._presence.home)
