"""Runs the real `triptych` command in a process of its own, for tests that ask it over a real socket."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from tests.forks import Fork, begin
from triptych.engine.serve import Server

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0  # seconds until the pages must answer, and until a stopped server must be gone


PORTS: list[socket.socket] = []  # that this process has given out


def free_port() -> int:
    """A port on which nobody listens, for a server of a test's own.

    It is bound here until the process ends: to a test beside this one the system would give it before the server that
    it is meant for has begun. That server may bind it all the same, as all do that set SO_REUSEADDR.
    """
    kept = socket.socket()
    PORTS.append(kept)
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    port: int = kept.getsockname()[1]
    return port


def answers(port: int, path: str = "/healthz") -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().read() == b"ok"
    except OSError:
        return False
    finally:
        connection.close()


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # of five one more that asks at once is lost, and asks again after a second


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server that answers as the handler does, each request in a thread of its own; gives its address."""
    with _Listening(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(PATIENCE)


@contextmanager
def in_thread(app: ASGIApp) -> Iterator[str]:
    """Serves an app from a thread of this process, as `triptych` serves its pages; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, log_config=None, log_level="critical", lifespan="off", ws="none")
        serving = Server(config)
        thread = Thread(target=lambda: serving.run(sockets=[listening]), daemon=True)
        thread.start()
        assert serving.ready.wait(PATIENCE)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            serving.end()
            thread.join(PATIENCE)


@contextmanager
def playground(
    folder: Path, *arguments: str, root: Path = ROOT, is_cold: bool = False, port: int = 0, **environment: str
) -> Iterator[str]:
    """Runs `triptych` with a home below `folder` and the given environment; gives its address.

    `root` holds the package to run: the checkout, or a folder it was installed into. Where it ``is_cold`` it imports
    everything itself, which takes a second longer. A ``port`` of 0 is any. Leaving stops it by SIGTERM.
    """
    port = port or free_port()
    command = ("-m", "triptych.cli", "--headless", f"--port={port}", *arguments)
    surroundings = {**os.environ, "PYTHONPATH": str(root), "TRIPTYCH_HOME": str(folder / "home"), **environment}
    log = folder / "server.log"
    with _serving(_begun(command, folder, surroundings, log, is_cold=is_cold), port, "/healthz", log) as address:
        yield address


@contextmanager
def page_script(script: Path, folder: Path, *more: str, port: int = 0, **environment: str) -> Iterator[str]:
    """Serves a page of a test's own with ``more`` options of Streamlit and a home in ``folder``; gives its address."""
    port, log = port or free_port(), folder / f"{script.stem}.log"
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "TRIPTYCH_HOME": str(folder), **environment}
    command = ("-m", "streamlit", "run", str(script), f"--server.port={port}", "--server.headless=true", *more)
    process = begin(*command, cwd=ROOT, environment=surroundings, out=log)
    with _serving(process, port, "/_stcore/health", log) as address:
        yield address


@contextmanager
def _serving(process: Fork | subprocess.Popen[bytes], port: int, path: str, log: Path) -> Iterator[str]:
    """Waits until a server answers; gives its address. Leaving stops it by SIGTERM."""
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers(port, path):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()


def _begun(
    command: tuple[str, ...], folder: Path, environment: dict[str, str], log: Path, *, is_cold: bool
) -> Fork | subprocess.Popen[bytes]:
    """Python with this command line."""
    if not is_cold:
        return begin(*command, cwd=folder, environment=environment, out=log)
    with log.open("wb") as out:
        return subprocess.Popen([sys.executable, *command], cwd=folder, env=environment, stdout=out, stderr=out)
