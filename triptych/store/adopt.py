"""Sidecars taken back into the records: after a crash, after the database was lost, from a file handed in."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from triptych.errors import BadAnswer, InvalidRequest
from triptych.inputs import SUFFIXES
from triptych.request import ImageRequest
from triptych.store.entries import Kept
from triptych.store.files import Files
from triptych.store.names import Stored

Answers = dict[tuple[str, int], list[Kept]]


@dataclass(frozen=True)
class Facts:
    """A sidecar that holds what it must: an answer's share of money in ``dollars``, None where it is unknown."""

    created: datetime
    engine: str
    request: ImageRequest
    dollars: Decimal | None
    pictures: int
    parents: tuple[str, ...]
    imported: bool


def facts_of(sidecar: Mapping[str, Any] | None) -> Facts | None:
    """What a sidecar says; None for one that is damaged or none of ours."""
    if sidecar is None:
        return None
    try:
        created = datetime.fromisoformat(sidecar["created"])
        cost = sidecar["cost_usd"]
        dollars = None if cost is None else Decimal(cost)
        if created.tzinfo is None or (dollars is not None and not 0 <= dollars < 10**9):
            return None
        return Facts(
            created=created.astimezone(UTC),
            engine=str(sidecar["engine"]),
            request=ImageRequest.from_json(sidecar["request"]),
            dollars=dollars,
            pictures=max(int(sidecar.get("pictures", 1)), 1),
            parents=tuple(each for each in sidecar.get("parents", ()) if re.fullmatch(r"[0-9a-f]{64}", each)),
            imported=bool(sidecar.get("imported", False)),
        )
    except (KeyError, TypeError, ValueError, OverflowError, InvalidOperation, InvalidRequest):
        return None


def place_of(name: str) -> tuple[str, int, int] | None:
    """Ticket, part and index in a sidecar's name, as `Store.note` was given it; None for another kind of name."""
    found = re.fullmatch(r"(.+)-(\d{1,6})-(\d{1,6})", name)
    return (found[1], int(found[2]), int(found[3])) if found else None


def stored_of(files: Files, sidecar: Mapping[str, Any]) -> Stored | None:
    """The picture that a sidecar speaks of; None where its bytes are not there."""
    sha256, got = str(sidecar.get("sha256")), sidecar.get("got")
    told = got if isinstance(got, Mapping) else {}
    likely = [form for form in (str(told.get("output_format")),) if form in SUFFIXES]
    with suppress(KeyError):
        for form in dict.fromkeys([*likely, *SUFFIXES]):
            size = files.size(sha256, form)
            if size is not None:
                return _measured(files, sha256, form, size, str(told.get("size")))
    return None


def answers(files: Files, sidecars: Iterable[tuple[str, Mapping[str, Any] | None]]) -> Answers:
    """The pictures whose bytes and sidecars are whole, by ticket and part."""
    found: Answers = defaultdict(list)
    for name, sidecar in sidecars:
        place = place_of(name)
        if place and sidecar and facts_of(sidecar) and (stored := stored_of(files, sidecar)):
            found[place[:2]].append(Kept(place[2], stored, sidecar))
    return found


def is_whole(pieces: Sequence[Kept], pictures: int) -> bool:
    """Whether an answer of so many pictures is here with all of them."""
    return {piece.index for piece in pieces} == set(range(pictures))


def _measured(files: Files, sha256: str, form: str, size: int, told: str) -> Stored | None:
    """With the edges the sidecar tells, so that thousands need not be opened; else those that the bytes show."""
    if found := re.fullmatch(r"(\d{1,6})x(\d{1,6})", told):
        return Stored(sha256, form, int(found[1]), int(found[2]), size)
    from triptych.client.answers import picture

    try:
        shown = picture(files.original(sha256, form))
    except (BadAnswer, KeyError):
        return None
    return Stored(sha256, form, shown.width, shown.height, size)
