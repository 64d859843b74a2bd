"""Installs what the tests need of other people's programs; each attempt is said on the terminal."""

import os
import subprocess
import sys

PATIENCE = 600.0  # seconds for one way of installing


def attempt(*command: str) -> bool:
    """Run a command that installs something; whether it said that it did."""
    print("$", *command, flush=True)
    try:
        return subprocess.run(command, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL).returncode == 0
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, flush=True)
        return False


def from_debian(*packages: str) -> bool:
    """Install Debian's packages as whoever may; whether that was done."""
    apt = [*(["sudo", "--non-interactive"] if sys.platform != "win32" and os.geteuid() else []), "apt-get", "--quiet"]
    # A machine that was never asked has no lists yet, and of one asked long ago they name what is no longer there.
    attempt(*apt, "update")
    return attempt(*apt, "install", "--yes", "--no-install-recommends", *packages)
