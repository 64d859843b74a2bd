"""Caps that an administrator sets on the Spending page: kept in the records, they hold in every process at once.

The settings' caps stay what they are; one in the records can only be lower. They are no part of a backup, so that
bringing one back loosens nothing.
"""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import Connection, delete, select

from triptych.store.db.database import Database
from triptych.store.db.statements import upsert
from triptych.store.db.tables import state
from triptych.store.db.units import dollars, micro
from triptych.store.ledger.books import PERIODS
from triptych.store.ledger.caps import Caps, lower
from triptych.store.values import Period

_NAMED: Mapping[str, Period] = {f"cap {kind}": kind for kind in PERIODS}
_CAPS = select(state.c.name, state.c.value).where(state.c.name.in_(_NAMED))


class Limits:
    """The caps in the records, in dollars. Every method raises DatabaseDown where these cannot be reached."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recorded(self) -> dict[Period, Decimal]:
        """Those that are set."""
        with self._database.read() as connection:
            return _recorded(connection)

    def set(self, caps: Mapping[Period, Decimal | None]) -> None:
        """Set the caps of these periods, None for none. Whatever is reserved after this is held by them; what was
        reserved before stays reserved."""
        with self._database.write() as connection:
            for kind, cap in caps.items():
                if cap is None:
                    connection.execute(delete(state).where(state.c.name == f"cap {kind}"))
                else:
                    row = {"name": f"cap {kind}", "value": str(micro(cap))}
                    connection.execute(upsert(connection, state, row, ("name",)), row)


def in_force(connection: Connection, caps: Caps) -> Caps:
    """``caps`` with those of the records, the lower of both, as of this transaction."""
    low = lower(dict(caps.by_period()), _recorded(connection))
    return Caps(low.get("run"), low.get("day"), low.get("month"), caps.timezone)


def _recorded(connection: Connection) -> dict[Period, Decimal]:
    return {_NAMED[name]: dollars(int(value)) for name, value in connection.execute(_CAPS)}
