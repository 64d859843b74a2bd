"""Whether the bytes that are handed out are those that the API answered: by SHA-256, in one line."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """SHA-256 in hex: of the answer as it was noted when it came, of the stored file, of what a download hands out.

    ``stored`` and ``download`` are None where the file is gone. ``what`` names it where it is no answer.
    """

    answer: str
    stored: str | None
    download: str | None
    what: str = "Answer"

    @property
    def same(self) -> bool:
        """Whether all three are one."""
        return self.answer == self.stored == self.download

    @property
    def sentence(self) -> str:
        """In one line."""
        if self.same:
            return f"{self.what}, stored file and download are the same bytes. SHA-256 {self.answer}"
        if self.stored is None or self.download is None:
            hashed = f"SHA-256 of the {self.what.lower()}: {self.answer}"
            return f"The stored file is missing, so it cannot be compared. {hashed}"
        which, differs = ("download", self.download) if self.answer == self.stored else ("stored file", self.stored)
        hashes = f"SHA-256 of the {self.what.lower()} {self.answer}, of the {which} {differs}"
        return f"The {which} is not the {self.what.lower()} as it came. {hashes}"


def compared(
    answer: str, stored: Callable[[], bytes], download: Callable[[], bytes], *, what: str = "Answer"
) -> Identity:
    """Hash what is stored and what is handed out now; ``answer`` was noted when it came."""
    return Identity(answer, _hash(stored), _hash(download), what)


def _hash(read: Callable[[], bytes]) -> str | None:
    try:
        return hashlib.sha256(read()).hexdigest()
    except KeyError:
        return None
