"""Everything made and everything paid: bytes under their SHA-256, and the records of drawings, pictures and money."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triptych.results import Picture
from triptych.settings import settings
from triptych.store.caps import Caps
from triptych.store.entries import (
    Choices,
    Entry,
    Found,
    Held,
    Kept,
    Lost,
    Period,
    Query,
    Record,
    Recovery,
    Spending,
)
from triptych.store.facts import sidecar_of
from triptych.store.files import Files, Space
from triptych.store.names import SUFFIXES, Stored, file_name, sidecar_text
from triptych.store.previews import CHECKS, PREVIEW_EDGE, is_clear, preview

if TYPE_CHECKING:  # SQLAlchemy behind them is imported when they are first used, after the first page
    from triptych.store.database import Database
    from triptych.store.history import History
    from triptych.store.journal import Journal

__all__ = [
    "CHECKS",
    "PREVIEW_EDGE",
    "SUFFIXES",
    "Caps",
    "Choices",
    "Entry",
    "Files",
    "Found",
    "Held",
    "Kept",
    "Lost",
    "Period",
    "Query",
    "Record",
    "Recovery",
    "Space",
    "Spending",
    "Store",
    "Stored",
    "file_name",
    "is_clear",
    "preview",
    "sidecar_of",
    "sidecar_text",
]  # fmt: skip


class Store:
    """Pictures in ``images`` (a folder, or the URL of a bucket) and their records in a database.

    Without a URL the records lie in ``triptych.db`` beside the folder. ``caps`` are the settings' where there are none.
    """

    def __init__(self, images: Path | str, database_url: str | None = None, *, caps: Caps | None = None) -> None:
        self.files = Files(images)
        self._url = database_url or f"sqlite:///{self.files.root.parent / 'triptych.db'}"
        self._caps = caps

    @property
    def root(self) -> Path:
        """The folder of the pictures."""
        return self.files.root

    @cached_property
    def database(self) -> "Database":
        """Where the records are."""
        from triptych.store.database import Database

        return Database(self._url)

    @cached_property
    def journal(self) -> "Journal":
        """Drawings and their money."""
        from triptych.store.journal import Journal
        from triptych.store.presence import PROCESS

        return Journal(self.database, self.files, self._caps or Caps.of(settings()), PROCESS)

    @cached_property
    def history(self) -> "History":
        """What was made, by owner."""
        from triptych.store.history import History

        return History(self.database, self.files)

    def save(self, picture: Picture) -> Stored:
        """Keep the bytes as they are; raises NotSaved. The same bytes are kept once."""
        return self.files.save(picture)

    def note(self, name: str, sidecar: Mapping[str, Any]) -> None:
        """Keep the facts of one picture of one request beside it; raises NotSaved."""
        self.files.note(name, sidecar)

    def original(self, sha256: str, form: str) -> bytes:
        """The bytes as they came; raises KeyError where there are none."""
        return self.files.original(sha256, form)

    def preview(self, stored: Stored, edge: int = PREVIEW_EDGE) -> bytes:
        """The picture for the page, as `preview` makes it. Raises KeyError where it is gone, else as `preview`."""
        return self.files.preview(stored, edge)

    def check(self) -> None:
        """Raise NotSaved if nothing can be written or the disk is nearly full, before anything is paid for."""
        self.files.check()

    def close(self) -> None:
        """Let go of the database."""
        if "database" in self.__dict__:
            self.database.close()
