"""Many requests as one run, by a list that knows nothing of grids: promised together, each drawn once."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest

from triptych.budget import Budget
from triptych.client import ImageClient, Pace
from triptych.engine.serve import Engine
from triptych.errors import OverBudget
from triptych.jobs import Jobs
from triptych.many import Many, Place, Runs, Started, Status, status_of
from triptych.pricing import Estimate, estimate
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Caps, Store
from triptych.store.history.experiments import Experiments
from triptych.studio import Studio, engine_of
from triptych.timing import Seconds, expected

PATIENCE = 60.0  # seconds
ONE = ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024", quality="low")
ROWS = {(f"row{number}", 0): replace(ONE, prompt=f"square {number}") for number in range(3)}


@dataclass(frozen=True)
class Row:
    place: Place
    status: Status
    ticket: str | None
    cost: Estimate
    should: Seconds
    dollars: Decimal | None = None
    seconds: float | None = None


class Rows(Runs[Row]):
    """A list of requests: the least that anyone who has many of them writes."""

    @property
    def states(self) -> tuple[Row, ...]:
        return tuple(self._row(place) for place in self.requests)

    def _row(self, place: Place) -> Row:
        request, job, known = self.requests[place], self.job(place), self.known(place)
        status: Status = status_of(job) if job else "done" if known and known.status == "done" else "missing"
        ticket = job.ticket if job else known.ticket if known else None
        return Row(place, status, ticket, estimate(request, self.server), expected(request))


class Process:
    """What a process has, on the records below ``folder``."""

    def __init__(self, folder: Path, engine: Engine, day: Decimal | None = None) -> None:
        self.store = Store(folder / "images", caps=Caps(day=day))
        self.jobs = Jobs()
        studio = Studio(self.store, Budget(self.store, {"day": day} if day else {}))
        self.many = Many(self.jobs, studio, lambda: Experiments(self.store.database))
        self.client = ImageClient(Account(engine.base_url, engine.token, server=LIKE_OPENAI), Pace(4), seed=1)
        self.rows = Rows("rows", "local", "batch", LIKE_OPENAI, engine_of(self.client.account), requests=ROWS)

    def ran(self, places: tuple[Place, ...] | None = None) -> Started:
        started = self.many.start(self.rows, self.client, places)
        until = time.monotonic() + PATIENCE
        while self.rows.running:
            assert time.monotonic() < until
            self.rows.wait(self.rows.version, 0.5)
        return started

    def end(self) -> None:
        self.jobs.drain(PATIENCE)
        asyncio.run_coroutine_threadsafe(self.client.aclose(), self.jobs._loop).result(PATIENCE)
        self.store.close()


@pytest.fixture
def process(tmp_path: Path, engine: Engine) -> Iterator[Process]:
    made = Process(tmp_path, engine)
    yield made
    made.end()


def statuses(rows: Rows) -> list[Status]:
    return [row.status for row in rows.states]


def test_what_failed_is_retried_alone_with_another_ticket(process: Process, engine: Engine) -> None:
    engine.faults.plan("moderation_input", times=1)

    assert Started(3) == process.ran()
    failed = process.rows.places("failed")
    (before,) = [row.ticket for row in process.rows.states if row.place in failed]

    assert Started(1) == process.ran(failed)
    assert ["done"] * 3 == statuses(process.rows)
    assert before not in [ticket for _, ticket in process.rows.tickets()]
    assert 4 == len(engine.log)


def test_another_process_draws_none_of_it_again(process: Process, tmp_path: Path, engine: Engine) -> None:
    process.ran()
    other = Process(tmp_path, engine)

    assert Started() == other.ran()
    other.end()

    assert ["done"] * 3 == statuses(other.rows)
    assert 3 == len(engine.log)


def test_all_of_it_is_promised_or_none_of_it_is_sent(tmp_path: Path, engine: Engine) -> None:
    whole = estimate(ONE, LIKE_OPENAI).most
    assert whole
    process = Process(tmp_path, engine, day=whole * Decimal("2.5"))

    with pytest.raises(OverBudget) as refused:
        process.ran()

    assert (2, 0, ["missing"] * 3) == (refused.value.fits, len(engine.log), statuses(process.rows))
    process.ran(process.rows.places()[: refused.value.fits])
    process.end()
    assert ["done", "done", "missing"] == statuses(process.rows)
