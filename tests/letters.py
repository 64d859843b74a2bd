"""Finds a font for letters that no package of ours brings, and installs it where there is none."""

import shutil
import subprocess
import sys

from tests.installing import from_debian

THAI = "0e25"  # the code point of a letter


def is_there() -> bool:
    """Whether fontconfig finds a font with a letter of Thai."""
    if not shutil.which("fc-list"):
        return False
    found = subprocess.run(["fc-list", f":charset={THAI}"], capture_output=True, text=True, check=True)
    return bool(found.stdout.strip())


def main() -> int:
    if not is_there():
        from_debian("fontconfig", "fonts-tlwg-loma-otf")
    found = is_there()
    print("Letters for the tests: Thai" if found else "No Thai font could be installed. Install one and try again.")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
