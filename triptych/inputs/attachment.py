"""The name of a picture that goes with a request: the hash of its bytes, and what its header says."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from triptych.errors import InvalidRequest
from triptych.inputs.formats import measured
from triptych.inputs.limits import LONGEST_EDGE

FORMATS = ("png", "webp", "jpeg")


@dataclass(frozen=True)
class Attachment:
    """A picture that goes with a request: edges in pixels, weight in bytes.

    The bytes themselves lie elsewhere, under their SHA-256 in hex.
    """

    sha256: str
    format: str
    width: int
    height: int
    weight: int

    @classmethod
    def of(cls, data: bytes) -> "Attachment":
        """What names ``data``, a PNG, WebP or JPEG whose header is read. Raises InvalidRequest for anything else."""
        found = measured(data)
        if not found or found[0].name not in FORMATS or not _could_be(*found[1:]):
            raise InvalidRequest("An input must be a PNG, WebP or JPEG image.", param="image")
        form, width, height = found
        return cls(hashlib.sha256(data).hexdigest(), form.name, width, height, len(data))

    @property
    def size(self) -> str:
        """ "WIDTHxHEIGHT" in pixels."""
        return f"{self.width}x{self.height}"

    @property
    def media_type(self) -> str:
        """Like image/png."""
        return f"image/{self.format}"

    @property
    def suffix(self) -> str:
        """How a file of its format ends: png, webp or jpg."""
        return {"jpeg": "jpg"}.get(self.format, self.format)

    def to_json(self) -> dict[str, Any]:
        """Its fields as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Any) -> "Attachment":
        """What ``to_json`` wrote; raises InvalidRequest for anything else."""
        kinds = {"sha256": str, "format": str, "width": int, "height": int, "weight": int}
        if not isinstance(values, Mapping) or set(values) != set(kinds):
            raise InvalidRequest("An input image is named by its hash, format, edges and weight.", param="image")
        if not all(type(values[name]) is kind for name, kind in kinds.items()):  # a bool is an int, too
            raise InvalidRequest("An input image's name has a value of the wrong kind.", param="image")
        one = cls(**values)
        if not re.fullmatch(r"[0-9a-f]{64}", one.sha256) or not _could_be(one.width, one.height) or one.weight < 0:
            raise InvalidRequest("An input image's name has a value that no image has.", param="image")
        return one


def _could_be(width: int, height: int) -> bool:
    """Whether a picture has such edges: what is named can be read back."""
    return min(width, height) >= 1 and max(width, height) <= LONGEST_EDGE
