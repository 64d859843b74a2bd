"""Where pictures live: the API's bytes under their SHA-256, a sidecar for each, and previews that can be made anew."""

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triptych.errors import NotSaved
from triptych.results import Picture

SUFFIXES = {"png": "png", "jpeg": "jpg", "webp": "webp", "gif": "gif", "svg": "svg"}
PREVIEW_EDGE = 1024  # pixels, the longer one
SPARE = 200 << 20  # bytes that must be free before anything is paid for: ten of the largest pictures
MOST_PIXELS = 1 << 27  # of a picture that is decoded for a preview


@dataclass(frozen=True)
class Stored:
    """A picture on disk."""

    sha256: str
    format: str
    width: int
    height: int
    bytes: int

    @property
    def size(self) -> str:
        """ "WIDTHxHEIGHT" in pixels."""
        return f"{self.width}x{self.height}"

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.sha256}.{SUFFIXES[self.format]}"


class Store:
    """A folder of pictures. Files are 0600 and folders 0700; a file is there whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, picture: Picture) -> Stored:
        """Keep the bytes as they are; raises NotSaved. The same bytes are kept once."""
        digest = hashlib.sha256(picture.data).hexdigest()
        stored = Stored(digest, picture.format, picture.width, picture.height, len(picture.data))
        self._write(self._original(stored.sha256, stored.format), picture.data)
        return stored

    def note(self, name: str, sidecar: Mapping[str, Any]) -> None:
        """Keep the facts of one picture of one request beside it; raises NotSaved."""
        text = json.dumps(sidecar, ensure_ascii=False, indent=1, sort_keys=True)
        self._write(self.root / "sidecars" / sidecar["created"][:10] / f"{name}.json", text.encode())

    def original(self, sha256: str, form: str) -> bytes:
        """The bytes as they came; raises KeyError where there are none."""
        try:
            return self._original(sha256, form).read_bytes()
        except FileNotFoundError:
            raise KeyError(sha256) from None

    def preview(self, stored: Stored) -> bytes:
        """A picture of at most 1024 pixels an edge for the page: JPEG, or PNG and GIF where they need to be.

        An svg is given as it is. Raises KeyError where the original is gone.
        """
        if stored.format in {"svg", "gif"}:
            return self.original(stored.sha256, stored.format)
        kept = self.root / "thumbnails" / stored.sha256[:2] / f"{stored.sha256}-{PREVIEW_EDGE}"
        with suppress(FileNotFoundError):
            return kept.read_bytes()
        made = _smaller(self.original(stored.sha256, stored.format))
        with suppress(NotSaved):  # a preview can be made again
            self._write(kept, made)
        return made

    def check(self) -> None:
        """Raise NotSaved if the folder cannot be written or the disk is nearly full, before anything is paid for."""
        try:
            self._folder(self.root)
            free = shutil.disk_usage(self.root).free
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except OSError as error:
            raise NotSaved(f"The folder of the pictures cannot be written: {error.strerror}.") from None
        if free < SPARE:
            raise NotSaved(f"Only {free >> 20:,} MB are free on the disk of the pictures; {SPARE >> 20} MB are needed.")

    def _original(self, sha256: str, form: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise KeyError(sha256)
        return self.root / "originals" / sha256[:2] / f"{sha256}.{SUFFIXES[form]}"

    def _folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _write(self, path: Path, data: bytes) -> None:
        """Write beside, sync, rename, sync the folder: after a crash the file is whole or absent."""
        if path.exists():
            return
        try:
            self._folder(path.parent)
            handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(beside).rename(path)
            except BaseException:
                Path(beside).unlink(missing_ok=True)
                raise
            _sync(path.parent)
        except OSError as error:
            raise NotSaved(f"The picture could not be written: {error.strerror}.") from None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _smaller(data: bytes) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
        if image.width * image.height > MOST_PIXELS:
            raise KeyError("the picture is too large to be shown")
        image.draft("RGB", (PREVIEW_EDGE, PREVIEW_EDGE))
        clear = image.has_transparency_data
        small = image.convert("RGBA" if clear else "RGB")
        small.thumbnail((PREVIEW_EDGE, PREVIEW_EDGE), reducing_gap=2.0)
        out = io.BytesIO()
        small.save(out, "PNG" if clear else "JPEG", quality=88)
        return out.getvalue()
