"""The end of the process: it waits for an answer in progress, but for nobody who has fallen silent."""

import asyncio
import socket
import time
from functools import wraps
from typing import Any

from uvicorn import Server

from triptych.jobs import LONGEST_DRAIN

SILENT = 10.0  # seconds in which the other end takes or sends no byte it owes, after which it is taken for gone
LOOK = 0.5  # seconds between two looks at the connections


def bound_the_end() -> None:
    """Have every connection's end come in a bounded time once the process is told to end.

    uvicorn waits for all connections to close, without end: for one whose browser has stopped reading, for an upload
    that has stopped half way, and for one that was accepted in the moment in which it told all others to close. It
    also raises over one whose browser has just closed it. Its shutdown has no place for more, so it is wrapped.
    """
    shutdown = Server.shutdown
    if getattr(shutdown, "is_bounded", False):
        return

    @wraps(shutdown)
    async def bounded(self: Server, sockets: list[socket.socket] | None = None) -> None:
        if self.config.timeout_graceful_shutdown is None:
            self.config.timeout_graceful_shutdown = round(LONGEST_DRAIN)
        for connection in self.server_state.connections:
            if connection.transport.is_closing():
                vars(connection)["close_sent"] = True  # a WebSocket that is asked to close twice raises
        looking = asyncio.create_task(_look(self))
        try:
            await shutdown(self, sockets)
        finally:
            looking.cancel()

    bounded.is_bounded = True  # type: ignore[attr-defined]
    Server.shutdown = bounded  # type: ignore[method-assign]


async def _look(server: Server) -> None:
    """Cut who is silent, and tell who came late, until the process ends."""
    owing: dict[Any, tuple[int, float]] = {}  # by connection: what it owes, and since when
    while True:
        await asyncio.sleep(LOOK)
        before, owing, now = owing, {}, time.monotonic()
        for connection in tuple(server.server_state.connections):
            owed = _owed(connection)
            if owed is not None:
                was, since = before.get(connection, (None, now))
                owing[connection] = (owed, since if owed == was else now)
                if now - owing[connection][1] >= SILENT:
                    connection.transport.abort()
            elif not connection.transport.is_closing():
                connection.shutdown()  # as uvicorn has told all others; an answer in progress is its last


def _owed(connection: Any) -> int | None:
    """What the other end has to do: to take so many bytes, or, -1, to send the rest of what it asks; None: nothing."""
    cycle = getattr(connection, "cycle", None)
    if left := connection.transport.get_write_buffer_size():
        return int(left)
    return -1 if cycle and cycle.more_body and not cycle.response_complete else None
