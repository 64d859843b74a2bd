"""The studio under test, and what stands around it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.loops import ended
from triptych.budget import Budget
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.jobs import Job, Jobs
from triptych.request import ImageRequest
from triptych.results import Event
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Store
from triptych.store.db.tables import drawings
from triptych.studio import Order, Studio

REQUEST = ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024", quality="low", n=2)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    store = Store(tmp_path / "images")
    yield Studio(store, Budget(store, {}))
    store.close()


@pytest.fixture
async def client(engine: Engine) -> AsyncIterator[ImageClient]:
    client = ImageClient(Account(engine.base_url, engine.token, server=LIKE_OPENAI))
    yield client
    await client.aclose()


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs()
    yield made
    ended(made)


async def drawn(
    studio: Studio, client: ImageClient, request: ImageRequest = REQUEST, ticket: str = "t", **how: Any
) -> list[Event]:
    return [event async for event in studio.draw(client, Order(request, ticket, **how))]


async def begun(studio: Studio, jobs: Jobs, client: ImageClient, asked: Sequence[ImageRequest]) -> list[Job]:
    """These as one run of many."""
    terms = [Order(one, one.prompt, page="compare", any_price=True, run="r") for one in asked]
    opened = await asyncio.to_thread(studio.open_many, client, terms)
    made = [Job(one.entry.ticket, "local", "compare", one.entry.request, LIKE_OPENAI) for one in opened]
    orders = [
        (job, lambda stop, one=one: studio.follow(client, one, stop)) for job, one in zip(made, opened, strict=True)
    ]
    jobs.start_all(orders)
    return made


def forget_process(store: Store) -> None:
    """Let everything that is open belong to a process that is gone."""
    with store.database.write() as connection:
        connection.execute(update(drawings).values(process="gone"))


def sidecars(studio: Studio) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(studio.store.root.rglob("*.json"))]
