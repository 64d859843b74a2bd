"""What a process that runs batches has, on records that it shares with others."""

import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from triptych.batch import lines
from triptych.batch.batch import Batch, BatchInput
from triptych.batch.batches import Batches
from triptych.budget import Budget
from triptych.client import ImageClient, Pace
from triptych.jobs import Jobs
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Caps, Store
from triptych.studio import Studio, engine_of

BASE = ImageRequest(model="gpt-image-2", prompt="", size="1024x1024", quality="low")
PATIENCE = 60.0  # seconds


def of_prompts(*prompts: str) -> BatchInput:
    """A batch of one prompt a line."""
    return BatchInput(lines("\n".join(prompts)), "", BASE, name="A batch")


def finished(batch: Batch) -> Batch:
    """Once nothing of it runs; something of it must happen now and then."""
    version, until = batch.version, time.monotonic() + PATIENCE
    while batch.running:
        assert time.monotonic() < until
        batch.wait(version, 0.5)
        if batch.version != version:
            version, until = batch.version, time.monotonic() + PATIENCE
    return batch


def statuses(batch: Batch) -> list[str]:
    return [state.status for state in batch.states]


class Process:
    """Its batches on the records below ``folder``, and a client that has ``flying`` requests in flight."""

    def __init__(self, folder: Path, base_url: str, flying: int = 2, **dollars: str) -> None:
        caps = {kind: Decimal(amount) for kind, amount in dollars.items()}
        self.store = Store(folder / "images", caps=Caps(**caps))
        self.jobs = Jobs()
        self.studio = Studio(self.store, Budget(self.store, caps))
        self.batches = Batches(self.jobs, self.studio)
        self.account = Account(base_url, "sk-test", server=LIKE_OPENAI)
        self.client = ImageClient(self.account, Pace(flying), seed=1)

    def keep(self, made_of: BatchInput) -> Batch:
        return self.batches.keep("local", made_of, made_of.plan(LIKE_OPENAI), self.account)

    def start(self, batch: Batch, *rows: Any, **how: Any) -> Batch:
        self.batches.start(batch, self.client, *rows, **how)
        return batch

    def ran(self, batch: Batch, *rows: Any, **how: Any) -> Batch:
        return finished(self.start(batch, *rows, **how))

    def client_at(self, engine: str) -> ImageClient | None:
        return self.client if engine == engine_of(self.account) else None

    def end(self) -> None:
        self.jobs.drain(PATIENCE)
        self.jobs.run(self.client.aclose()).result(PATIENCE)
        self.store.close()
