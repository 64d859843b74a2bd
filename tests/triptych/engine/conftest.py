"""One demo engine for these tests, asked by the real SDK over a real socket."""

from collections.abc import AsyncIterator, Iterator

import pytest
from openai import AsyncOpenAI, OpenAI

from triptych.engine.serve import Engine

PATIENCE = 60.0  # seconds


@pytest.fixture
def client(engine: Engine) -> Iterator[OpenAI]:
    with OpenAI(base_url=engine.base_url, api_key=engine.token, max_retries=0, timeout=PATIENCE) as client:
        yield client


@pytest.fixture
async def api(engine: Engine) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=engine.base_url, api_key=engine.token, max_retries=0, timeout=PATIENCE) as api:
        yield api
