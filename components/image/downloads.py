"""A file for a download that is made when it is asked for."""

import tempfile
from collections.abc import Callable
from typing import IO


def made_file(write: Callable[[IO[bytes]], object]) -> bytes:
    """What ``write`` writes. It is put together on disk, so that it is in memory once only."""
    with tempfile.TemporaryFile() as out:
        write(out)
        out.seek(0)
        return out.read()
