"""Finds a Chromium for the browser tests, and installs one where there is none: `python tests/browser/chromium.py`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 600.0  # seconds for one way of installing


def executable() -> str | None:
    """The path of Playwright's own Chromium, else of the system's, else None."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def ways() -> list[list[str]]:
    """The commands that may bring one, in the order in which to try them."""
    apt = [*(["sudo", "--non-interactive"] if os.name == "posix" and os.geteuid() else []), "apt-get", "--quiet"]
    return [
        [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"],
        [sys.executable, "-m", "playwright", "install", "chromium"],
        [*apt, "update"],
        [*apt, "install", "--yes", "--no-install-recommends", "chromium"],
    ]


def attempt(command: list[str]) -> None:
    print("$", *command, flush=True)
    try:
        subprocess.run(command, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, flush=True)


def main() -> int:
    for command in ways():
        if executable():
            break
        attempt(command)
    path = executable()
    print(f"Browser for the tests: {path}" if path else "No Chromium could be installed. Install one and try again.")
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
