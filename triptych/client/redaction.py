"""Keys taken out of all that leaves the client: the account's own, in any form and in part, and what looks like one."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache, lru_cache
from typing import Any, TypeVar
from urllib.parse import quote

from triptych.client.outward import clean
from triptych.errors import TriptychError
from triptych.results import Picture

Value = TypeVar("Value")

GONE = "…"
PART = 8  # characters of a key that are taken out wherever they stand, whatever is around them
SHORTEST = 4  # characters of a key that is taken out as a word of its own; less is no secret
LONGEST = 1 << 16  # characters of one text that are looked through; what is longer is cut
PLAIN = (str, int, float, bytes, type(None))  # what nothing else is in
WITHOUT_TEXT = frozenset({int, float, bool, bytes, type(None)})  # most of what an event is made of
LOOKS = re.compile(
    r"\b(?P<start>sk|sess|pk)-[\w*.-]{4,}|\b(?P<other>rk|xai|gsk|hf|r8|ghp|AIza)[-_]?[\w-]{16,}|\b(?P<bearer>Bearer)\s+\S{4,}"
)


class Redaction:
    """Takes one account's key out of texts, errors, events and plain data. Bounded by the length of what it reads."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._parts, self._word = _parts(key)

    def text(self, text: str) -> str:
        """``text`` without the key, any ``PART`` characters of it, what looks like a key, and what cannot be stored."""
        text = str(clean(text))
        if len(text) > LONGEST:
            text = text[:LONGEST] + GONE
        if self._word:
            text = self._word.sub(GONE, text)
        return LOOKS.sub(lambda found: f"{found[found.lastgroup or 0]}-{GONE}", self._without_parts(text))

    def __call__(self, value: Value) -> Value:
        """The same value with every text in it redacted; bytes and images are left as they came, but SVGs, which are
        text: over a key in one there are as many ``*``.

        An error keeps its texts and nothing else: no cause, no frames, which would hold the answer and the key.
        """
        return self._cleaned(value)  # type: ignore[no-any-return]

    def _cleaned(self, value: Any) -> Any:
        if isinstance(value, PLAIN):
            return self.text(value) if isinstance(value, str) else value
        if isinstance(value, TriptychError):
            return self._error(value)
        if isinstance(value, Mapping):
            return {self._cleaned(name): self._cleaned(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(self._cleaned, value))
        if is_dataclass(value) and not isinstance(value, type):
            said = {name: getattr(value, name) for name in _names(type(value))}
            new = {name: self._cleaned(inner) for name, inner in said.items() if type(inner) not in WITHOUT_TEXT}
            if isinstance(value, Picture) and value.format == "svg":
                new["data"] = Masking(self._key).whole(value.data)
            return replace(value, **new) if any(new[name] is not said[name] for name in new) else value
        return value

    def _error(self, error: TriptychError) -> TriptychError:
        for field in fields(error):
            setattr(error, field.name, self._cleaned(getattr(error, field.name)))
        error.args = self._cleaned(error.args)
        error.__cause__ = error.__context__ = None
        return error.with_traceback(None)

    def _without_parts(self, text: str) -> str:
        if len(text) < PART or self._parts.isdisjoint([text[at : at + PART] for at in range(len(text) - PART + 1)]):
            return text
        kept, end = [], 0
        place = 0
        while place <= len(text) - PART:
            if text[place : place + PART] not in self._parts:
                place += 1
                continue
            kept += [text[end:place], GONE]
            end = place + PART
            while text[end - PART + 1 : end + 1] in self._parts and end < len(text):
                end += 1
            place = end
        return "".join((*kept, text[end:]))


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    """What a dataclass is made of."""
    return tuple(field.name for field in fields(kind) if field.init)


@lru_cache(maxsize=64)
def _parts(key: str) -> tuple[frozenset[str], re.Pattern[str] | None]:
    """All runs of ``PART`` characters in the ways to write ``key``; for a shorter key, a pattern of the whole of it."""
    forms = {key, key.lower(), key.upper(), quote(key, safe=""), json.dumps(key)[1:-1]}
    for shift in range(3):  # base64 of the key reads otherwise by where in its text the key begins
        encoded = base64.b64encode(b"\0" * shift + key.encode())
        inside = encoded[4 if shift else 0 : len(encoded) - 4 if encoded.endswith(b"=") else None].decode()
        forms |= {inside, inside.replace("+", "-").replace("/", "_")}
    forms |= {key.encode().hex(), key.encode().hex().upper()}
    parts = frozenset(form[at : at + PART] for form in forms for at in range(len(form) - PART + 1))
    if len(key) >= PART:
        return parts, None
    return frozenset(), re.compile(rf"(?<!\w){re.escape(key)}(?!\w)") if len(key) >= SHORTEST else None


class Masking:
    """Writes ``*`` over the account's key in the bytes of an answer, which come in pieces; as many as there were.

    A key shorter than ``PART`` stays: an image may hold it by chance.
    """

    def __init__(self, key: str) -> None:
        self._key = key.strip().encode() if len(key.strip()) >= PART else b""
        self._held = b""

    def feed(self, chunk: bytes) -> bytes:
        """What may be written down by now: all but an end with which the key may begin."""
        data = (self._held + chunk).replace(self._key, b"*" * len(self._key)) if self._key else chunk
        starts = (self._key[:size] for size in range(len(self._key) - 1, 0, -1))
        self._held = next((start for start in starts if data.endswith(start)), b"")
        return data[: len(data) - len(self._held)]

    def whole(self, data: bytes) -> bytes:
        """All of ``data`` at once."""
        return self.feed(data) + self.end()

    def end(self) -> bytes:
        """The rest, when no more comes."""
        rest, self._held = self._held, b""
        return rest
