"""What a home folder is called among all that share the records."""

import os
from contextlib import suppress
from pathlib import Path


def home_id(folder: Path) -> str:
    """What names a home folder wherever it is mounted; made once. A copy of the folder has another name."""
    path = folder / "home.id"
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        os.close(descriptor)
    there = path.stat()
    return f"{there.st_ino}-{there.st_mtime_ns}"
