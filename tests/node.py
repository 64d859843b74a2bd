"""Finds Node for the tests that run JavaScript, and OpenAI's package for it; installs both: `python tests/node.py`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SDK = "openai@6.49.0"  # runs on Node 20, as the exported code does
FOLDER = Path(sys.prefix) / "javascript"  # scripts that are run here find the package
PATIENCE = 600.0  # seconds for one way of installing


def run(script: str, *arguments: str, **environment: str) -> str:
    """What a JavaScript module prints that may import OpenAI's package."""
    program = shutil.which("node")
    is_there = program is not None and (FOLDER / "node_modules" / "openai").is_dir()
    assert is_there, "Node or its SDK is missing: `make test` installs them, and so does `python tests/node.py`."
    told = {"PATH": os.environ.get("PATH", ""), **environment}
    command = ["node", "--input-type=module", "-", *arguments]
    done = subprocess.run(command, input=script, cwd=FOLDER, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def main() -> int:
    apt = [*(["sudo", "--non-interactive"] if os.geteuid() else []), "apt-get", "--quiet"]
    for command in ([*apt, "update"], [*apt, "install", "--yes", "--no-install-recommends", "nodejs", "npm"]):
        if shutil.which("node") and shutil.which("npm"):
            break
        _tried(command)
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not shutil.which("npm") or not _tried(
        ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(FOLDER), SDK]
    ):
        print("Node and its SDK could not be installed. Install Node 20 or later with npm and try again.")
        return 1
    return 0


def _tried(command: list[str]) -> bool:
    print("$", *command, flush=True)
    try:
        return subprocess.run(command, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL).returncode == 0
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, flush=True)
        return False


if __name__ == "__main__":
    sys.exit(main())
