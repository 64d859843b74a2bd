"""Finds a Chromium for the browser tests, and installs one where there is none: `python tests/browser/chromium.py`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# Without windows: the others draw a tool bar for every window, too, which takes half the processor's time.
LEAN = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 600.0  # seconds for one way of installing


def executable() -> str | None:
    """The path of the system's Chromium without windows, else of Playwright's own, else of the system's, else None."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    found = [shutil.which(LEAN), own if Path(own).exists() else None, *map(shutil.which, NAMES)]
    return next(filter(None, found), None)


def apt(*command: str) -> list[str]:
    """A command of Debian's, as whoever may install."""
    user = ["sudo", "--non-interactive"] if os.name == "posix" and os.geteuid() else []
    return [*user, "apt-get", "--quiet", *command]


def ways() -> list[list[str]]:
    """The commands that may bring one, in the order in which to try them."""
    return [
        [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"],
        [sys.executable, "-m", "playwright", "install", "chromium"],
        apt("update"),
        apt("install", "--yes", "--no-install-recommends", "chromium"),
    ]


def attempt(command: list[str]) -> None:
    print("$", *command, flush=True)
    try:
        subprocess.run(command, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, flush=True)


def main() -> int:
    if not shutil.which(LEAN):
        attempt(apt("install", "--yes", "--no-install-recommends", LEAN))
    for command in ways():
        if executable():
            break
        attempt(command)
    path = executable()
    print(f"Browser for the tests: {path}" if path else "No Chromium could be installed. Install one and try again.")
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
