"""Grids under test, on the demo engine over a real socket."""

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from triptych.budget import Budget
from triptych.client import ImageClient, Pace
from triptych.engine.serve import Engine
from triptych.experiment import Axis, Experiment, Grid, Grids
from triptych.jobs import Jobs
from triptych.many import Place
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Caps, Store
from triptych.studio import Studio

BASE = ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024", quality="low")
SIX = Experiment(
    "Six", BASE, (Axis("model", ("gpt-image-2", "gpt-image-2.5-flare")), Axis("quality", ("low", "medium", "high")))
)
PATIENCE = 60.0  # seconds


class Process:
    """What a process has: its grids on the records below ``folder``, and a client that draws four at a time."""

    def __init__(self, folder: Path, engine: Engine, **dollars: str) -> None:
        caps = {kind: Decimal(amount) for kind, amount in dollars.items()}
        self.store = Store(folder / "images", caps=Caps(**caps))
        self.jobs = Jobs()
        self.grids = Grids(self.jobs, Studio(self.store, Budget(self.store, caps)))
        self.account = Account(engine.base_url, engine.token, server=LIKE_OPENAI)
        self.client = ImageClient(self.account, Pace(4), seed=1)

    def keep(self, experiment: Experiment) -> Grid:
        return self.grids.keep("local", experiment, self.account)

    def ran(self, grid: Grid, places: tuple[Place, ...] | None = None, **how: Any) -> Grid:
        self.grids.start(grid, self.client, places, **how)
        return finished(grid)

    def end(self) -> None:
        self.jobs.drain(PATIENCE)
        self.jobs.run(self.client.aclose()).result(PATIENCE)
        self.store.close()


Begin = Callable[..., Process]


@pytest.fixture
def begin(tmp_path: Path, engine: Engine) -> Iterator[Begin]:
    """Begins processes that share the test's own records."""
    begun: list[Process] = []

    def process(**dollars: str) -> Process:
        begun.append(Process(tmp_path, engine, **dollars))
        return begun[-1]

    yield process
    for each in begun:
        each.end()


@pytest.fixture
def process(begin: Begin) -> Process:
    return begin()


def finished(grid: Grid) -> Grid:
    """Once nothing of it runs."""
    until = time.monotonic() + PATIENCE
    while grid.running:
        assert time.monotonic() < until
        grid.wait(grid.version, 0.5)
    return grid


def statuses(grid: Grid) -> list[str]:
    return [state.status for state in grid.states]
