"""Finds a Chromium for the browser tests, and installs one where there is none: `python -m tests.browser.chromium`."""

import shutil
import sys
from functools import partial
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.installing import attempt, from_debian

# Without windows: the others draw a tool bar for every window, too, which takes half the processor's time.
LEAN = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """The path of the system's Chromium without windows, else of Playwright's own, else of the system's, else None."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    found = [shutil.which(LEAN), own if Path(own).exists() else None, *map(shutil.which, NAMES)]
    return next(filter(None, found), None)


def main() -> int:
    ways = [
        partial(attempt, sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"),
        partial(attempt, sys.executable, "-m", "playwright", "install", "chromium"),
        partial(from_debian, "chromium"),
    ]
    if not shutil.which(LEAN):
        from_debian(LEAN)
    for way in ways:
        if executable():
            break
        way()
    path = executable()
    print(f"Browser for the tests: {path}" if path else "No Chromium could be installed. Install one and try again.")
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
