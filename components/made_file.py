"""A file for a download that is made when it is asked for."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO


def made_file(write: Callable[[IO[bytes]], object]) -> BinaryIO:
    """What ``write`` writes, on disk instead of in memory, in a file that has no name any more."""
    handle, name = tempfile.mkstemp(suffix=".zip")
    try:
        with os.fdopen(handle, "wb") as out:
            write(out)
        return Path(name).open("rb")
    finally:
        Path(name).unlink()
