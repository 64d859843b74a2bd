"""Finds Node for the tests that run JavaScript, and OpenAI's package for it; installs both: `python -m tests.node`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.installing import attempt, from_debian

SDK = "openai@6.49.0"  # runs on Node 20, as the exported code does
FOLDER = Path(sys.prefix) / "javascript"  # scripts that are run here find the package


def run(script: str, *arguments: str, **environment: str) -> str:
    """What a JavaScript module prints that may import OpenAI's package."""
    program = shutil.which("node")
    is_there = program is not None and (FOLDER / "node_modules" / "openai").is_dir()
    assert is_there, "Node or its SDK is missing: `make test` installs them, and so does `python -m tests.node`."
    told = {"PATH": os.environ.get("PATH", ""), **environment}
    command = ["node", "--input-type=module", "-", *arguments]
    done = subprocess.run(command, input=script, cwd=FOLDER, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def main() -> int:
    if not (shutil.which("node") and shutil.which("npm")):
        from_debian("nodejs", "npm")
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not shutil.which("npm") or not attempt(
        "npm", "install", "--no-audit", "--no-fund", "--prefix", str(FOLDER), SDK
    ):
        print("Node and its SDK could not be installed. Install Node 20 or later with npm and try again.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
