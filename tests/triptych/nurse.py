"""Gives orders to a nursery."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.serving import ROOT

PATIENCE = 120.0  # seconds


@dataclass
class Nurse:
    """The pipes to a nursery."""

    says: IO[str]
    hears: IO[str]

    def begin(self, **order: Any) -> int:
        """Fork a child with an order; its process number."""
        self.says.write(f"{json.dumps(order)}\n")
        self.says.flush()
        return int(self.hears.readline())


def until_gone(number: int) -> None:
    """Wait until a process has ended and been taken away."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    raise TimeoutError(number)


def outcome(path: Path) -> dict[str, Any]:
    """What a child left."""
    trouble = Path(f"{path}.log")
    assert not trouble.exists(), trouble.read_text()
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@contextmanager
def nursery() -> Iterator[Nurse]:
    """A nursery that is ready."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.triptych.nursery"],
        env=surroundings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    with process.stdin, process.stdout:
        assert "ready\n" == process.stdout.readline()
        yield Nurse(process.stdin, process.stdout)
    process.wait(PATIENCE)
