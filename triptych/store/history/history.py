"""What was made, for its owner to find, rate, reuse and throw away; other owners' records do not exist."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from triptych.inputs import Attachment
from triptych.request import ImageRequest
from triptych.store.db.database import Database
from triptych.store.db.rows import emptied, in_slices, owned, read
from triptych.store.db.statements import insert_or_skip, lock_bytes
from triptych.store.db.tables import attachments, drawings, records, tags
from triptych.store.db.units import moment, now, stamp
from triptych.store.files.images import Files
from triptych.store.files.names import Stored
from triptych.store.history import learned, lineage
from triptych.store.history import spending as spendings
from triptych.store.history.attached import is_mine, is_named, loosened
from triptych.store.history.search import conditions, order
from triptych.store.ledger.receipts import purged
from triptych.store.values import LOCAL, Choices, Found, Query, Record, Spending

LONGEST_TAG = 100  # characters
LONGEST_NOTE = 10_000


class History:
    """Records by owner. Times are UTC; ids that are not the owner's are left alone as if there were none."""

    def __init__(self, database: Database, files: Files) -> None:
        self._database = database
        self._files = files

    def search(self, owner: str, query: Query = Query(), page: int = 1, size: int = 24) -> Found:  # noqa: B008
        """Page number ``page`` (from 1) of ``size`` records that the query finds."""
        with self._database.read() as connection:
            wanted = tuple(conditions(connection, owner, query))
            total = connection.execute(select(func.count()).select_from(records).where(*wanted)).scalar_one()
            ids = select(records.c.id).where(*wanted).order_by(*order(query.sort))
            chosen = connection.execute(ids.limit(size).offset(max(page - 1, 0) * size)).scalars().all()
            return Found(read(connection, chosen), total)

    def get(self, owner: str, id: str) -> Record | None:  # noqa: A002 - the field's own name
        """The owner's record of that id, trashed or not."""
        with self._database.read() as connection:
            return next(iter(read(connection, owned(connection, owner, [id]))), None)

    def read(self, owner: str, ids: Iterable[str]) -> Iterator[Record]:
        """The owner's records of these ids, in their order, so many at a time as one statement takes."""
        for some in in_slices(list(ids)):
            with self._database.read() as connection:
                mine = set(owned(connection, owner, some))
                found = read(connection, [each for each in some if each in mine])
            yield from found

    def every(self, owner: str, query: Query) -> Iterator[Record]:
        """All records that the query finds, a few at a time: their ids are looked up once."""
        with self._database.read() as connection:
            wanted = tuple(conditions(connection, owner, query))
            ids = connection.execute(select(records.c.id).where(*wanted).order_by(*order(query.sort))).scalars().all()
        yield from self.read(owner, ids)

    def latest(self, owner: str, page_name: str, n: int, ticket: str | None = None) -> tuple[Record, ...]:
        """The newest ``n`` records of what was drawn on a page, by that ``ticket`` alone, and is not in the trash."""
        of_page = [records.c.owner == owner, records.c.page == page_name, records.c.trashed.is_(None)]
        if ticket is not None:
            of_page.append(records.c.ticket == ticket)
        of_page.append(records.c.engine != LOCAL)
        with self._database.read() as connection:
            ids = select(records.c.id).where(*of_page).order_by(*order("newest")).limit(n)
            return read(connection, connection.execute(ids).scalars().all())

    def rate(self, owner: str, ids: Iterable[str], n: int) -> None:
        """Give 1 to 5 stars, or 0 for none."""
        if n not in range(6):
            raise ValueError(f"a rating is 0 to 5, not {n}")
        self._set(owner, ids, rating=n)

    def favourite(self, owner: str, ids: Iterable[str], flag: bool) -> None:
        """Mark as favourite, or not."""
        self._set(owner, ids, favourite=flag)

    def note(self, owner: str, id: str, text: str) -> None:  # noqa: A002
        """Keep a note on a record."""
        self._set(owner, [id], note=text[:LONGEST_NOTE])

    def trash(self, owner: str, ids: Iterable[str]) -> None:
        """Put into the trash, from where `restore` brings it back."""
        self._set(owner, ids, records.c.trashed.is_(None), trashed=stamp(now()))

    def restore(self, owner: str, ids: Iterable[str]) -> None:
        """Bring back from the trash."""
        self._set(owner, ids, trashed=None)

    def tag(self, owner: str, ids: Iterable[str], add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Add and remove tags; white space around one is no part of it."""
        with self._database.write() as connection:
            for each in owned(connection, owner, ids):
                for name in filter(None, (word.strip()[:LONGEST_TAG] for word in add)):
                    row = {"record": each, "tag": name, "owner": owner}
                    connection.execute(insert_or_skip(connection, tags), row)
                if remove:
                    connection.execute(delete(tags).where(tags.c.record == each, tags.c.tag.in_(remove)))

    def purge(self, owner: str, ids: Iterable[str] | None = None, older_than: timedelta | None = None) -> int:
        """Remove for good what is in the trash: these ids, or what has been there for longer; gives how many.

        Bytes go when no record of any owner names them; of a drawing that has no record left, what was asked goes
        too, and what it cost stays. Raises NotSaved where a file cannot be removed.
        """
        gone = [records.c.owner == owner, records.c.trashed.is_not(None)]
        if older_than is not None:
            gone.append(records.c.trashed < stamp(now() - older_than))
        with self._database.write() as connection:
            if ids is not None:
                gone.append(records.c.id.in_(owned(connection, owner, ids)))
            of_drawing = (drawings.c.charged, drawings.c.imported)
            both = records.join(drawings, drawings.c.ticket == records.c.ticket)
            found = select(records, *of_drawing).select_from(both).where(*gone)
            rows = connection.execute(found).mappings().all()
            for some in in_slices([row["id"] for row in rows]):
                connection.execute(delete(tags).where(tags.c.record.in_(some)))
                connection.execute(delete(records).where(records.c.id.in_(some)))
            loose: list[Any] = []
            for some in in_slices([row["ticket"] for row in rows]):
                loose += connection.execute(loosened(some).returning(*attachments.c)).mappings().all()
                connection.execute(emptied(some))
        self._forget([row for row in rows if row["sha256"]])
        self._forget_bytes(loose)
        return len(rows)

    def choices(self, owner: str) -> Choices:
        """What the owner's records differ in."""
        with self._database.read() as connection:
            by = records.c
            kinds = select(by.model, by.quality, by.size, by.engine).distinct().where(by.owner == owner)
            told = select(tags.c.tag).distinct().where(tags.c.owner == owner)
            rows = connection.execute(kinds).all()
            models, qualities, sizes, engines = (tuple(sorted({row[at] for row in rows})) for at in range(4))
            return Choices(models, qualities, sizes, engines, tuple(sorted(connection.execute(told).scalars())))

    def digests(self) -> frozenset[str]:
        """The SHA-256 of every picture that a record or an edit of any owner names."""
        with self._database.read() as connection:
            named = select(records.c.sha256).where(records.c.sha256.is_not(None)).distinct()
            put_in = select(attachments.c.sha256).distinct()
            return frozenset([*connection.execute(named).scalars(), *connection.execute(put_in).scalars()])

    def release(self, inputs: Iterable[Attachment]) -> None:
        """Remove the bytes of these, unless a record or an edit names them; raises NotSaved."""
        names = {"sha256": "sha256", "format": "format", "width": "width", "height": "height", "bytes": "weight"}
        self._forget_bytes([{name: getattr(one, field) for name, field in names.items()} for one in inputs])

    def has(self, owner: str, sha256: str) -> bool:
        """Whether a picture of the owner, or an input of theirs, is of these bytes."""
        with self._database.read() as connection:
            return is_mine(connection, owner, sha256)

    def may_take(self, owner: str, sha256: str) -> bool:
        """Whether bytes that are here are the owner's, or nobody's any more."""
        with self._database.read() as connection:
            return is_mine(connection, owner, sha256) or not is_named(connection, sha256)

    def lineage(self, owner: str, id: str) -> tuple[tuple[Record, ...], tuple[Record, ...]]:  # noqa: A002
        """The owner's records that a picture was made from, and those that were made from it, at any remove."""
        with self._database.read() as connection:
            return lineage.lineage(connection, owner, id)

    def cached(self, owner: str, fingerprint: str, engine: str, ttl_seconds: float) -> tuple[Record, ...]:
        """The newest drawing done by that engine for an equal request, younger than that: all its pictures, else ().

        A drawing of which a picture is in the trash, purged or gone from the disk counts as none.
        """
        with self._database.read() as connection:
            found = learned.cached(connection, owner, fingerprint, engine, ttl_seconds)
        return found if all(each.stored and self._files.holds(each.stored) for each in found) else ()

    def seconds_like(self, owner: str, request: ImageRequest, engine: str | None = None) -> tuple[float, ...]:
        """Seconds of this owner's answers of that model, quality and size, of one engine or any, the newest last."""
        with self._database.read() as connection:
            return learned.seconds_like(connection, owner, request, engine)

    def learned(self, owner: str) -> dict[str, float]:
        """By tier ("model quality"), what runs of the last 90 days really cost, by the middle of their estimates."""
        with self._database.read() as connection:
            return learned.learned(connection, owner)

    def ratios_like(self, owner: str, model: str, quality: str) -> tuple[Decimal, ...]:
        """What each like drawing was charged, over the upper end of its estimate, the newest last."""
        with self._database.read() as connection:
            return learned.ratios_like(connection, owner, model, quality)

    def spending(
        self,
        owner: str,
        since: datetime,
        until: datetime,
        by: spendings.By = "day",
        *,
        charged: bool | None = None,
    ) -> tuple[Spending, ...]:
        """Money between two moments by day (of the caps' time zone), model, quality, tier or page, in order.

        ``charged`` narrows it to what was billed, or to what was not (the demo engine's).
        """
        with self._database.read() as connection:
            return spendings.spent(connection, owner, since, until).by(by, charged=charged)

    def spent(self, owner: str, since: datetime, until: datetime) -> spendings.Spent:
        """The same for any of these, with what came of it and how long it took, read once."""
        with self._database.read() as connection:
            return spendings.spent(connection, owner, since, until)

    def unsettled(self, owner: str, most: int) -> Found:
        """The newest of the records of runs that may have been charged, while nobody has said whether they were."""
        wanted = spendings.unsettled(owner)
        with self._database.read() as connection:
            total = connection.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
            newest = connection.execute(wanted.order_by(*order("newest")).limit(most)).scalars().all()
            return Found(read(connection, newest), total)

    def _set(self, owner: str, ids: Iterable[str], *only: ColumnElement[bool], **values: Any) -> None:
        with self._database.write() as connection:
            for some in in_slices(list(ids)):
                mine = (records.c.owner == owner, records.c.id.in_(some), *only)
                connection.execute(update(records).where(*mine).values(**values))

    def _forget_bytes(self, rows: Sequence[Any]) -> None:
        for row in rows:
            with self._database.write() as connection:
                lock_bytes(connection, [row["sha256"]])
                if not is_named(connection, row["sha256"]):
                    stored = Stored(*(row[name] for name in ("sha256", "format", "width", "height", "bytes")))
                    self._files.forget(stored)

    def _forget(self, rows: Sequence[Any]) -> None:
        self._forget_bytes(rows)
        for row in rows:
            purged(self._files, row)
            for later in (0, 1):  # it is filed under the day on which the answer came
                day = (moment(row["created"]) + timedelta(days=later)).date()
                self._files.forget_note(f"{row['ticket']}-{row['part']}-{row['position']}", f"{day}")
