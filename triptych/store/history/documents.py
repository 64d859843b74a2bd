"""What owners saved under a name, experiments and batches alike, and which run fills which place of it."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, RowMapping, Table, delete, insert, select, update

from triptych.inputs import Attachment
from triptych.store.db.database import Database, text
from triptych.store.db.rows import in_slices, read
from triptych.store.db.statements import insert_or_skip, upsert
from triptych.store.db.tables import attachments, cells, drawings, records
from triptych.store.db.units import moment, now, stamp
from triptych.store.history.attached import hold
from triptych.store.history.search import order
from triptych.store.saved import Drawn, Removed, SavedDocument, Slot
from triptych.store.values import Record

Kind = TypeVar("Kind", bound=SavedDocument)


class Documents(Generic[Kind]):
    """Those of one ``table`` by owner; others' do not exist. Raises DatabaseDown as the journal does.

    ``of_one`` are the tables that hold more of one of them: its places, at least.
    """

    def __init__(
        self, database: Database, table: Table, kind: type[Kind], of_one: tuple[Table, ...] = (cells,)
    ) -> None:
        self._database = database
        self._table = table
        self._kind = kind
        self._of_one = (table, *of_one)

    def save(
        self,
        owner: str,
        name: str,
        document: Mapping[str, Any],
        id: str | None = None,  # noqa: A002
        kept: Iterable[Attachment] = (),
    ) -> str:
        """Keep a new one, or change the owner's own of that id; gives the id. Raises KeyError for someone else's.

        A new batch holds the bytes of what it ``kept``, which are in the store.
        """
        at, known = stamp(now()), id or uuid.uuid4().hex
        with self._database.write() as connection:
            row = {"id": known, "owner": owner, "name": name, "created": at, "changed": at, "document": text(document)}
            if id is None:
                connection.execute(insert(self._table).values(**row))
                hold(connection, known, kept)
            else:
                changed = {"name": name, "changed": at, "document": row["document"]}
                if connection.execute(update(self._table).where(*self._own(owner, id)).values(**changed)).rowcount != 1:
                    raise KeyError(id)
        return known

    def rename(self, owner: str, id: str, name: str) -> None:  # noqa: A002
        """Give the owner's own of that id another name; nothing happens where it is gone."""
        with self._database.write() as connection:
            connection.execute(update(self._table).where(*self._own(owner, id)).values(name=name))

    def has(self, owner: str, id: str) -> bool:  # noqa: A002
        """Whether the owner has one of that id."""
        with self._database.read() as connection:
            return connection.execute(select(self._table.c.id).where(*self._own(owner, id))).first() is not None

    def get(self, owner: str, id: str) -> Kind | None:  # noqa: A002
        """The owner's own of that id."""
        return self._one(*self._own(owner, id))

    def of_anyone(self, id: str) -> Kind | None:  # noqa: A002
        """The one of that id, whoever's it is: for a process's own work, never for a page."""
        return self._one(self._table.c.id == id)

    def every(self, owner: str) -> tuple[Kind, ...]:
        """All of the owner's, the last changed first."""
        table = self._table
        newest = select(table).where(table.c.owner == owner).order_by(table.c.changed.desc())
        with self._database.read() as connection:
            return tuple(self._saved(row) for row in connection.execute(newest).mappings())

    def titles(self, owner: str, most: int) -> tuple[SavedDocument, ...]:
        """So many of the owner's, the last changed first, without what they hold."""
        table = self._table
        heads = select(*(column for column in table.c if column.name != "document"))
        newest = heads.where(table.c.owner == owner).order_by(table.c.changed.desc()).limit(most)
        with self._database.read() as connection:
            rows = connection.execute(newest).mappings().all()
        return tuple(SavedDocument(**_head(row), document={}) for row in rows)

    def delete(self, owner: str, id: str) -> Removed | None:  # noqa: A002
        """Remove the owner's own with all that is of it; the images stay in history. Gives what undoes it."""
        with self._database.write() as connection:
            if not connection.execute(select(self._table.c.id).where(*self._own(owner, id))).first():
                return None
            kept = []
            for table in self._of_one:
                name = "id" if table is self._table else "ticket" if table is attachments else "experiment"
                of_it = table.c[name] == id
                rows = connection.execute(select(table).where(of_it)).mappings()
                kept.append((table.name, tuple(dict(row) for row in rows)))
                connection.execute(delete(table).where(of_it))
        return Removed(tuple(kept))

    def restore(self, removed: Removed) -> None:
        """Bring back what ``delete`` removed."""
        tables = {table.name: table for table in self._of_one}
        with self._database.write() as connection:
            for name, rows in removed.rows:
                for row in rows:
                    connection.execute(insert_or_skip(connection, tables[name]), row)

    def place(self, id: str, tickets: Mapping[Slot, str]) -> None:  # noqa: A002
        """Note which run fills which place; a later one takes the place of an earlier."""
        at = stamp(now())
        rows = [
            {"experiment": id, "cell": cell, "repeat": repeat, "ticket": ticket, "created": at}
            for (cell, repeat), ticket in tickets.items()
        ]
        with self._database.write() as connection:
            if rows:
                connection.execute(upsert(connection, cells, rows[0], ("experiment", "cell", "repeat")), rows)

    def tickets(self, id: str) -> dict[Slot, str]:  # noqa: A002
        """The ticket of every place that was ever filled."""
        with self._database.read() as connection:
            rows = connection.execute(select(cells).where(cells.c.experiment == id)).mappings()
            return {(row["cell"], row["repeat"]): row["ticket"] for row in rows}

    def fingerprints(self, owner: str, engine: str, wanted: Sequence[str]) -> set[str]:
        """Those of the fingerprints of which the engine has done a drawing for the owner."""
        by, found = drawings.c, set()
        with self._database.read() as connection:
            for some in in_slices(wanted):
                mine = (by.owner == owner, by.engine == engine, by.status == "done", by.fingerprint.in_(some))
                found |= set(connection.execute(select(by.fingerprint).where(*mine).distinct()).scalars())
        return found

    def drawn(self, owner: str, tickets: Iterable[str]) -> dict[str, Drawn]:
        """How the owner's drawings of these tickets stand, without the unknown ones; pictures in the trash are none."""
        wanted = list(dict.fromkeys(tickets))
        with self._database.read() as connection:
            ids: list[str] = []
            rows: list[RowMapping] = []
            for some in in_slices(wanted):
                mine = (records.c.owner == owner, records.c.ticket.in_(some), records.c.sha256.is_not(None))
                chosen = select(records.c.id).where(*mine, records.c.trashed.is_(None)).order_by(*order("oldest"))
                ids += connection.execute(chosen).scalars().all()
                theirs = select(drawings).where(drawings.c.owner == owner, drawings.c.ticket.in_(some))
                rows += connection.execute(theirs).mappings().all()
            pictures: dict[str, list[Record]] = {}
            for record in read(connection, ids):
                pictures.setdefault(record.ticket, []).append(record)
        return {row["ticket"]: _drawn(row, pictures.get(row["ticket"], ())) for row in rows}

    def _own(self, owner: str, id: str) -> tuple[ColumnElement[bool], ...]:  # noqa: A002
        return self._table.c.id == id, self._table.c.owner == owner

    def _one(self, *wanted: ColumnElement[bool]) -> Kind | None:
        with self._database.read() as connection:
            row = connection.execute(select(self._table).where(*wanted)).mappings().first()
            return self._saved(row) if row else None

    def _saved(self, row: RowMapping) -> Kind:
        values = {**row, **_head(row), "document": json.loads(row["document"])}
        return self._kind(**values)


def _head(row: RowMapping) -> dict[str, Any]:
    head = {name: row[name] for name in ("id", "owner", "name")}
    return {**head, "created": moment(row["created"]), "changed": moment(row["changed"])}


def _drawn(row: RowMapping, pictures: Sequence[Record]) -> Drawn:
    error = (row["next_move"], row["message"]) if row["next_move"] else None
    return Drawn(row["ticket"], row["status"], row["run"], error, tuple(pictures))
