"""Bytes in a folder: a file is there whole or not at all, and for its owner only."""

import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from triptych.errors import NotSaved

CHUNK = 1 << 20  # bytes that are copied at a time
SPARE = 200 << 20  # bytes that must be free before anything is paid for: ten of the largest pictures


class Folder:
    """Files below ``root``, named by paths with slashes. Files are 0600 and folders 0700."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> bytes:
        """The file's bytes; raises KeyError where there is none."""
        try:
            return (self.root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise KeyError(name) from None

    def chunks(self, name: str) -> Iterator[bytes]:
        """The file's bytes, a piece at a time; raises KeyError where there is none."""
        try:
            with (self.root / name).open("rb") as file:
                while piece := file.read(CHUNK):
                    yield piece
        except (FileNotFoundError, NotADirectoryError):
            raise KeyError(name) from None

    def write(self, name: str, data: bytes) -> None:
        """Keep the bytes under a name, unless it is taken; raises NotSaved. After a crash they are whole or absent."""
        self.write_all(name, (data,))

    def write_all(self, name: str, pieces: Iterable[bytes]) -> None:
        """The same for bytes that come a piece at a time."""
        path = self.root / name
        try:
            if path.exists():
                return
            self._folder(path.parent)
            beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
            handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.writelines(pieces)
                    file.flush()
                    os.fsync(file.fileno())
                beside.rename(path)
            except BaseException:  # whatever ends it: nothing half done stays, and it is raised again
                beside.unlink(missing_ok=True)
                raise
            sync(path.parent)
        except OSError as error:
            raise NotSaved(f"The image could not be written: {error.strerror}.") from None

    def size(self, name: str) -> int | None:
        """The file's bytes, None where there is no file of that name."""
        path = self.root / name
        with suppress(FileNotFoundError, NotADirectoryError):
            return path.stat().st_size if path.is_file() else None
        return None

    def remove(self, name: str) -> None:
        """Remove the file, if it is there; raises NotSaved where it cannot be removed."""
        try:
            (self.root / name).unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            raise NotSaved(f"A file could not be removed: {error.strerror}.") from None

    def names(self, below: str) -> Iterator[tuple[str, int]]:
        """Every file below a folder of the root with its bytes; what is being written is left out."""
        for folder, _, files in os.walk(self.root / below):
            for name in files:
                with suppress(FileNotFoundError):
                    path = Path(folder, name)
                    if not name.startswith("."):
                        yield path.relative_to(self.root).as_posix(), path.stat().st_size

    def left_behind(self, seconds: float) -> Iterator[tuple[str, Path]]:
        """What a process that is gone was writing, untouched for so long: the name it was for, and the file beside."""
        for folder, _, files in os.walk(self.root):
            for name in files:
                path = Path(folder, name)
                with suppress(FileNotFoundError):
                    if name.startswith(".") and time.time() - path.stat().st_mtime > seconds:
                        meant = path.with_name(name[1:].rpartition(".")[0])
                        yield meant.relative_to(self.root).as_posix(), path

    def check(self) -> None:
        """Raise NotSaved if the folder cannot be written or the disk is nearly full, before anything is paid for."""
        try:
            self._folder(self.root)
            free = shutil.disk_usage(self.root).free
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except OSError as error:
            raise NotSaved(f"The image folder cannot be written: {error.strerror}.") from None
        if free < SPARE:
            raise NotSaved(f"Only {free >> 20:,} MB are free on the image disk; {SPARE >> 20} MB are needed.")

    def free(self) -> int | None:
        """Bytes that are free on the disk; None where that cannot be told."""
        try:
            return shutil.disk_usage(next(each for each in (self.root, *self.root.parents) if each.exists())).free
        except OSError:
            return None

    def _folder(self, folder: Path) -> None:
        if folder.exists():
            return
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):  # one by one: mkdir gives its mode to the last one only
            each.mkdir(mode=0o700, exist_ok=True)
            if self.root in each.parents:
                sync(each.parent)


def sync(path: Path) -> None:
    """See what is written of a file, or of a folder's entries, onto the disk; raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
