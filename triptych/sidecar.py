"""The sidecar of an image: what was asked, got and paid, as one strict value that goes with it wherever it goes."""

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from triptych.errors import BadSidecar, InvalidRequest
from triptych.parameters import HALF, PARAMETERS, Number
from triptych.request import ImageRequest
from triptych.results import Usage

VERSION = 1
MOST_DOLLARS = 10**9  # of one answer: what the books can count
MOST_IMAGES = 1000  # of one answer, and of what it is made from
LONGEST_WORD, LONGEST_TEXT = 1000, 1_000_000  # characters of a name, and of a prompt
MOST_GOT = 100  # values that a server says of its answer
YEARS = (2000, 2199)  # in which an image can have been made
HASHING = 100_000  # rounds: some tens of milliseconds for each guess, and once for each owner

Read = Callable[[Any], Any]


@lru_cache(1024)
def owner_hash(owner: str) -> str:
    """What a sidecar says of an image's owner: 32 hex digits that only who knows the owner's name can make again.

    A rebuild has nothing but the sidecars and the names of those who log in, so no secret can go into it: one that lay
    beside the records would be lost with them. Names may be e-mail addresses, which can be guessed; many rounds make
    each guess dear. It never leaves the store: exports and downloads are without it.
    """
    made = hashlib.pbkdf2_hmac("sha256", owner.encode(errors="replace"), b"triptych owner", HASHING)
    return made.hex()[:32]


def cleaned(text: str) -> str:
    """``text`` with a mark in place of what is half a character."""
    return HALF.sub("\ufffd", text)


@dataclass(frozen=True, kw_only=True)
class Sidecar:
    """What is known of one image of an answer.

    ``dollars``, ``usage`` and ``seconds`` are those of the whole answer, which had ``pictures`` many; None: unknown.
    ``owner`` is an `owner_hash`, None where nobody says. ``imported`` says that it was paid elsewhere.
    """

    sha256: str
    created: datetime
    engine: str
    request: ImageRequest
    got: Mapping[str, str] = field(default_factory=dict)
    usage: Usage | None = None
    dollars: Decimal | None = None
    pictures: int = 1
    seconds: float | None = None
    parents: tuple[str, ...] = ()
    request_id: str | None = None
    imported: bool = False
    owner: str | None = None

    @property
    def share(self) -> Decimal | None:
        """This image's part of the dollars."""
        return None if self.dollars is None else self.dollars / self.pictures

    def to_json(self) -> dict[str, Any]:
        """Its fields as JSON values; `from_json` reads them."""
        more: dict[str, Any] = {"derived": self.got["derived"]} if "derived" in self.got else {}
        more |= {"imported": True} if self.imported else {}
        more |= {"owner": self.owner} if self.owner else {}
        return {
            "triptych": VERSION,
            "sha256": self.sha256,
            "created": told_time(self.created),
            "engine": self.engine,
            "request": self.request.to_json(),
            "got": dict(self.got),
            "usage": self.usage.to_json() if self.usage else None,
            "cost_usd": None if self.dollars is None else f"{self.dollars:f}",
            "pictures": self.pictures,
            "seconds": self.seconds,
            "parents": list(self.parents),
            "request_id": self.request_id,
            **more,
        }

    @classmethod
    def from_json(cls, values: Any) -> "Sidecar":
        """The sidecar that ``to_json`` wrote; raises BadSidecar, which names the field that does not fit."""
        if not isinstance(values, Mapping):
            raise BadSidecar("triptych")
        for name in sorted(map(str, set(values) - (set(_READ) ^ {"dollars", "cost_usd"}))):
            raise BadSidecar(cleaned(name[:40]))
        told: dict[str, Any] = {}
        for name, read in _READ.items():
            try:
                told[name] = read(values.get("cost_usd" if name == "dollars" else name, _UNSAID.get(name)))
            except (ValueError, TypeError, OverflowError, RecursionError, InvalidOperation, InvalidRequest):
                raise BadSidecar("cost_usd" if name == "dollars" else name) from None
        return cls(**{name: value for name, value in told.items() if name not in _ONLY_READ})


def read_sidecar(data: bytes | str) -> Sidecar:
    """The sidecar in a file's bytes; raises BadSidecar."""
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        raise BadSidecar("triptych") from None
    return Sidecar.from_json(values)


def told_time(when: datetime) -> str:
    """A UTC time as sidecars and receipts say it, to the second."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def read_time(value: Any) -> datetime:
    """The UTC time that is told; raises ValueError or TypeError for anything else."""
    when = datetime.fromisoformat(value)
    if when.tzinfo is None or not YEARS[0] <= (when := when.astimezone(UTC)).year <= YEARS[1]:
        raise ValueError(value)
    return when


def read_dollars(value: Any) -> Decimal | None:
    """The dollars that are told, None for unknown; raises ValueError, TypeError or InvalidOperation."""
    if value is None:
        return None
    dollars = Decimal(_text(value, 100))
    if not (dollars.is_finite() and 0 <= dollars < MOST_DOLLARS):
        raise ValueError(value)
    return dollars


def read_usage(value: Any) -> Usage | None:
    """Tokens as a server counted them, however many; raises ValueError or TypeError."""
    if not value and (value is None or isinstance(value, Mapping)):
        return None
    told = _mapping(value)
    for name in told:
        if name == "svg":
            _text(json.dumps(_mapping(told[name]), ensure_ascii=False, allow_nan=False), LONGEST_TEXT)
        elif name == "untrue":
            _text(told[name])
        elif name not in _TOKENS or _whole(told[name]) < 0:
            raise ValueError(name)
    return Usage(**told)


def read_got(value: Any) -> dict[str, str]:
    """What a server says of its answer; raises ValueError or TypeError."""
    told = _mapping(value)
    if len(told) > MOST_GOT:
        raise ValueError(len(told))
    return {_text(name): _text(each, LONGEST_TEXT) for name, each in told.items()}


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(value)
    return value


def _text(value: Any, most: int = LONGEST_WORD) -> str:
    if not isinstance(value, str) or len(value) > most or HALF.search(value):
        raise ValueError(value)
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _hex(digits: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(rf"[0-9a-f]{{{digits}}}", value):
            raise ValueError(value)
        return value

    return read


def _whole(value: Any) -> int:
    if type(value) is not int:  # a bool is an int, too
        raise TypeError(value)
    return value


def _count(value: Any) -> int:
    if not 1 <= _whole(value) <= MOST_IMAGES:
        raise ValueError(value)
    return int(value)


def _seconds(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    if not (math.isfinite(value) and 0 <= value <= MOST_DOLLARS):
        raise ValueError(value)
    return float(value)


def _parents(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST_IMAGES:
        raise TypeError(value)
    return tuple(dict.fromkeys(map(_hex(64), value)))


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _version(value: Any) -> int:
    if _whole(value) != VERSION:
        raise ValueError(value)
    return VERSION


def read_request(value: Any) -> ImageRequest:
    """The request that is told, whose numbers are ones that can be asked for; raises ValueError or InvalidRequest."""
    request = ImageRequest.from_json(value)
    for name, parameter in PARAMETERS.items():
        asked = getattr(request, name)
        if isinstance(parameter, Number) and asked != parameter.default and parameter.problem(asked):
            raise ValueError(name)
    for one in fields(request):
        if isinstance(asked := getattr(request, one.name), str):
            _text(asked, LONGEST_TEXT if one.name == "prompt" else LONGEST_WORD)
    for told in vars(request.turn).values() if request.turn else ():
        if isinstance(told, str):
            _text(told, LONGEST_TEXT)
    if len(request.images) > MOST_IMAGES:
        raise ValueError(len(request.images))
    return request


_TOKENS = {each.name for each in fields(Usage)} - {"svg", "untrue"}
_UNSAID = {"got": {}, "pictures": 1, "parents": (), "imported": False}
_ONLY_READ = {"triptych", "derived"}
_READ: dict[str, Read] = {
    "triptych": _version,
    "sha256": _hex(64),
    "created": read_time,
    "engine": _text,
    "request": read_request,
    "got": read_got,
    "usage": read_usage,
    "dollars": read_dollars,
    "pictures": _count,
    "seconds": _seconds,
    "parents": _parents,
    "request_id": _text_or_none,
    "imported": _flag,
    "owner": lambda value: None if value is None else _hex(32)(value),
    "derived": _text_or_none,
}
