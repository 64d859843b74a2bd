"""Finds nginx for the tests behind a proxy, and installs it where there is none: `python -m tests.nginx`."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.installing import from_debian

PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"])


def executable() -> str | None:
    """Its path, None where there is none."""
    return shutil.which("nginx", path=PLACES)


@contextmanager
def nginx(folder: Path, server: str) -> Iterator[None]:
    """Run it with its defaults and one ``server`` block until the caller leaves; its files go below ``folder``."""
    program = executable()
    assert program, "There is no nginx: `make test` installs it, and so does `python -m tests.nginx`."
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""  # the workers must reach the test's own folder
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    settings = folder / "nginx.conf"
    settings.write_text(
        f"daemon off;\n{user}\npid {folder}/pid;\nworker_processes 1;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{places}{server}\n}}\n"
    )
    command = [program, "-p", str(folder), "-c", str(settings), "-e", f"{folder}/error.log"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with subprocess.Popen(command) as running:
        try:
            while not (folder / "pid").read_text():  # the check above leaves it empty; it is filled when nginx listens
                assert running.poll() is None, (folder / "error.log").read_text()
                time.sleep(0.01)
            yield
        finally:
            running.terminate()


def main() -> int:
    if not executable():
        from_debian("nginx-light")
    path = executable()
    print(f"Proxy for the tests: {path}" if path else "No nginx could be installed. Install one and try again.")
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
