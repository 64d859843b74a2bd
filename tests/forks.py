"""Processes that begin with all that is heavy imported: forks of one that waits, each as `python ARGUMENTS` is.

What they run imports what it names itself, out of what is there already; nothing of our own is. None waits for the
disk, nor looks for components among all that is installed, which is done. One waits in each process of the tests that
wants it. It reads an order a line and answers it: to run, by the number of the process; to look after one, by its exit
code, or null as long as it runs.
"""

import atexit
import gc
import importlib
import io
import json
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import IO, Any

from tests import disks

ROOT = Path(__file__).parents[1]
PATIENCE = 120.0  # seconds in which one that was told to end has ended
ASKING = Lock()
LOOK = 0.02  # seconds between two looks at one
HEAVY = (
    "alembic.operations",
    "alembic.runtime.migration",
    "asyncio",
    "httpx2",
    "jinja2",
    "numpy",
    "openai.resources.images",
    "openai.resources.models",
    "openai.resources.responses",
    "PIL.Image",
    "PIL.ImageDraw",
    "PIL.ImageOps",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "pydantic_settings",
    "sqlalchemy.dialects.sqlite",
    "starlette.routing",
    "streamlit.material_icon_names",
    "streamlit.web.bootstrap",
    "streamlit.web.cli",
    "tenacity",
    "uvicorn",
    "websockets",
)


def bare(**more: str) -> dict[str, str]:
    """An environment of nothing but where programs lie, first the Python below this one: a shim of its name is slow."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PATH": os.pathsep.join((str(Path(sys.base_prefix, "bin")), kept.get("PATH", ""))), **more}


class Fork:
    """A process that was begun so, with what is used here of a `subprocess.Popen`."""

    def __init__(self, number: int) -> None:
        self.pid = number
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, less than 0 for a signal; None as long as it runs."""
        if self.returncode is None:
            self.returncode = _answer(look_after=self.pid)
        return self.returncode

    def wait(self, timeout: float = PATIENCE) -> int:
        """Its exit code; TimeoutError where it has none after so many seconds."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise TimeoutError(f"process {self.pid} has not ended")
            time.sleep(LOOK)
        return code

    def send_signal(self, sign: signal.Signals) -> None:
        """Nothing where it has ended, which it does for good when `poll` or `wait` has told so."""
        if self.poll() is None:
            os.kill(self.pid, sign)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Talking(Fork):
    """One that can be heard and told while it runs."""

    stdin: IO[str]
    stdout: IO[str]


def begin(
    *arguments: str,
    cwd: Path,
    environment: Mapping[str, str],
    out: Path,
    errors: Path | None = None,
    inp: Path = Path(os.devnull),
) -> Fork:
    """Begin what `python ARGUMENTS` would, a file, `-m MODULE` or `-c SCRIPT`.

    What it says goes to files, both to one or apart; what it reads comes from one.
    """
    told = {"arguments": arguments, "cwd": str(cwd), "environment": dict(environment)}
    return Fork(_answer(**told, out=str(out), errors=str(errors or out), inp=str(inp)))


@contextmanager
def talking(
    *arguments: str, cwd: Path = ROOT, environment: Mapping[str, str] | None = None, seconds: float = PATIENCE
) -> Iterator[Talking]:
    """The same by pipes, in this environment and at the checkout's root if nothing else is said.

    Leaving tells it no more, and waits for so many seconds until it has ended. Its complaints come with what it says,
    so that a test that waits for a word sees why it does not come.
    """
    with TemporaryDirectory() as folder:
        pipes = Path(folder, "in"), Path(folder, "out")
        for pipe in pipes:
            os.mkfifo(pipe)
        begun = begin(*arguments, cwd=cwd, environment=environment or os.environ, inp=pipes[0], out=pipes[1])
        process = Talking(begun.pid)
        with pipes[1].open() as process.stdout, pipes[0].open("w", buffering=1) as process.stdin:
            try:
                yield process
                process.stdin.close()
                process.wait(seconds)
            finally:
                process.kill()


def run(
    *arguments: str, cwd: Path, environment: Mapping[str, str], seconds: float = PATIENCE
) -> "subprocess.CompletedProcess[str]":
    """What `python ARGUMENTS` said and gave when it had ended, which it must within so many seconds."""
    with TemporaryDirectory() as folder:
        out, errors = Path(folder, "out"), Path(folder, "errors")
        process = begin(*arguments, cwd=cwd, environment=environment, out=out, errors=errors)
        try:
            code = process.wait(seconds)
        finally:
            process.kill()
        return subprocess.CompletedProcess(arguments, code, out.read_text("utf-8"), errors.read_text("utf-8"))


@cache
def _waiting() -> "subprocess.Popen[str]":
    """The one that waits; it ends when this process does, or is told no more."""
    command = [sys.executable, "-m", "tests.forks"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(process.communicate)
    return process


def _answer(**order: Any) -> Any:
    with ASKING:
        waiting = _waiting()
        assert waiting.stdin
        assert waiting.stdout
        waiting.stdin.write(f"{json.dumps(order)}\n")
        waiting.stdin.flush()
        return json.loads(waiting.stdout.readline())


def _become(
    arguments: Sequence[str], cwd: str, environment: dict[str, str], *, out: str, errors: str, inp: str
) -> None:
    """Be the process that `python ARGUMENTS` begins there."""
    for number, path in ((1, out), (2, errors)):
        flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if number == 2 and errors == out else os.O_TRUNC)
        os.dup2(os.open(path, flags, 0o600), number)
    os.dup2(os.open(inp, os.O_RDONLY), 0)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), "utf-8")  # the one that was has read orders ahead
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    named = environment.get("PYTHONPATH")
    sys.path[:] = [cwd, *(named.split(os.pathsep) if named else ()), *sys.path[1:]]
    if arguments[0] == "-m":
        sys.argv[:] = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    elif arguments[0] == "-c":
        sys.argv[:] = ["-c", *arguments[2:]]
        exec(arguments[1], {"__name__": "__main__"})
    else:
        sys.argv[:] = arguments
        runpy.run_path(arguments[0], run_name="__main__")


def _ended(number: int) -> int | None:
    gone, status = os.waitpid(number, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if gone else None


def _wait_for_orders() -> None:
    for name in HEAVY:
        importlib.import_module(name)
    disks.hurry()
    scanner: Any = importlib.import_module("streamlit.components.v2.manifest_scanner")
    scanner.scan_component_manifests = cache(scanner.scan_component_manifests)
    scanner.scan_component_manifests()
    gc.freeze()  # or each fork would copy what its collector looks at
    answers = sys.stdout
    for line in sys.stdin:
        order = json.loads(line)
        if "look_after" in order:
            said = _ended(order["look_after"])
        elif not (said := os.fork()):
            return _become(**order)
        answers.write(f"{json.dumps(said)}\n")
        answers.flush()
    return None


if __name__ == "__main__":
    _wait_for_orders()
