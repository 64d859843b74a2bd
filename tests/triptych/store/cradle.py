"""Runs scripts in processes of their own, which are forked from one that has imported what they import.

`run` asks it; it is begun at the first order. The fixture `cradle` of the tests of the store ends it.
"""

import json
import os
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy.dialects.postgresql
import sqlalchemy.dialects.sqlite  # noqa: F401 - heavy, all of them

from tests import disks
from tests.serving import ROOT
from tests.triptych.store.drawn import NO_CAPS, Home


class Cradle:
    """The process, once there is one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What `python -c SCRIPT ARGUMENTS` at the checkout's root does, and says."""
        if self._process is None:
            command = [sys.executable, "-m", "tests.triptych.store.cradle"]
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        assert self._process.stdin
        assert self._process.stdout
        with TemporaryDirectory() as folder:
            order = {"script": script, "arguments": arguments, "environment": dict(os.environ), "folder": folder}
            self._process.stdin.write(f"{json.dumps(order)}\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            said, complaints = (Path(folder, name).read_text() for name in ("1", "2"))
        return subprocess.CompletedProcess([script, *arguments], code, said, complaints)

    def end(self) -> None:
        if self._process:
            with self._process as process:
                assert process.stdin
                process.stdin.close()
            self._process = None


CRADLE = Cradle()
run = CRADLE.run


def child(order: dict[str, Any]) -> None:
    """Be a child: it never returns."""
    code = 1
    try:
        for number, path in enumerate((os.devnull, f"{order['folder']}/1", f"{order['folder']}/2")):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.argv = ["-c", *order["arguments"]]
        exec(order["script"], {"__name__": "__main__"})
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - whoever asked reads it
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(code & 0xFF)


def main() -> None:
    """Take orders until there are no more; say how each child ended."""
    disks.hurry()
    with TemporaryDirectory() as folder:  # what is imported late is imported here
        store = Home(Path(folder) / "images", f"sqlite:///{folder}/triptych.db").store(NO_CAPS)
        store.journal.recover()
        store.close()
    for line in sys.stdin:
        number = os.fork()
        if not number:
            child(json.loads(line))
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
