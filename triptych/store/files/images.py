"""Bytes: the API's own under their SHA-256, a sidecar for each picture, and previews that can be made anew."""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Protocol

from triptych.errors import BadSidecar, InvalidRequest, NotSaved
from triptych.inputs import SUFFIXES, Attachment
from triptych.results import Picture
from triptych.sidecar import Sidecar, read_sidecar
from triptych.store.files import previews
from triptych.store.files.folder import Folder
from triptych.store.files.names import Stored, file_text, original_place

ABANDONED = 60.0  # seconds after which a file that is still being written belongs to a process that is gone


class Storage(Protocol):
    """Somewhere bytes are kept by name: a folder or a bucket."""

    def read(self, name: str) -> bytes: ...
    def chunks(self, name: str) -> Iterator[bytes]: ...
    def write(self, name: str, data: bytes) -> None: ...
    def write_all(self, name: str, pieces: Iterable[bytes]) -> None: ...
    def size(self, name: str) -> int | None: ...
    def remove(self, name: str) -> None: ...
    def names(self, below: str) -> Iterator[tuple[str, int]]: ...
    def check(self) -> None: ...
    def free(self) -> int | None: ...


@dataclass(frozen=True)
class Space:
    """Bytes taken by pictures, by their previews, and free on the disk (None for a bucket); and how many pictures."""

    originals: int
    thumbnails: int
    free: int | None
    pictures: int


class Files:
    """Pictures in a folder, or in the bucket of an s3://, gs:// or az:// URL. What is written is never rewritten."""

    def __init__(self, root: Path | str) -> None:
        self.place: Storage = _place(root)
        self.root = self.place.root if isinstance(self.place, Folder) else Path()

    def save(self, picture: Picture) -> Stored:
        """Keep the bytes as they are; raises NotSaved. The same bytes are kept once."""
        stored = _stored(picture)
        self.place.write(original_place(stored.sha256, stored.format), picture.data)
        return stored

    def preview_of(self, picture: Picture) -> None:
        """Make what the pages show of a picture from the bytes at hand. Raises as `preview`, but no KeyError."""
        if picture.format not in {"svg", "gif"}:
            made = previews.preview(picture.data, picture.format)
            self._keep_preview(_thumbnail(_stored(picture).sha256, previews.PREVIEW_EDGE), made)

    def keep_input(self, data: bytes, attachment: Attachment) -> None:
        """Keep what goes with a request; raises NotSaved, and InvalidRequest for bytes it does not name."""
        if Attachment.of(data) != attachment:  # what it claims to measure decides what it may cost
            raise InvalidRequest("An input image is not the one that the request names.", param="image")
        self.place.write(original_place(attachment.sha256, attachment.format), data)

    def note(self, name: str, sidecar: Sidecar) -> None:
        """Keep the facts of one picture of one request beside it; raises NotSaved."""
        day = f"{sidecar.created.astimezone(UTC):%Y-%m-%d}"
        self.place.write(f"sidecars/{day}/{name}.json", file_text(sidecar.to_json()).encode())

    def original(self, sha256: str, form: str) -> bytes:
        """The bytes as they came; raises KeyError where there are none."""
        return self.place.read(original_place(sha256, form))

    def holds(self, stored: Stored) -> bool:
        """Whether the picture's bytes are there."""
        return self.size(stored.sha256, stored.format) is not None

    def size(self, sha256: str, form: str) -> int | None:
        """How many bytes a picture has, None where it is not there; raises KeyError for what is no digest or format."""
        return self.place.size(original_place(sha256, form))

    def preview(self, stored: Stored, edge: int = previews.PREVIEW_EDGE) -> bytes:
        """The picture for the page, as `preview` makes it. Raises KeyError where it is gone, else as `preview`."""
        if stored.format in {"svg", "gif"}:
            return self.original(stored.sha256, stored.format)
        kept = _thumbnail(stored.sha256, edge)
        with suppress(KeyError):
            return self.place.read(kept)
        if edge <= previews.PREVIEW_EDGE // 2:  # of the large one, which is decoded in no time
            made = previews.preview(self.preview(stored), "jpeg", edge)
        else:
            made = previews.preview(self.original(stored.sha256, stored.format), stored.format, edge)
        self._keep_preview(kept, made)
        return made

    def _keep_preview(self, name: str, made: bytes) -> None:
        with suppress(NotSaved):  # a preview can be made again
            self.place.write(name, made)

    def forget(self, stored: Stored) -> None:
        """Remove a picture and its previews; raises NotSaved. Only for a picture that no record names any more."""
        self.place.remove(original_place(stored.sha256, stored.format))
        for name, _ in list(self.place.names(f"thumbnails/{stored.sha256[:2]}")):
            if stored.sha256 in name:
                self.place.remove(name)

    def forget_note(self, name: str, day: str) -> None:
        """Remove the sidecar `note` wrote under ``name`` on ``day`` (YYYY-MM-DD); raises NotSaved."""
        self.place.remove(f"sidecars/{day}/{name}.json")

    def sidecars(self, below: str = "") -> Iterator[tuple[str, Sidecar | None]]:
        """Names and facts of all sidecars, or of one day's (YYYY-MM-DD); None where they do not fit."""
        for path, _ in self.place.names(f"sidecars/{below}".rstrip("/")):
            with suppress(KeyError):
                yield Path(path).stem, _facts(self.place.read(path))

    def orphans(self, known: Collection[str]) -> tuple[str, ...]:
        """The files of pictures, as paths below the root, whose SHA-256 is not among the ``known``."""
        names = (name for name, _ in self.place.names("originals"))
        return tuple(sorted(name for name in names if Path(name).stem not in known))

    def tidy(self, seconds: float = ABANDONED) -> tuple[int, int]:
        """Put what a crash left half done in order: pictures whose bytes are whole get their names, the rest goes.

        Gives how many of each. A bucket has none: an object is there whole or not at all.
        """
        rescued = removed = 0
        for name, path in self.place.left_behind(seconds) if isinstance(self.place, Folder) else ():
            data = path.read_bytes()
            if name.startswith("originals/") and hashlib.sha256(data).hexdigest() == Path(name).stem:
                self.place.write(name, data)
                rescued += 1
            else:
                removed += 1
            path.unlink(missing_ok=True)
        return rescued, removed

    def space(self) -> Space:
        """How much room the pictures take."""
        originals = [size for _, size in self.place.names("originals")]
        thumbnails = sum(size for _, size in self.place.names("thumbnails"))
        return Space(sum(originals), thumbnails, self.place.free(), len(originals))

    def check(self) -> None:
        """Raise NotSaved if nothing can be written or the disk is nearly full, before anything is paid for."""
        self.place.check()


def _place(root: Path | str) -> Storage:
    if isinstance(root, Path) or "://" not in root:
        return Folder(Path(root))
    if root.startswith("file://"):
        return Folder(Path(root.removeprefix("file://")))
    from triptych.store.files.bucket import Bucket

    return Bucket(root)


def _stored(picture: Picture) -> Stored:
    digest = hashlib.sha256(picture.data).hexdigest()
    return Stored(digest, picture.format, picture.width, picture.height, len(picture.data))


def _thumbnail(sha256: str, edge: int) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise KeyError(sha256)
    return f"thumbnails/{sha256[:2]}/{sha256}-{edge}"


def _facts(data: bytes) -> Sidecar | None:
    try:
        return read_sidecar(data)
    except BadSidecar:
        return None


def format_of(name: str) -> str | None:
    """The format that a file's suffix names; None for none of ours."""
    return {suffix: form for form, suffix in SUFFIXES.items()}.get(name.rpartition(".")[2])
