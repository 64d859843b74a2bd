"""ZIP files from outside, refused whole unless everything in them is what it should be."""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO

from triptych.errors import BadFile

MOST_ENTRIES = 100_000
MOST_BYTES = 200 << 20  # of one entry: several times the largest picture
MOST_RATIO = 200  # bytes that come of one; pictures do not shrink, and text by a few tens
FREE_BYTES = 1 << 20  # an entry of less may shrink as it likes


# What zipfile, and what it unpacks with, raise for bytes that are no ZIP file, or a damaged one.
DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OverflowError,
    OSError,
)


class Archive:
    """A ZIP file from outside; whatever is read of it raises BadFile where it is damaged."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = tuple(archive.namelist())

    def __contains__(self, name: str) -> bool:
        return name in self._archive.NameToInfo

    def size(self, name: str) -> int:
        """Bytes of the entry, as the file says."""
        return self._archive.NameToInfo[name].file_size

    def read(self, name: str) -> bytes:
        """All of an entry."""
        with _readable():
            return self._archive.read(name)

    def pieces(self, name: str, most: int) -> Iterator[bytes]:
        """An entry in pieces of at most so many bytes; its checksum has been looked at where it ends."""
        with _readable():
            entry = self._archive.open(name)
        with entry:
            while piece := _next(entry.read, most):
                yield piece

    def lines(self, name: str, most: int) -> Iterator[bytes]:
        """An entry line by line, each of at most so many bytes."""
        with _readable():
            entry = self._archive.open(name)
        with entry:
            while line := _next(entry.readline, most):
                yield line


@contextmanager
def opened(file: IO[bytes], *, is_backup: bool = False) -> Iterator[Archive]:
    """The archive, once every entry's name, kind and size is fit to be read; raises BadFile.

    A backup of our own may hold as many entries, and as large ones, as there are: it is read a piece at a time.
    """
    with _readable():
        archive = zipfile.ZipFile(file)
    with archive:
        _check(archive.infolist(), is_backup=is_backup)
        yield Archive(archive)


@contextmanager
def _readable() -> Iterator[None]:
    """Around what reads the file, and nothing else: whatever else fails is no fault of the file."""
    try:
        yield
    except DAMAGE:
        raise BadFile("This is no ZIP file that can be read, or it is damaged.") from None
    except RuntimeError:  # what zipfile raises for a password, which the flag of an entry may hide
        raise BadFile("This ZIP file is locked with a password.") from None


def _next(read: Callable[[int], bytes], most: int) -> bytes:
    with _readable():
        return read(most)


def _check(entries: list[zipfile.ZipInfo], *, is_backup: bool) -> None:
    if len(entries) > MOST_ENTRIES and not is_backup:
        raise BadFile(f"This ZIP file has {len(entries):,} entries; {MOST_ENTRIES:,} are the most that are taken.")
    if len({entry.filename for entry in entries}) < len(entries):
        raise BadFile("Two entries of this ZIP file have the same name.")
    for entry in entries:
        if problem := _problem(entry, None if is_backup else MOST_BYTES):
            raise BadFile(f"An entry of this ZIP file {problem}, so nothing of it was taken.")


def _problem(entry: zipfile.ZipInfo, most: int | None) -> str | None:
    name = PurePosixPath(entry.filename)
    if name.is_absolute() or ".." in name.parts or any(letter in entry.orig_filename for letter in "\\:\0"):
        return "has a name that leads out of it"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link"
    if entry.flag_bits & 1:
        return "is locked with a password"
    if most is not None and entry.file_size > most:
        return f"is larger than {most >> 20} MB"
    if entry.file_size > FREE_BYTES and entry.file_size > MOST_RATIO * entry.compress_size:
        return "grows far too much when unpacked"
    return None
