"""Where a request may go whose address a visitor typed, when others use the playground too."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from triptych.client.wire import http_client
from triptych.engine.serve import Engine
from triptych.servers import Account

VISITORS = Account("http://typed.example/v1", "t", public_only=True)


@pytest.fixture
def engine() -> Iterator[Engine]:
    running = Engine.start(token="t")
    yield running
    running.stop()


OURS = "127.0.0.1 localhost [::ffff:127.0.0.1] [::127.0.0.1] [64:ff9b:1::7f00:1] 2130706433 0x7f.1 127.1"


@pytest.mark.parametrize("host", OURS.split())
async def test_nothing_reaches_our_own_network(engine: Engine, host: str) -> None:
    async with http_client(VISITORS, 1) as client:
        with pytest.raises(httpx2.ConnectError, match="leads into this server's own network"):
            await client.get(f"http://{host}:{engine.port}/v1/models")

    assert [] == list(engine.log)


async def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 0)) for ip in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", _resolver(answer), raising=False)

    async with http_client(VISITORS, 1) as client:
        with pytest.raises(httpx2.ConnectError, match=r"example\.org leads into this server's own network"):
            await client.get("http://example.org/v1/models")


async def test_the_address_that_was_looked_at_is_the_one_asked(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that means a public address at the first look and this machine at the second."""
    monkeypatch.setattr("triptych.client.wire.is_public", {"127.0.0.1": True}.__getitem__)
    looks: list[Any] = []

    async def rebinding(*_: Any, **__: Any) -> Any:
        looks.append(None)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(looks) == 1 else "127.0.0.2", 0))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", rebinding, raising=False)
    async with http_client(VISITORS, 1) as client:
        answer = await client.get(f"http://rebinding.example:{engine.port}/v1/models")

    assert 200 == answer.status_code
    assert f"rebinding.example:{engine.port}" == answer.request.headers["host"]


def _resolver(answer: list[Any]) -> Any:
    async def resolve(*_: Any, **__: Any) -> list[Any]:
        return answer

    return resolve
