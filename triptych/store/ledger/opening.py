"""How drawings come into the records, and their money into the books, before anything is sent."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from triptych.errors import Duplicate, SpentUnknown, UnknownPrice
from triptych.store.db.rows import drawing_row
from triptych.store.db.statements import lock_bytes
from triptych.store.db.tables import drawings
from triptych.store.db.units import now
from triptych.store.files.images import Files
from triptych.store.history.attached import descend, named, note
from triptych.store.ledger.caps import Caps
from triptych.store.ledger.interrupted import replaced
from triptych.store.ledger.limits import in_force
from triptych.store.ledger.money import keep_to_page, promised, reserve_in_order
from triptych.store.ledger.presence import me
from triptych.store.ledger.rebuild import is_doubtful
from triptych.store.values import Entry


def begin(connection: Connection, files: Files, fixed: Caps, entries: Sequence[Entry]) -> None:
    """Write the drawings of one run down and reserve the upper ends of their estimates: all of them, or it raises.

    ``fixed`` are the caps of the environment, which the records may have lowered. The errors are those of
    `Journal.open`; the transaction must end with them.
    """
    at, held = now(), [promised(entry) for entry in entries]
    names = [entry.run or entry.ticket for entry in entries]
    keys = {name: fixed.keys(at, name) for name in names}
    charged = any(entry.charged for entry in entries)
    caps = in_force(connection, fixed)
    _check_prices(entries, caps)
    if charged and is_doubtful(connection):
        raise SpentUnknown("The records were damaged, so what was spent before is not known.")
    each = zip(entries, names, held, strict=True)
    _insert(connection, [drawing_row(entry, at, keys[name], micros, process=me()) for entry, name, micros in each])
    for entry in entries:
        replaced(connection, entry)
    lock_bytes(connection, named(*(entry.request for entry in entries)))
    for entry in entries:
        keep_to_page(connection, entry, keys[names[0]]["day"], fixed.timezone)
        descend(connection, entry.ticket, entry.parents)
        note(connection, files, entry.ticket, entry.request)
    if charged:
        reserve_in_order(connection, caps, keys[names[0]], held)


def _check_prices(entries: Sequence[Entry], caps: Caps) -> None:
    """Raise UnknownPrice where a cap should hold what nobody knows the price of, and nobody said that this is fine."""
    for entry in entries:
        is_capped = caps.any or entry.page_cap is not None
        if is_capped and entry.charged and entry.estimate is None and not entry.allow_unknown:
            raise UnknownPrice("What this would cost is not known, so no cap can be kept.")


def _insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    try:
        connection.execute(insert(drawings), rows)
    except IntegrityError:
        raise Duplicate("This run was started before; it is not sent again.") from None
