"""Where pictures live: the API's bytes under their SHA-256, a sidecar for each, and previews that can be made anew."""

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from triptych.errors import NotSaved
from triptych.results import Picture

if TYPE_CHECKING:
    from PIL import Image

SUFFIXES = {"png": "png", "jpeg": "jpg", "webp": "webp", "gif": "gif", "svg": "svg"}
PREVIEW_EDGE = 1024  # pixels, the longer one
CHECKS = (16, 204, 184)  # what stands behind a transparent picture: squares of so many pixels in two greys
STEM = 40  # characters of the prompt in a file's name
SPARE = 200 << 20  # bytes that must be free before anything is paid for: ten of the largest pictures
OPAQUE = 255
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
        path = self.root / "sidecars" / sidecar["created"][:10] / f"{name}.json"
        self._write(path, sidecar_text(sidecar).encode())

    def original(self, sha256: str, form: str) -> bytes:
        """The bytes as they came; raises KeyError where there are none."""
        try:
            return self._original(sha256, form).read_bytes()
        except FileNotFoundError:
            raise KeyError(sha256) from None

    def preview(self, stored: Stored, edge: int = PREVIEW_EDGE) -> bytes:
        """The picture for the page, as `preview` makes it. Raises KeyError where it is gone, else as `preview`."""
        if stored.format in {"svg", "gif"}:
            return self.original(stored.sha256, stored.format)
        kept = self.root / "thumbnails" / stored.sha256[:2] / f"{stored.sha256}-{edge}"
        with suppress(FileNotFoundError):
            return kept.read_bytes()
        made = preview(self.original(stored.sha256, stored.format), stored.format, edge)
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
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):  # one by one: mkdir gives its mode to the last one only
            each.mkdir(mode=0o700, exist_ok=True)
            if self.root in each.parents:
                _sync(each.parent)

    def _write(self, path: Path, data: bytes) -> None:
        """Write beside, sync, rename, sync the folder: after a crash the file is whole or absent."""
        try:
            if path.exists():
                return
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


def preview(data: bytes, form: str, edge: int = PREVIEW_EDGE) -> bytes:
    """A JPEG of at most ``edge`` pixels an edge; what is transparent stands over grey squares, seen in any theme.

    An svg is given as it is, and a gif, which moves. Raises ValueError for a picture that cannot be decoded.
    """
    from PIL import Image

    if form in {"svg", "gif"}:
        return data
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(f"it has {image.width * image.height:,} pixels")
            image.draft("RGB", (edge, edge))
            small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError):
        raise ValueError("it cannot be decoded") from None
    small.thumbnail((edge, edge), reducing_gap=2.0)
    out = io.BytesIO()
    (_over_squares(small) if small.mode == "RGBA" else small).save(out, "JPEG", quality=90)
    return out.getvalue()


def is_clear(data: bytes) -> bool:
    """Whether a png, jpeg or webp has a pixel one can see through; False too for what cannot be decoded."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            if not image.has_transparency_data:
                return False
            return cast(tuple[int, int], image.convert("RGBA").getchannel("A").getextrema())[0] < OPAQUE
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False


def file_name(prompt: str, sha256: str, form: str) -> str:
    """What a picture is called outside the store: its prompt's first words in plain letters, and its hash's first 8."""
    plain = unicodedata.normalize("NFKD", prompt[: 4 * STEM]).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))
    stem = words if len(words) <= STEM else words[: STEM + 1].rpartition("-")[0] or words[:STEM]
    return f"{stem or 'picture'}-{sha256[:8]}.{SUFFIXES[form]}"


def sidecar_text(sidecar: Mapping[str, Any]) -> str:
    """A sidecar as it is written to a file."""
    return json.dumps(sidecar, ensure_ascii=False, indent=1, sort_keys=True)


def _over_squares(image: "Image.Image") -> "Image.Image":
    from PIL import Image

    side, light, dark = CHECKS
    across, down = (-(-edge // side) for edge in image.size)
    squares = bytes(light if (x + y) % 2 else dark for y in range(down) for x in range(across))
    behind = Image.frombytes("L", (across, down), squares).resize(
        (across * side, down * side), Image.Resampling.NEAREST
    )
    below = behind.crop((0, 0, *image.size)).convert("RGB")
    below.paste(image, mask=image.getchannel("A"))
    return below
