"""A process that runs rows at half price, and the rows it runs, for tests and for a process that dies."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from triptych.batch.half_price import ApiBatch, HalfPrice
from triptych.budget import Budget
from triptych.client import ImageClient, Pace
from triptych.engine.serve import Engine
from triptych.inputs import Attachment
from triptych.jobs import Jobs
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Caps, Query, Record, Store
from triptych.studio import Studio

PATIENCE = 60.0  # seconds a test waits for anything
ONE = ImageRequest(
    model="gpt-image-2", prompt="a red square", size="1024x640", quality="low", output_format="jpeg", stream=True
)


class Process:
    """What a process has, on the records below ``folder``; it looks again at once."""

    def __init__(self, folder: Path, engine: Engine, day: Decimal | None = None, patience: float = 600.0) -> None:
        self.store = Store(folder / "images", caps=Caps(day=day))
        self.jobs = Jobs()
        self.studio = Studio(self.store, Budget(self.store, {"day": day} if day else {}))
        self.account = Account(engine.base_url, engine.token, server=LIKE_OPENAI)
        self.clients: list[ImageClient] = []
        self.half = HalfPrice(self.jobs, self.studio, self.client, soonest=0.0, patience=patience)

    def client(self, account: Account) -> ImageClient:
        self.clients.append(ImageClient(account, Pace(4), seed=1))
        return self.clients[-1]

    def submit(self, requests: Mapping[str, ImageRequest], **more: Any) -> tuple[ApiBatch, ...]:
        return self.half.submit(self.account, requests, **{"owner": "local", "run": "run.1", **more})

    def until(self, true: Callable[[tuple[ApiBatch, ...]], bool]) -> tuple[ApiBatch, ...]:
        """The batches once that is true of them."""
        end = time.monotonic() + PATIENCE
        while not true(batches := self.half.every("local")):
            assert time.monotonic() < end, batches
            with self.half.news:
                version = self.half.news.version
                self.half.news.wait_for(lambda: self.half.news.version > version, 0.5)  # noqa: B023 - used here
        return batches

    def ended(self) -> tuple[ApiBatch, ...]:
        return self.until(lambda batches: all(batch.ended for batch in batches))

    def statuses(self, requests: Mapping[str, ImageRequest]) -> Counter[str]:
        return Counter(self.store.journal.statuses(list(requests)).values())

    def records(self) -> list[Record]:
        return list(self.store.history.search("local", Query(), size=1000).records)

    def end(self) -> None:
        self.half.close()
        for client in self.clients:
            asyncio.run_coroutine_threadsafe(client.aclose(), self.jobs._loop).result(PATIENCE)
        self.store.close()


def rows(count: int, prompt: str = "square {}") -> dict[str, ImageRequest]:
    return {f"ticket{number}": replace(ONE, prompt=prompt.format(number)) for number in range(count)}


def posts(engine: Engine, path: str = "/v1/batches") -> int:
    return sum(entry.method == "POST" and entry.path == path for entry in engine.log)


def mixed(image: Attachment) -> dict[str, ImageRequest]:
    """200 rows, 40 of which are edits and 10 of which fail."""
    requests = {f"row{number}": replace(ONE, prompt=f"square {number % 4}") for number in range(150)}
    requests |= {f"edit{number}": replace(ONE, prompt=f"dot {number % 2}", images=(image,)) for number in range(40)}
    return requests | {f"bad{number}": replace(ONE, prompt="[fault:moderation_input] x") for number in range(10)}
