"""Runs the parts of `make check` or `make test` one after the other, and says at the end how long each took."""

import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
# Each file by one process, in the order of tests/conftest.py: the browser's follow the others without a break.
PYTEST = (sys.executable, "-m", "pytest", "--dist", "loadfile", "--no-loadscope-reorder")
MYPY = str(BIN / "mypy")
RUFF = str(BIN / "ruff")

# Four processes to two cores: two fill the waits of the others, for disks or for what a page is to show.
PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "check": {
        "style": (RUFF, "check", "."),
        "format": (RUFF, "format", "--check", "."),
        "types": (MYPY,),
        "types of the scripts": (MYPY, "app.py", "server.py", "tools", "tests/conftest.py", "tests/serving.py"),
        "generated documentation": (sys.executable, "tools/docs.py", "--check"),
    },
    "test": {
        "tests": (*PYTEST, "-m", "not trust", "-n", "4", "--ignore", "tests/bench"),
    },
}


def main(name: str) -> int:
    """Run the parts of ``name`` until one fails; gives its exit code, else 0."""
    took: list[str] = []
    for part, command in PARTS[name].items():
        print("$", *command[command[0] == sys.executable :], flush=True)
        began = time.monotonic()
        code = subprocess.run(command, check=False).returncode
        took.append(f"{time.monotonic() - began:7.1f} s  {part}{f' failed ({code})' if code else ''}")
        if code:
            break
    print(*took, sep="\n", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
