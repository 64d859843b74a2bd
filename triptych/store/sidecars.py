"""Sidecars made from records, and taken back into them: after a crash, after the database was lost, from a file."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress

from triptych.errors import BadAnswer
from triptych.inputs import SUFFIXES
from triptych.sidecar import Sidecar
from triptych.store.files.images import Files
from triptych.store.files.names import Stored
from triptych.store.values import Kept, Record

Answers = dict[tuple[str, int], list[Kept]]


def sidecar_of(record: Record) -> Sidecar:
    """The facts of one record; dollars are this image's share, tokens the whole answer's.

    Raises KeyError for the record of a run of which no image came.
    """
    if record.stored is None:
        raise KeyError(record.id)
    return Sidecar(
        sha256=record.stored.sha256,
        created=record.created.replace(microsecond=0),
        engine=record.engine,
        request=record.request,
        got=record.got,
        usage=record.usage,
        dollars=None if record.dollars is None else record.dollars.normalize(),
        seconds=record.seconds,
        parents=record.parents,
        request_id=record.request_id,
    )


def image_of(name: str) -> tuple[str, int, int] | None:
    """Ticket, part and index in a sidecar's name, as `Store.note` was given it; None for another kind of name."""
    found = re.fullmatch(r"(.+)-(\d{1,6})-(\d{1,6})", name)
    return (found[1], int(found[2]), int(found[3])) if found else None


def stored_of(files: Files, sidecar: Sidecar) -> Stored | None:
    """The picture that a sidecar speaks of; None where its bytes are not there."""
    sha256, got = sidecar.sha256, sidecar.got
    likely = [form for form in (got.get("output_format"),) if form in SUFFIXES]
    with suppress(KeyError):
        for form in dict.fromkeys([*filter(None, likely), *SUFFIXES]):
            size = files.size(sha256, form)
            if size is not None:
                return _measured(files, sha256, form, size, got.get("size", ""))
    return None


def answers(files: Files, sidecars: Iterable[tuple[str, Sidecar | None]]) -> Answers:
    """The pictures whose bytes and sidecars are whole, by ticket and part."""
    found: Answers = defaultdict(list)
    for name, sidecar in sidecars:
        place = image_of(name)
        if place and sidecar and (stored := stored_of(files, sidecar)):
            found[place[:2]].append(Kept(place[2], stored, sidecar))
    return found


def is_whole(pieces: Sequence[Kept], pictures: int) -> bool:
    """Whether an answer of so many pictures is here with all of them."""
    return {piece.index for piece in pieces} == set(range(pictures))


def _measured(files: Files, sha256: str, form: str, size: int, told: str) -> Stored | None:
    """With the edges the sidecar tells, so that thousands need not be opened; else those that the bytes show."""
    if found := re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})", told):
        return Stored(sha256, form, int(found[1]), int(found[2]), size)
    from triptych.client.answers import picture

    try:
        shown = picture(files.original(sha256, form))
    except (BadAnswer, KeyError):
        return None
    return Stored(sha256, form, shown.width, shown.height, size)
