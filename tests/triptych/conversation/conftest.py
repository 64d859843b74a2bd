"""Turns, threads and a studio that sends them to the demo engine."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from triptych.budget import Budget
from triptych.client import ImageClient
from triptych.conversation import Composed, Thread, Threads, Turn, compose, path
from triptych.engine.serve import Engine
from triptych.request import ImageRequest, TurnOptions
from triptych.results import Event, Failed
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Store
from triptych.studio import Studio

SMALL = {"model": "gpt-image-2.6-sunburst", "size": "1024x1024", "quality": "low", "partial_images": 1}


def turn(message: str, **options: Any) -> ImageRequest:
    return ImageRequest(**SMALL, prompt=message, turn=TurnOptions(**options))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine.start(pace=0)
    yield engine
    engine.stop()


@pytest.fixture
def account(engine: Engine) -> Account:
    engine.log.clear()
    engine.faults.clear()
    return Account(engine.base_url, engine.token, server=LIKE_OPENAI)


@pytest.fixture
async def client(account: Account) -> AsyncIterator[ImageClient]:
    client = ImageClient(account)
    yield client
    await client.aclose()


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    store = Store(tmp_path / "images")
    yield Studio(store, Budget(store, {}))
    store.close()


@pytest.fixture
def threads(studio: Studio) -> Threads:
    return Threads(studio.store)


class Talk:
    """A thread that is talked in: each message goes on from the turn named, or from the last one."""

    def __init__(self, studio: Studio, client: ImageClient, threads: Threads, thread: Thread) -> None:
        self.studio, self.client, self.threads, self.thread = studio, client, threads, thread
        self.sent = 0

    def composed(self, message: str, after: str | None, **how: Any) -> Composed:
        self.sent += 1
        branch = path(self.threads.turns(self.thread), after)
        account = self.client.account
        settings = replace(turn(""), safety_identifier="whose it is")
        return compose(self.thread, branch, message, settings, account, ticket=f"t{self.sent}", **how)

    async def say(self, message: str, after: str | None = None, **how: Any) -> Turn:
        """Send it, and give the turn as the records have it then."""
        composed = self.composed(message, after, **how)
        self.threads.add(self.thread, composed)
        await self.draw(composed)
        return next(one for one in self.threads.turns(self.thread) if one.id == composed.order.ticket)

    async def draw(self, composed: Composed) -> Sequence[Event]:
        return [event async for event in self.studio.draw(self.client, composed.order)]


@pytest.fixture
def talk(studio: Studio, client: ImageClient, threads: Threads) -> Talk:
    return Talk(studio, client, threads, threads.begin("local"))


def error(events: Sequence[Event]) -> str:
    last = events[-1]
    return type(last.error).__name__ if isinstance(last, Failed) else ""


Ask = Callable[..., Talk]
