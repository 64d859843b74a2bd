"""The client under test, its events, and the demo engine to draw on."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.triptych.masked import FILES, MASKED
from triptych.client import ImageClient, Pace
from triptych.engine.serve import Engine
from triptych.request import ImageRequest
from triptych.results import Event
from triptych.servers import LIKE_OPENAI, Account

Make = Callable[..., ImageClient]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Makes clients, `make(base_url, key="…")`, and closes them."""
    made: list[ImageClient] = []

    def client(base_url: str, key: str = "sk-test", pace: Pace | None = None, **account: Any) -> ImageClient:
        made.append(ImageClient(Account(base_url, key, **{"server": LIKE_OPENAI, **account}), pace, seed=1))
        return made[-1]

    yield client
    for one in made:
        await one.aclose()


@pytest.fixture
def client(make: Make, engine: Engine) -> ImageClient:
    """A client of the demo engine."""
    return make(engine.base_url, engine.token)


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again after a hundredth of the time."""
    patient = ImageClient._backoff
    monkeypatch.setattr(ImageClient, "_backoff", lambda self, attempt: patient(self, attempt) / 100)


def asking(*, masked: bool = False, **values: Any) -> ImageRequest:
    """A small picture, quick to draw; ``masked`` makes it a masked edit of two."""
    small = {"model": "gpt-image-2", "prompt": "a red square", "size": "1024x1024", "quality": "low"}
    return ImageRequest(**{**small, **(MASKED if masked else {}), **values})


async def drawn(client: ImageClient, **values: Any) -> list[Event]:
    """Everything that happens to one request."""
    return [event async for event in client.draw(asking(**values), files=FILES)]
