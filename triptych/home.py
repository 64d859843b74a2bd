"""The home folder: what names it, and the one process that holds it."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import FileLock

PRIVATE = 0o600  # the mode of a file that is its owner's alone


def home_id(folder: Path) -> str:
    """What names a home folder wherever it is mounted; made once. A copy of the folder has another name."""
    path = folder / "home.id"
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)
        os.close(descriptor)
    there = path.stat()
    return f"{there.st_ino}-{there.st_mtime_ns}"


def locked(folder: Path) -> "FileLock | None":
    """Hold the home folder until the lock is released or the process ends, however it ends.

    None where somebody holds it already, this process too. OSError: it cannot be made, or its file system has no locks
    that end with their process: a file that outlives a kill is none.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(folder / "lock", mode=PRIVATE, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    _holder(folder).write_text(str(os.getpid()))
    return lock


def is_holder(folder: Path) -> bool:
    """Whether it is this process that holds the home folder."""
    with suppress(OSError, ValueError):
        return _holder(folder).read_text() == str(os.getpid())
    return False


def another(folder: Path) -> str:
    """What to do where somebody else holds the home folder."""
    return f"Another triptych is using {folder}. Stop it, or give this one its own TRIPTYCH_HOME."


def _holder(folder: Path) -> Path:
    """The file with the holder's number: beside the lock, since on Windows a locked file cannot be read."""
    return folder / "lock.pid"
