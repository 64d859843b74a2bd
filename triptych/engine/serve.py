"""Serves the demo engine: in this process on a loopback port of its own, or in the foreground for others."""

import asyncio
import secrets
import socket
import threading
from collections import deque
from contextlib import suppress

import uvicorn
from starlette.applications import Starlette

from triptych.engine.app import Entry, make_app
from triptych.engine.batch_file import DAY
from triptych.engine.faults import Faults
from triptych.engine.turns import Turns

LOOPBACK = "127.0.0.1"
PATIENCE = 10.0  # seconds to wait for the server's thread
TURNS = 2  # of the event loop, after which all that was accepted is a connection: a task makes it, and is told of it


class Server(uvicorn.Server):
    """Says when it is ready, and ends at once where uvicorn would ask again and again whether it is to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    def end(self) -> None:
        """End, from any thread, once it is ready; whoever still waits for an answer is cut off."""
        self.should_exit = self.force_exit = True
        with suppress(RuntimeError):  # it has ended
            self._loop.call_soon_threadsafe(self._told.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        ends = [asyncio.ensure_future(work) for work in (super().main_loop(), self._told.wait())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for one in ends:
            one.cancel()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if not self._told.is_set():
            return await super().shutdown(sockets)
        await self._take_no_more()
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        for connection in tuple(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)  # in which those close at which nobody waits
        for connection in tuple(self.server_state.connections):
            connection.transport.abort()  # though it has not taken all that is sent to it
        return None

    async def _take_no_more(self) -> None:
        """Accept nobody any more, and have each that was accepted as a connection.

        Where asyncio's own server closes first, one that it has just accepted is neither closed nor known to anybody.
        """
        with suppress(NotImplementedError):  # the loop of Windows has no readers
            for taking in (one for server in self.servers for one in server.sockets):
                self._loop.remove_reader(taking.fileno())
        for _ in range(TURNS):
            await asyncio.sleep(0)


class Engine:
    """A demo engine that runs in a thread of this process; made by `start`."""

    def __init__(self, app: Starlette, token: str, listening: socket.socket) -> None:
        self.app = app
        self.token = token
        self.port: int = listening.getsockname()[1]
        self._socket = listening
        self._server = Server(_config(app))
        # Signals belong to the main thread, and uvicorn leaves them alone in any other.
        self._thread = threading.Thread(target=self._run, name="demo-engine", daemon=True)

    @classmethod
    def start(cls, port: int = 0, token: str | None = None, pace: float = 1.0, day: float = DAY) -> "Engine":
        """Serve on 127.0.0.1 and return when requests are answered; port 0 takes a free one.

        `pace` 1 draws in a few seconds, so that one can watch; 0 as fast as it paints. A batch has a `day` of so many
        seconds. Raises OSError for a port that is taken.
        """
        secret = token or secrets.token_urlsafe(24)
        engine = cls(make_app(secret, pace, day), secret, _listening(port))
        engine._thread.start()
        if not engine._server.ready.wait(PATIENCE):
            raise RuntimeError("The demo engine did not start.")
        return engine

    @property
    def base_url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/v1"

    @property
    def faults(self) -> Faults:
        found: Faults = self.app.state.faults
        return found

    @property
    def log(self) -> deque[Entry]:
        """The latest requests, oldest first."""
        found: deque[Entry] = self.app.state.log
        return found

    @property
    def turns(self) -> Turns:
        """The turns it keeps for whoever asks for one by its id."""
        found: Turns = self.app.state.turns
        return found

    def stop(self) -> None:
        """End it; whoever still waits for an answer is cut off."""
        self._server.end()
        self._thread.join(PATIENCE)
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def serve(
    host: str = LOOPBACK, port: int = 8765, token: str | None = None, pace: float = 0.0, day: float = DAY
) -> None:
    """Serve in the foreground until interrupted; `token` None lets anyone in. Raises OSError for a taken port."""
    listening = _listening(port, host)
    Server(_config(make_app(token, pace, day))).run(sockets=[listening])


def _listening(port: int, host: str = LOOPBACK) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio knows TCP and sends small answers at once (TCP_NODELAY).
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    listening.set_inheritable(False)
    return listening


def _config(app: Starlette) -> uvicorn.Config:
    # A fault that cuts its connection would be logged as an error of ours, so the log is silent.
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=2,
    )
