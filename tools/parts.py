"""Runs the parts of `make check` or `make test` in their order, and says at the end how long each took."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile

BIN = Path(sys.executable).parent
# Each file by one process, in the order of tests/conftest.py.
PYTEST = (sys.executable, "-m", "pytest", "--dist", "loadfile", "--no-loadscope-reorder")
# Without a browser a signal ends a test that waits for ever: a thread for each of six thousand took 1 ms of work.
OTHERS = ("--timeout-method", "signal", "--ignore", "tests/browser", "--ignore", "tests/bench")
MYPY = str(BIN / "mypy")
RUFF = str(BIN / "ruff")

# Four processes to two cores: two fill the waits of the others, for servers or for what a page is to show. A browser
# and its page's server are processes of their own: with more than two such tests at once pages wait for each other.
# What stands together in one dict runs at once, the dicts of a target one after the other.
PARTS: dict[str, tuple[dict[str, tuple[str, ...]], ...]] = {
    "check": (
        {"style": (RUFF, "check", ".")},
        {"format": (RUFF, "format", "--check", ".")},
        # Beside the types, which are one process's work, every module is compiled for the processes of `make test`.
        {"types": (MYPY,), "collecting the tests": (*PYTEST, "--collect-only", "-qq", "--ignore", "tests/bench")},
        {"generated documentation": (sys.executable, "tools/docs.py", "--check")},
    ),
    "test": (
        {"tests without a browser": (*PYTEST, "-m", "not trust", "-n", "4", *OTHERS)},
        {"tests in the browser": (*PYTEST, "-m", "not trust", "-n", "2", "tests/browser")},
    ),
}


def at_once(commands: dict[str, tuple[str, ...]], surroundings: dict[str, str]) -> dict[str, tuple[int, float]]:
    """The exit code of each part and the seconds until it ended; what a second one says comes if it failed."""
    began, ended = time.monotonic(), {}
    with ExitStack() as stack:
        running = {}
        for number, (part, command) in enumerate(commands.items()):
            print("$", *command[command[0] == sys.executable :], flush=True)
            said = stack.enter_context(TemporaryFile()) if number else None
            running[part] = said, subprocess.Popen(command, env=surroundings, stdout=said)
        for part, (said, process) in running.items():
            ended[part] = process.wait(), time.monotonic() - began
            if said and process.returncode:
                said.seek(0)
                print(said.read().decode(errors="replace"), flush=True)
    return ended


def main(name: str) -> int:
    """Run the parts of ``name`` until one fails; gives its exit code, else 0."""
    took: list[str] = []
    failed = 0
    # Else each of many processes would compile everything anew.
    surroundings = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    for commands in PARTS[name]:
        for part, (code, seconds) in at_once(commands, surroundings).items():
            took.append(f"{seconds:7.1f} s  {part}{f' failed ({code})' if code else ''}")
            failed = failed or code
        if failed:
            break
    print(*took, sep="\n", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
