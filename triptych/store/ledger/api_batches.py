"""Batches of the Batch API as the records know them: journalled before they are asked for, followed until they end."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from triptych.errors import GivenBack
from triptych.request import ImageRequest
from triptych.store.db.database import Database, text
from triptych.store.db.rows import in_slices
from triptych.store.db.statements import upsert
from triptych.store.db.tables import api_batches, api_files, api_lines, drawings
from triptych.store.db.units import moment, stamp
from triptych.store.ledger.presence import me

FOR_GOOD = ("refused", "lost")  # how one ends of which there is nothing at the server that is known here
TIMES = ("created", "posted", "looked", "ended", "cleaned")


@dataclass(frozen=True, kw_only=True)
class ApiBatch:
    """One batch: what was asked of whom, and how it stands.

    ``status`` is "preparing" before it is asked for, "creating" while nobody knows whether the server made it, then
    what the server says of it (`triptych.client.batches.STATUSES`); at the end "refused" where it was not made, "lost"
    where that was never known. ``run`` names what one click began. ``remote`` is its id at the server. ``wrong`` says
    what is wrong with which line, from 1, None for the whole. ``trouble`` is why the last look at it failed. ``ended``
    is when its last line was settled, ``cleaned`` when its files were removed from the server, which ``cleans`` asks
    for. ``charged`` is False where nothing is ever billed. The counts are the server's.
    """

    id: str
    owner: str
    run: str
    page: str
    engine: str
    base_url: str
    server: str
    public_only: bool
    charged: bool
    model: str
    endpoint: str
    lines: int
    created: datetime
    status: str = "preparing"
    remote: str | None = None
    input_file: str | None = None
    output_file: str | None = None
    error_file: str | None = None
    completed: int = 0
    failed: int = 0
    wrong: tuple[tuple[int | None, str], ...] = ()
    trouble: str | None = None
    posted: datetime | None = None
    looked: datetime | None = None
    ended: datetime | None = None
    cancelling: bool = False
    cleans: bool = False
    cleaned: datetime | None = None


@dataclass(frozen=True)
class ApiLine:
    """One line of a batch: its number from 1, its drawing, how that stands, and what is asked."""

    number: int
    ticket: str
    status: str
    request: ImageRequest


class ApiBatches:
    """Batches of the Batch API by owner. Every method raises DatabaseDown in words."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, batches: Mapping[ApiBatch, Sequence[str]]) -> None:
        """Make lines of drawings that were opened here: their tickets in the order of the lines, by batch.

        From here on no process's end ends them. Raises GivenBack where one of them is not this process's any more.
        """
        mine = (drawings.c.status == "queued", drawings.c.process == me())
        with self._database.write() as connection:
            for batch, tickets in batches.items():
                for some in in_slices(tickets):
                    taken = update(drawings).where(drawings.c.ticket.in_(some), *mine).values(status="batched")
                    if connection.execute(taken).rowcount != len(some):
                        raise GivenBack("The run was given back before it became a batch. It was not sent.")
                connection.execute(insert(api_batches).values(**_row(vars(batch))))
                lines = [{"batch": batch.id, "line": at, "ticket": one} for at, one in enumerate(tickets, 1)]
                connection.execute(insert(api_lines), lines)

    def note(self, batch: ApiBatch, **changed: Any) -> ApiBatch:
        """Write down what is different now; gives the batch as it is then."""
        with self._database.write() as connection:
            connection.execute(update(api_batches).where(api_batches.c.id == batch.id).values(**_row(changed)))
        return replace(batch, **changed)

    def posting(self, batch: ApiBatch, at: datetime) -> ApiBatch | None:
        """Note that it is asked for now, once: None where that was noted before, and then it must not be."""
        first = (api_batches.c.id == batch.id, api_batches.c.status == "preparing", api_batches.c.cancelling.is_(False))
        with self._database.write() as connection:
            noted = update(api_batches).where(*first).values(status="creating", posted=stamp(at))
            if connection.execute(noted).rowcount != 1:
                return None
        return replace(batch, status="creating", posted=at)

    def get(self, id: str, owner: str | None = None) -> ApiBatch | None:  # noqa: A002
        """The batch of that id, of that owner."""
        whose = () if owner is None else (api_batches.c.owner == owner,)
        return next(iter(self._some(api_batches.c.id == id, *whose)), None)

    def every(self, owner: str, run: str | None = None) -> tuple[ApiBatch, ...]:
        """All of an owner, the newest first; of one run, where it is named by how it begins."""
        of_run = () if run is None else (api_batches.c.run.startswith(run, autoescape=True),)
        return self._some(api_batches.c.owner == owner, *of_run)

    def unfinished(self) -> tuple[ApiBatch, ...]:
        """Those of all owners of which something is still to be done."""
        uncleaned = (api_batches.c.cleans.is_(True)) & (api_batches.c.cleaned.is_(None))
        return self._some(or_(api_batches.c.ended.is_(None), uncleaned))

    def _some(self, *wanted: Any) -> tuple[ApiBatch, ...]:
        chosen = select(api_batches).where(*wanted).order_by(api_batches.c.created.desc(), api_batches.c.id)
        with self._database.read() as connection:
            return tuple(map(_batch, connection.execute(chosen).mappings()))

    def lines(self, batch: ApiBatch) -> Iterator[ApiLine]:
        """Its lines in their order."""
        last = 0
        while True:
            with self._database.read() as connection:
                rows = connection.execute(_lines(batch.id).where(api_lines.c.line > last).limit(SLICE)).mappings().all()
            yield from map(_line, rows)
            if len(rows) < SLICE:
                return
            last = rows[-1]["line"]

    def line(self, batch: ApiBatch, ticket: str) -> ApiLine | None:
        """The line of that drawing."""
        with self._database.read() as connection:
            row = connection.execute(_lines(batch.id).where(api_lines.c.ticket == ticket)).mappings().first()
        return _line(row) if row else None

    def uploaded(self, run: str) -> dict[str, str]:
        """The ids of the images that were uploaded for a run, by SHA-256."""
        with self._database.read() as connection:
            return _uploaded(connection, run)

    def upload(self, run: str, sha256: str, file: str) -> None:
        """Note the id of an uploaded image."""
        row = {"run": run, "sha256": sha256, "file": file}
        with self._database.write() as connection:
            connection.execute(upsert(connection, api_files, row, ("run", "sha256")), row)


SLICE = 500  # lines that are read at a time


def _uploaded(connection: Connection, run: str) -> dict[str, str]:
    rows = connection.execute(select(api_files.c.sha256, api_files.c.file).where(api_files.c.run == run))
    return {row.sha256: row.file for row in rows}


def _lines(batch: str) -> Any:
    chosen = select(api_lines.c.line, api_lines.c.ticket, drawings.c.status, drawings.c.request)
    joined = chosen.join(drawings, drawings.c.ticket == api_lines.c.ticket)
    return joined.where(api_lines.c.batch == batch).order_by(api_lines.c.line)


def _line(row: RowMapping) -> ApiLine:
    return ApiLine(row["line"], row["ticket"], row["status"], ImageRequest.from_json(json.loads(row["request"])))


def _row(changed: Mapping[str, Any]) -> dict[str, Any]:
    times = {name: stamp(changed[name]) for name in TIMES if changed.get(name) is not None}
    wrong = {"wrong": text(changed["wrong"])} if "wrong" in changed else {}
    return {**changed, **times, **wrong}


def _batch(row: RowMapping) -> ApiBatch:
    told = {field.name: row[field.name] for field in fields(ApiBatch)}
    times = {name: moment(row[name]) for name in TIMES if row[name] is not None}
    return ApiBatch(**{**told, **times, "wrong": tuple((line, said) for line, said in json.loads(row["wrong"]))})
