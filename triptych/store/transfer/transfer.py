"""Pictures in and out: ZIP files with sidecars, single files, and everything in one file and back."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from triptych.errors import BadFile
from triptych.results import Picture
from triptych.sidecar import Sidecar, read_sidecar
from triptych.store.db.database import Database
from triptych.store.files.images import Files, format_of
from triptych.store.files.names import file_name, sidecar_text
from triptych.store.files.spool import Spool
from triptych.store.history.history import History
from triptych.store.ledger.caps import Caps
from triptych.store.sidecars import sidecar_of
from triptych.store.transfer.archive import Archive, opened
from triptych.store.transfer.backups import backup
from triptych.store.transfer.imports import annotate, checked, foreign_sidecar, looked_at, take
from triptych.store.transfer.restoring import restore

MISSING = "missing.txt"


@dataclass(frozen=True)
class Imported:
    """The ids of the records that are new, and how many pictures were there already."""

    ids: tuple[str, ...] = ()
    known: int = 0


class Transfer:
    """Files in and out. What cannot be taken raises BadFile, and then nothing of it was."""

    def __init__(self, database: Database, files: Files, history: History, *, spool: Spool, caps: Caps) -> None:
        self._spool = spool
        self._caps = caps
        self._database = database
        self._files = files
        self._history = history

    def export_zip(
        self, owner: str, ids: Iterable[str], out: IO[bytes], called: Mapping[str, str] | None = None
    ) -> int:
        """Write originals and sidecars of the owner's records; gives how many. missing.txt lists what is gone.

        ``called`` says what the file of a record is called, by its id; else its prompt and hash do.
        """
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            return sum(1 for _ in self._written(archive, owner, ids, called or {}))

    def zip_pieces(self, owner: str, ids: Iterable[str], called: Mapping[str, str] | None = None) -> Iterator[bytes]:
        """The ZIP file of ``export_zip`` piece by piece; one image is in memory at a time, and no file on disk."""
        out = _Tail()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for _ in self._written(archive, owner, ids, called or {}):
                yield out.taken()
        yield out.taken()

    def import_zip(self, owner: str, file: IO[bytes]) -> Imported:
        """Take every picture of a ZIP file, with the sidecar of the same name where there is one."""
        with opened(file) as archive:
            for name in _pictures(archive):  # all that may be refused is, before any of it is taken
                _importable(*_pair(archive, name))
            ids = [self._take(owner, *_importable(*_pair(archive, name))) for name in _pictures(archive)]
        if not ids:
            raise BadFile("This ZIP file contains no images.")
        return _imported(ids)

    def import_sidecar(self, owner: str, sidecar: bytes, picture: bytes | None = None) -> Imported:
        """Take a picture by its sidecar; without its bytes, those that the store has and that are nobody else's."""
        facts = read_sidecar(sidecar)
        if picture is None:
            picture = self._original(owner, facts.sha256)
        checked(picture, facts)
        return _imported([self._take(owner, *_importable(looked_at(picture), facts))])

    def import_png(self, owner: str, data: bytes) -> Imported:
        """Take a picture that came from anywhere, with the settings it carries; other formats carry none."""
        return _imported([self._take(owner, *_importable(looked_at(data), None))])

    def backup(self, out: IO[bytes]) -> None:
        """Write everything there is, of all owners, into one file."""
        backup(self._database, self._files, self._spool, out)

    def restore(self, file: IO[bytes]) -> int:
        """Bring back what a backup has and this store has not; gives how many rows and files. Nothing is changed."""
        return restore(self._database, self._files, self._spool, self._caps, file)

    def _written(
        self, archive: zipfile.ZipFile, owner: str, ids: Iterable[str], called: Mapping[str, str]
    ) -> Iterator[str]:
        """Write one record after the other; the name of each image that is in it now."""
        names: dict[str, int] = {}
        missing: list[str] = []
        for record in self._history.read(owner, ids):
            if record.stored is None:
                continue
            plain = called.get(record.id)
            plain = plain or file_name(record.request.prompt, record.stored.sha256, record.stored.format)
            try:
                data = self._files.original(record.stored.sha256, record.stored.format)
            except KeyError:
                missing.append(plain)
                continue
            names[plain] = names.get(plain, 0) + 1
            path = PurePosixPath(plain)
            stem = path.stem if names[plain] == 1 else f"{path.stem}-{names[plain]}"
            archive.writestr(f"{stem}{path.suffix}", data)
            archive.writestr(f"{stem}.json", sidecar_text(sidecar_of(record)), zipfile.ZIP_DEFLATED)
            yield plain
        if missing:
            archive.writestr(MISSING, "\n".join(["The files of these images are missing:", *missing]))

    def _take(self, owner: str, picture: Picture, facts: Sidecar, note: str) -> str | None:
        taken = take(self._database, self._files, owner, picture, facts)
        if taken is not None:
            annotate(self._database, taken, note)
        return taken

    def _original(self, owner: str, sha256: str) -> bytes:
        """A hash is no secret: sidecars and exports name it. So others' pictures are not here for who knows it."""
        if self._history.may_take(owner, sha256):
            for name, _ in self._files.place.names(f"originals/{sha256[:2]}"):
                if PurePosixPath(name).stem == sha256:
                    return self._files.place.read(name)
        raise BadFile("The image this sidecar describes is missing. Import both.")


class _Tail(io.BytesIO):
    """A file of which only what has been written since ``taken`` is there; within that zipfile may go back.

    So every entry says its size where it begins, as in a file on disk, and readers that cannot seek can read it.
    """

    gone = 0  # bytes that have been taken

    def taken(self) -> bytes:
        data = self.getvalue()
        super().seek(0)
        self.truncate()
        self.gone += len(data)
        return data

    def tell(self) -> int:
        return self.gone + super().tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self.gone + super().seek(offset - self.gone if whence == io.SEEK_SET else offset, whence)


def _imported(ids: Iterable[str | None]) -> Imported:
    every = list(ids)
    return Imported(tuple(each for each in every if each), sum(each is None for each in every))


def _pictures(archive: Archive) -> Iterator[str]:
    return (name for name in archive.names if format_of(name))


def _importable(picture: Picture, sidecar: Sidecar | None) -> tuple[Picture, Sidecar, str]:
    """What is taken of a picture: its bytes, its facts and a note. Raises BadFile where it cannot be taken."""
    return picture, *((sidecar, "") if sidecar is not None else foreign_sidecar(picture))


def _pair(archive: Archive, name: str) -> tuple[Picture, Sidecar | None]:
    picture = looked_at(archive.read(name))
    beside = f"{name.rpartition('.')[0]}.json"
    if beside not in archive:
        return picture, None
    sidecar = read_sidecar(archive.read(beside))
    checked(picture.data, sidecar)
    return picture, sidecar
