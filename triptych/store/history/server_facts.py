"""What servers were found to do, as the records keep it: by address, and by whose key it was found out."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from sqlalchemy import Connection, delete, select

from triptych.capabilities import REFUSED, Fact, How
from triptych.store.db.statements import upsert
from triptych.store.db.tables import server_facts
from triptych.store.db.units import moment, now, stamp

KEPT = timedelta(days=90)  # of what nobody has found again since
MOST = 100  # facts of a server that are read: of its refused sizes, which have no end, the newest

by = server_facts.c


def read(connection: Connection, address: str, holder: str) -> dict[str, Fact]:
    """By name what is known of the server at ``address`` to whoever holds that key."""
    here = (by.address == address, by.holder == holder)
    newest = select(server_facts).where(*here).order_by(by.name.startswith(REFUSED), by.found.desc()).limit(MOST)
    rows = connection.execute(newest).all()
    return {row.name: Fact(json.loads(row.value), cast(How, row.how), moment(row.found)) for row in rows}


def keep(connection: Connection, address: str, holder: str, facts: Mapping[str, Fact]) -> None:
    """Write them down in the place of what was known before."""
    connection.execute(delete(server_facts).where(by.found < stamp(now() - KEPT)))
    for name, fact in sorted(facts.items()):
        told = {"value": json.dumps(fact.value), "how": fact.how, "found": stamp(fact.found)}
        row = {"address": address, "holder": holder, "name": name, **told}
        connection.execute(upsert(connection, server_facts, row, ("address", "holder", "name")), row)


def forget(connection: Connection, address: str, holder: str) -> None:
    """Forget all that is known of a server."""
    connection.execute(delete(server_facts).where(by.address == address, by.holder == holder))
