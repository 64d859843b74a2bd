"""Connections that hear an answer while the request is still being sent.

A server that will not take a body answers (413) and closes before it has read it. Whoever only writes then meets a
reset, and what was answered is lost with the connection: nobody could say any more that nothing was charged.
"""

import asyncio
import logging
import ssl
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import httpcore2

logging.getLogger("httpcore2").setLevel(logging.INFO)  # its trace has an answer's headers as they came, with a key, too

SMALL = 1 << 14  # bytes that any connection takes at once: behind them there is no waiting, and nothing to be heard
to_come: ContextVar[float] = ContextVar("to_come", default=float("inf"))  # bytes of the body for the next connection


class Hearing(httpcore2.AsyncNetworkBackend):
    """Opens connections as httpcore2 does, and listens on them from the first byte that is written.

    Each carries one request. Of one whose body (``to_come``) is small, the connection is httpcore2's own.
    """

    def __init__(self) -> None:
        self._backend = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        stream = await self._backend.connect_tcp(host, port, timeout, local_address, socket_options)
        return stream if to_come.get() <= SMALL else _Heard(stream)

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


class _Heard(httpcore2.AsyncNetworkStream):
    """A stream that is read in the background while it is written to. What was read waits for ``read``."""

    READ = 1 << 16  # bytes

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream
        self._reading: asyncio.Task[bytes] | None = None

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as above
        """Write ``buffer``; raises WriteError, as for a closed connection, when the server has begun to answer."""
        if not buffer:
            return
        self._reading = self._reading or asyncio.create_task(self._stream.read(self.READ))
        writing = asyncio.create_task(self._stream.write(buffer, timeout))
        try:
            await asyncio.wait({writing, self._reading}, return_when=asyncio.FIRST_COMPLETED)
            if _goes_on(self._reading):
                await asyncio.wait({writing})
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        if writing.cancelled():
            raise httpcore2.WriteError("the server answered before it had the whole request")
        writing.result()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as above
        if self._reading is None:
            return await self._stream.read(max_bytes, timeout)
        done, _ = await asyncio.wait({self._reading}, timeout=timeout)
        if not done:
            raise httpcore2.ReadTimeout
        reading, self._reading = self._reading, None
        return reading.result()

    async def aclose(self) -> None:
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
    ) -> httpcore2.AsyncNetworkStream:
        return _Heard(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _goes_on(reading: asyncio.Task[bytes]) -> bool:
    """Whether the server has only said 100 (go on) so far, or another answer that is none yet."""
    return reading.done() and not reading.exception() and reading.result().startswith((b"HTTP/1.1 1", b"HTTP/1.0 1"))
