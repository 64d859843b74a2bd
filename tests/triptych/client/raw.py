"""A server that says exactly the bytes it is told to, for what no ASGI server can be made to say."""

import asyncio
import base64
import io
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from PIL import Image

PATIENCE = 60.0  # seconds a test waits for anything


@dataclass
class Visit:
    """One request: what came, and the stream on which to answer."""

    number: int
    head: str
    body: bytes
    writer: asyncio.StreamWriter
    reader: asyncio.StreamReader

    @property
    def method(self) -> str:
        return self.head.split(" ", 1)[0]

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def gone(self) -> None:
        """Wait until the client has closed its end."""
        with suppress(ConnectionError):
            await asyncio.wait_for(self.reader.read(), PATIENCE)

    def reset(self) -> None:
        """Close with a reset instead of an end."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Answer = Callable[[Visit], Awaitable[None]]


@dataclass
class Raw:
    """What has been asked of the server so far."""

    port: int = 0
    visits: list[Visit] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def posts(self) -> int:
        return sum(visit.method == "POST" for visit in self.visits)


@asynccontextmanager
async def raw(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Raw]:
    """Serve ``answer`` on a loopback port; each connection carries one request and is then closed."""
    here, open_ones = Raw(), set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        open_ones.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = next(
                (int(n.split(":")[1]) for n in head.lower().split("\r\n") if n.startswith("content-length")), 0
            )
            body = await reader.readexactly(length)  # before it is numbered: another may come meanwhile
            visit = Visit(len(here.visits) + 1, head, body, writer, reader)
            here.visits.append(visit)
            await answer(visit)
        writer.close()
        with suppress(ConnectionError, asyncio.CancelledError):
            await writer.wait_closed()
        open_ones.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 24, ssl=tls)
    here.port = server.sockets[0].getsockname()[1]
    try:
        yield here
    finally:
        for task in open_ones.copy():
            task.cancel()
        await asyncio.gather(*open_ones)
        server.close()
        await server.wait_closed()


def head(status: int = 200, kind: str = "application/json", length: int | None = None, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"content-type: {kind}", "connection: close", "x-request-id: req_raw"]
    lines += [f"content-length: {length}"] if length is not None else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def whole(body: bytes | object, status: int = 200, kind: str = "application/json", **headers: str) -> bytes:
    """A complete answer; anything that is not bytes is written as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return head(status, kind, len(data), **headers) + data


def says(data: bytes) -> Answer:
    """Always the same bytes."""

    async def answer(visit: Visit) -> None:
        await visit.say(data)

    return answer


def event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def png(edge: int = 8, colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (edge, edge), colour).save(out, "PNG")
    return out.getvalue()


def b64(data: bytes | None = None) -> str:
    return base64.b64encode(png() if data is None else data).decode()


PARTIAL = {"type": "image_generation.partial_image", "b64_json": b64(), "partial_image_index": 0}
COMPLETED = {"type": "image_generation.completed", "b64_json": b64(), "usage": {"output_tokens": 5}}
