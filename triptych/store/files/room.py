"""How much room everything takes, counted at most once in an hour: a bucket is listed a thousand names at a time."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from triptych.store.db.units import now
from triptych.store.files.images import Files, Space

FRESH = 3600.0  # seconds for which a count is told again


@dataclass(frozen=True)
class Taken:
    """The room that was taken at a time (UTC), and how many files of images belonged to no record then."""

    at: datetime
    space: Space
    orphans: int


class Room:
    """The last count of one store; whoever comes while it is made waits for it and makes none of their own."""

    def __init__(self, files: Files, known: Callable[[], frozenset[str]]) -> None:
        self._files = files
        self._known = known
        self._lock = threading.Lock()
        self._last: tuple[float, Taken] | None = None

    def taken(self) -> Taken:
        """The last count, or a new one where that is too old; raises NotSaved and DatabaseDown."""
        with self._lock:
            if self._last is None or time.monotonic() - self._last[0] > FRESH:
                self._last = (time.monotonic(), self._counted())
            return self._last[1]

    def _counted(self) -> Taken:
        known, at = self._known(), now()
        originals = images = orphans = 0
        for name, size in self._files.place.names("originals"):
            originals, images = originals + size, images + 1
            orphans += PurePosixPath(name).stem not in known
        thumbnails = sum(size for _, size in self._files.place.names("thumbnails"))
        return Taken(at, Space(originals, thumbnails, self._files.place.free(), images), orphans)
