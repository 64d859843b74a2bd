"""Runs tests many times with busy processes beside them, for those that pass by luck: `TIMES=20 flaky.py [ARGUMENTS]`.

What follows goes to pytest: a path, `-k WORD`. Without a path it is every test, which takes hours.
"""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUSY = 2  # processes that do nothing, without an end
COMMAND = (
    sys.executable,
    "-m",
    "pytest",
    "-p",
    "tests.again",
    "-m",
    "not trust and not bench",
    "--tb",
    "short",
    "--quiet",
)


def main(arguments: list[str]) -> int:
    """Run them; gives pytest's exit code."""
    surroundings = {"TIMES": "20", "PYTHONPATH": str(ROOT), **os.environ}
    with ExitStack() as stack:
        for _ in range(BUSY):
            busy = stack.enter_context(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
            stack.callback(busy.kill)
        print(f"$ TIMES={surroundings['TIMES']}", *COMMAND[1:], *arguments, flush=True)
        return subprocess.run([*COMMAND, *arguments], cwd=ROOT, env=surroundings, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
