"""A served playground whose gateway draws with one demo engine, asked by the real SDK over a real socket."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from openai import OpenAI

from tests.serving import playground
from triptych.engine.serve import Engine

TOKEN = "a-token-of-these-tests"
MODEL = "gpt-image-2.6-flare"
PATIENCE = 120.0  # seconds


@dataclass(frozen=True)
class Gateway:
    """A playground's address, and the folder in which it was started."""

    address: str
    folder: Path

    def sdk(self, token: str = TOKEN, retries: int = 0) -> OpenAI:
        return OpenAI(base_url=f"{self.address}/v1", api_key=token, max_retries=retries, timeout=PATIENCE)

    def rows(self, columns: str, *, of: str = "drawings", where: str = "1") -> list[tuple[object, ...]]:
        """What the records say, read beside the process that writes them."""
        with sqlite3.connect(self.folder / "home" / "triptych.db") as connection:
            return connection.execute(f"SELECT {columns} FROM {of} WHERE {where} ORDER BY created").fetchall()


Start = Callable[..., Gateway]


@pytest.fixture
def upstream(engine: Engine) -> dict[str, str]:
    """The environment of a playground that draws with the shared engine as a server that bills."""
    return {"OPENAI_BASE_URL": engine.base_url, "OPENAI_API_KEY": engine.token, "TRIPTYCH_API_TOKEN": TOKEN}


@pytest.fixture(scope="module")
def gateway(running: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway, shared by the tests of a file."""
    folder = tmp_path_factory.mktemp("gateway")
    surroundings = {"OPENAI_BASE_URL": running.base_url, "OPENAI_API_KEY": running.token, "TRIPTYCH_API_TOKEN": TOKEN}
    with playground(folder, **surroundings) as address:
        yield Gateway(address, folder)


@pytest.fixture
def sdk(gateway: Gateway, engine: Engine) -> Iterator[OpenAI]:
    """The SDK pointed at the shared gateway; its engine's log is empty."""
    with gateway.sdk() as client:
        yield client


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose playground has no key, and draws with its own demo engine."""
    folder = tmp_path_factory.mktemp("demo")
    with playground(folder, TRIPTYCH_API_TOKEN=TOKEN) as address:
        yield Gateway(address, folder)
