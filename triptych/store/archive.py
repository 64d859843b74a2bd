"""ZIP files from outside, refused whole unless everything in them is what it should be."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO

from triptych.errors import BadFile

MOST_ENTRIES = 100_000
MOST_BYTES = 200 << 20  # of one entry: several times the largest picture
MOST_RATIO = 200  # bytes that come of one; pictures do not shrink, and text by a few tens
FREE_BYTES = 1 << 20  # an entry of less may shrink as it likes


@contextmanager
def opened(file: IO[bytes], *, is_backup: bool = False) -> Iterator[zipfile.ZipFile]:
    """The archive, once every entry's name, kind and size is fit to be read; raises BadFile.

    A backup of our own may hold as many entries, and as large ones, as there are: it is read a piece at a time.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            _check(archive.infolist(), is_backup=is_backup)
            yield archive
    except (zipfile.BadZipFile, zlib.error, zipfile.LargeZipFile, EOFError, NotImplementedError, UnicodeDecodeError):
        raise BadFile("This is no ZIP file that can be read, or it is damaged.") from None
    except RuntimeError:  # what zipfile raises for a password, which the flag of an entry may hide
        raise BadFile("This ZIP file is locked with a password.") from None


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
