"""Nothing waits for the disk: no test pulls the plug, and what a killed process wrote the system has.

Half of what a test of the records took was such a wait. `make bench` measures with it.
"""

import os
from typing import Any

from sqlalchemy import Pool, event


def hurry() -> None:
    """From now on in this process, and in those that it forks."""
    os.fsync = _there
    event.listen(Pool, "checkout", _unsynced)


def _there(file: Any) -> None:
    """As `os.fsync`: OSError where there is no such file."""
    os.fstat(file if isinstance(file, int) else file.fileno())


def _unsynced(connection: Any, record: Any, _pool: object) -> None:
    if "hurries" not in record.info and hasattr(connection, "create_function"):  # SQLite's
        connection.execute("PRAGMA synchronous=OFF")
        record.info["hurries"] = True
