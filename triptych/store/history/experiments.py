"""Experiments as their owners saved them, which drawing filled which cell, and the votes on them."""

import json
import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, delete, insert, select, update

from triptych.store.db.database import Database, text
from triptych.store.db.rows import in_slices, read
from triptych.store.db.statements import insert_or_skip, lock, upsert
from triptych.store.db.tables import cells, drawings, experiments, records, votes
from triptych.store.db.units import moment, now, stamp
from triptych.store.history.search import order
from triptych.store.values import Ballot, Drawn, Record, Removed, SavedExperiment, Slot

LINK_BYTES = 18  # of chance in a voting link


OF_ONE: tuple[Table, ...] = (experiments, cells, votes)


class Experiments:
    """Experiments by owner; others' do not exist, but for who holds a link. Raises DatabaseDown as the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, owner: str, name: str, document: Mapping[str, Any], id: str | None = None) -> str:  # noqa: A002
        """Keep a new one, or change the owner's own of that id; gives the id. Raises KeyError for someone else's."""
        at, known = stamp(now()), id or uuid.uuid4().hex
        with self._database.write() as connection:
            row = {"id": known, "owner": owner, "name": name, "created": at, "changed": at, "document": text(document)}
            if id is None:
                connection.execute(insert(experiments).values(**row))
            else:
                changed = {"name": name, "changed": at, "document": row["document"]}
                if connection.execute(update(experiments).where(*_own(owner, id)).values(**changed)).rowcount != 1:
                    raise KeyError(id)
        return known

    def get(self, owner: str, id: str) -> SavedExperiment | None:  # noqa: A002
        """The owner's experiment of that id."""
        return self._one(*_own(owner, id))

    def every(self, owner: str) -> tuple[SavedExperiment, ...]:
        """All of the owner's, the last changed first."""
        newest = select(experiments).where(experiments.c.owner == owner).order_by(experiments.c.changed.desc())
        with self._database.read() as connection:
            return tuple(_saved(row) for row in connection.execute(newest).mappings())

    def share(self, owner: str, id: str, *, on: bool = True) -> str | None:  # noqa: A002
        """Make a link by which anyone may vote, or take it back; gives its token. An old one never works again."""
        link = secrets.token_urlsafe(LINK_BYTES) if on else None
        with self._database.write() as connection:
            if connection.execute(update(experiments).where(*_own(owner, id)).values(link=link)).rowcount != 1:
                raise KeyError(id)
        return link

    def by_link(self, link: str) -> SavedExperiment | None:
        """The experiment whose voting link this is."""
        return self._one(experiments.c.link == link) if link else None

    def delete(self, owner: str, id: str) -> Removed | None:  # noqa: A002
        """Remove the owner's experiment, its cells and votes; the pictures stay in history. Gives what undoes it."""
        with self._database.write() as connection:
            if not connection.execute(select(experiments.c.id).where(*_own(owner, id))).first():
                return None
            kept = []
            for table in OF_ONE:
                of_it = _key(table) == id
                kept.append(
                    (table.name, tuple(dict(r) for r in connection.execute(select(table).where(of_it)).mappings()))
                )
                connection.execute(delete(table).where(of_it))
        return Removed(tuple(kept))

    def restore(self, removed: Removed) -> None:
        """Bring back what ``delete`` removed."""
        tables = {table.name: table for table in OF_ONE}
        with self._database.write() as connection:
            for name, rows in removed.rows:
                for row in rows:
                    connection.execute(insert_or_skip(connection, tables[name]), row)

    def place(self, id: str, tickets: Mapping[Slot, str]) -> None:  # noqa: A002
        """Note which drawing fills which cell; a later one takes the place of an earlier."""
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

    def vote(self, id: str, voter: str, left: str, right: str, verdict: str) -> str:  # noqa: A002
        """Keep a vote; gives its id, by which it can be taken back. A voter's first vote on two places is the one.

        Whoever asks at the same time, in whatever process, gets that one too.
        """
        name, by = uuid.uuid4().hex, votes.c
        row = {"experiment": id, "voter": voter, "left": left, "right": right, "verdict": verdict}
        of_pair = (by.experiment == id, by.voter == voter, by.left.in_((left, right)), by.right.in_((left, right)))
        with self._database.write() as connection:
            lock(connection, f"triptych votes {id} {voter}")
            if given := connection.execute(select(by.id).where(*of_pair)).scalar():
                return str(given)
            connection.execute(insert(votes).values(id=name, **row, created=stamp(now())))
        return name

    def unvote(self, voter: str, vote: str) -> None:
        """Take back a vote of one's own."""
        with self._database.write() as connection:
            connection.execute(delete(votes).where(votes.c.id == vote, votes.c.voter == voter))

    def ballots(self, id: str) -> tuple[Ballot, ...]:  # noqa: A002
        """All votes, the oldest first."""
        oldest = select(votes).where(votes.c.experiment == id).order_by(votes.c.created, votes.c.id)
        with self._database.read() as connection:
            return tuple(_ballot(row) for row in connection.execute(oldest).mappings())

    def _one(self, *wanted: ColumnElement[bool]) -> SavedExperiment | None:
        with self._database.read() as connection:
            row = connection.execute(select(experiments).where(*wanted)).mappings().first()
            return _saved(row) if row else None


def _own(owner: str, id: str) -> tuple[ColumnElement[bool], ...]:  # noqa: A002
    return experiments.c.id == id, experiments.c.owner == owner


def _key(table: Table) -> ColumnElement[str]:
    return table.c.id if table is experiments else table.c.experiment


def _saved(row: RowMapping) -> SavedExperiment:
    return SavedExperiment(
        id=row["id"],
        owner=row["owner"],
        name=row["name"],
        created=moment(row["created"]),
        changed=moment(row["changed"]),
        document=json.loads(row["document"]),
        link=row["link"],
    )


def _drawn(row: RowMapping, pictures: Sequence[Record]) -> Drawn:
    error = (row["next_move"], row["message"]) if row["next_move"] else None
    return Drawn(row["ticket"], row["status"], row["run"], error, tuple(pictures))


def _ballot(row: RowMapping) -> Ballot:
    left, right, verdict = row["left"], row["right"], row["verdict"]
    return Ballot(row["id"], row["voter"], left, right, verdict, moment(row["created"]))
