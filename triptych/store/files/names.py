"""A picture that is kept, what it is called, and the text of the facts beside it."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from triptych.inputs import SUFFIXES, format_of
from triptych.sidecar import Sidecar, cleaned

_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True)  # with an indent it takes ten times as long
STEM = 40  # characters of the prompt in a file's name


@dataclass(frozen=True)
class Stored:
    """A picture that is kept under its SHA-256; edges in pixels."""

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
        return f"{self.sha256}.{format_of(self.format).suffix}"


def original_place(sha256: str, form: str) -> str:
    """Where a picture's bytes lie below the root; raises KeyError for what is no digest or format."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise KeyError(sha256)
    return f"originals/{sha256[:2]}/{sha256}.{SUFFIXES[form]}"


def file_name(prompt: str, sha256: str, form: str) -> str:
    """What a picture is called outside the store: its prompt's first words in plain letters, and its hash's first 8."""
    plain = unicodedata.normalize("NFKD", prompt[: 4 * STEM]).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))
    stem = words if len(words) <= STEM else words[: STEM + 1].rpartition("-")[0] or words[:STEM]
    return f"{stem or 'picture'}-{sha256[:8]}.{format_of(form).suffix}"


def sidecar_text(sidecar: Sidecar) -> str:
    """A sidecar as it is handed out: without a word about whose image it is."""
    return file_text(replace(sidecar, owner=None).to_json())


def file_text(facts: Mapping[str, Any]) -> str:
    """Facts as they are written to a file, one on a line, in text that can be encoded."""
    lines = (f" {_JSON.encode(name)}: {_JSON.encode(facts[name])}" for name in sorted(facts))
    return cleaned("{\n" + ",\n".join(lines) + "\n}")
