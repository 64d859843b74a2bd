"""The keys under which programs ask: whoever asks again under the same one gets the run that the first one began."""

from datetime import timedelta

from sqlalchemy import delete, select

from triptych.errors import Duplicate
from triptych.store.db.database import Database
from triptych.store.db.statements import insert_or_skip
from triptych.store.db.tables import idempotency_keys
from triptych.store.db.units import now, stamp

KEPT = timedelta(hours=24)


class IdempotencyKeys:
    """Keys by the token of whoever asks; its methods raise DatabaseDown as the journal does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, token: str, key: str, body: str, ticket: str) -> str:
        """The ticket of the run that was begun under this key, from now on ``ticket`` where none was for a day.

        ``body`` is the SHA-256 of what is asked; raises Duplicate where the key was used for something else.
        """
        at = now()
        row = {"token": token, "key": key, "body": body, "ticket": ticket, "created": stamp(at)}
        named = (idempotency_keys.c.token == token, idempotency_keys.c.key == key)
        with self._database.write() as connection:
            connection.execute(delete(idempotency_keys).where(idempotency_keys.c.created < stamp(at - KEPT)))
            connection.execute(insert_or_skip(connection, idempotency_keys), row)
            held = connection.execute(select(idempotency_keys).where(*named)).one()
        if held.body != body:
            raise Duplicate("This idempotency key was used for another request. Take a new key for a new request.")
        return str(held.ticket)

    def free(self, token: str, key: str, ticket: str) -> None:
        """Let the key begin another run: that of ``ticket`` has ended without an image and without being charged."""
        named = (idempotency_keys.c.token == token, idempotency_keys.c.key == key)
        with self._database.write() as connection:
            connection.execute(delete(idempotency_keys).where(*named, idempotency_keys.c.ticket == ticket))
