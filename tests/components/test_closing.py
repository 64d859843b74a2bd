"""A server that is told to end, beside clients that say nothing: over real sockets, on uvicorn as the pages have it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn import Config, Server

from components.frame import closing, lifecycle
from tests.test_server import UPGRADE

LARGE = b"x" * (8 << 20)  # bytes, more than a socket holds
GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
PATIENCE = 60.0  # seconds
Asked = Callable[[Scope, Receive, Send], Awaitable[None]]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "SILENT", 0.2)
    monkeypatch.setattr(closing, "LOOK", 0.05)
    lifecycle.end_at_the_signal()


@asynccontextmanager
async def serving(app: Asked) -> AsyncIterator[tuple[Server, int]]:
    """A server that listens on a port; it runs on the test's own loop, so nothing happens between two awaits."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(Config(app, log_level="critical", lifespan="off", ws="websockets-sansio"))
        server.config.load()
        server.lifespan = server.config.lifespan_class(server.config)
        await server.startup(sockets=[listening])
        yield server, listening.getsockname()[1]


def connected(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port))
    client.setblocking(False)
    return client


async def until(happens: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happens():  # noqa: ASYNC110 - nobody tells when a buffer is full
            await asyncio.sleep(0)


async def ends(server: Server) -> None:
    async with asyncio.timeout(PATIENCE):
        await server.shutdown()
    assert not server.server_state.connections


def transports(server: Server) -> list[asyncio.Transport]:
    return [each.transport for each in server.server_state.connections]


async def large(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": LARGE})


async def page(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "bytes": LARGE})
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def upload(_scope: Scope, receive: Receive, _send: Send) -> None:
    while (await receive()).get("more_body"):
        pass


HALF = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nhalf"
OPENED = b"GET / HTTP/1.1\r\nHost: here\r\n" + b"".join(f"{n}: {v}\r\n".encode() for n, v in UPGRADE.items()) + b"\r\n"
CLOSE = bytes([0x88, 0x80, 0, 0, 0, 0])  # a frame of a WebSocket
SILENT = {
    "a client that stopped reading": (large, GET, b""),
    "a page that stopped reading": (page, OPENED, b""),
    "a page that said it closes and stopped reading": (page, OPENED, CLOSE),
    "an upload that stopped half way": (upload, HALF, b""),
}


@pytest.mark.parametrize(("app", "said", "then"), SILENT.values(), ids=SILENT)
async def test_the_end_waits_for_nobody_who_is_silent(app: Asked, said: bytes, then: bytes) -> None:
    async with serving(app) as (server, port):
        with connected(port) as client:
            client.send(said)
            await until(lambda: bool(server.server_state.tasks))
            await until(lambda: app is upload or any(each.get_write_buffer_size() for each in transports(server)))
            client.send(then)
            await until(lambda: not then or any(each.is_closing() for each in transports(server)))

            await ends(server)


async def test_the_end_waits_for_nobody_who_came_as_the_doors_closed() -> None:
    async with serving(large) as (server, port):
        others = len(asyncio.all_tasks())
        with connected(port):
            await until(lambda: len(asyncio.all_tasks()) > others)
            await asyncio.sleep(0)
            assert not server.server_state.connections  # it is accepted, and the server has not been told of it yet

            await ends(server)


async def test_the_end_waits_for_an_answer_in_progress_however_long_it_takes() -> None:
    answer = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/large":
            return await large(scope, receive, send)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await answer.wait()
        return await send({"type": "http.response.body", "body": b"the image"})

    async with serving(slow) as (server, port):
        with connected(port) as silent, connected(port) as client:
            client.send(GET)
            silent.send(GET.replace(b"/", b"/large", 1))
            await until(lambda: any(each.get_write_buffer_size() for each in transports(server)))
            end = asyncio.create_task(ends(server))
            await until(lambda: len(server.server_state.connections) == 1)  # the silent one is cut by now
            assert not end.done()

            answer.set()
            await end
            assert client.recv(1 << 16).endswith(b"the image\r\n0\r\n\r\n")
