"""A thread as a ZIP and back: Markdown to read, its images bit for bit, and a file from which it can be made again."""

import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert

from triptych.conversation.thread import Thread, Turn
from triptych.errors import BadFile, InvalidRequest
from triptych.inputs import Attachment
from triptych.request import ImageRequest
from triptych.sidecar import Sidecar, cleaned, read_dollars, read_sidecar, read_time, told_time
from triptych.store import Store, sidecar_of, sidecar_text
from triptych.store.db.conversations import turns as table
from triptych.store.db.database import text
from triptych.store.db.units import stamp
from triptych.store.history.attached import hold
from triptych.store.transfer.archive import Archive, opened

VERSION = 1
TOLD, READ = "conversation.json", "conversation.md"
MOST_TURNS = 10_000
LONGEST = 200_000  # characters of a message or an answer
LONGEST_NAME = 500
DAMAGED = "This ZIP file holds no conversation that can be read, so nothing of it was taken."
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")

Begin = Callable[..., Thread]


def export(store: Store, thread: Thread, turns: Sequence[Turn]) -> bytes:
    """The ZIP; images that are gone are left out. What the turns cost is told, whose they are is not."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        named = {turn.id: list(_written(store, archive, turn)) for turn in turns}
        reference = _reference(store, archive, thread)
        told = [_told(turn, named[turn.id]) for turn in turns]
        facts = {"triptych_conversation": VERSION, "name": thread.name, "style": thread.style}
        whole = {**facts, "reference": reference, "turns": told}
        archive.writestr(TOLD, cleaned(json.dumps(whole, ensure_ascii=False, indent=1)), zipfile.ZIP_DEFLATED)
        archive.writestr(READ, cleaned(_markdown(thread, turns, named)), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def take_in(store: Store, owner: str, data: bytes, begin: Begin) -> Thread:
    """Make the thread of a ZIP again, of turns without runs; ``begin`` writes it down. Raises BadFile or NotSaved."""
    with opened(io.BytesIO(data)) as archive:
        told = _read(archive)
        images = {name: archive.read(name) for one in told["turns"] for name in one["images"]}
        sidecars = {name: archive.read(_beside(name)) for name in images}
        for text_ in sidecars.values():
            read_sidecar(text_)
        pinned = archive.read(told["reference"]) if told["reference"] else None
    reference = _attachment(pinned)
    for name, picture in images.items():
        store.transfer.import_sidecar(owner, sidecars[name], picture)
    if reference and pinned:
        store.keep_input(pinned, reference)
    shas = {name: read_sidecar(text_).sha256 for name, text_ in sidecars.items()}
    kept = text(reference.to_json()) if reference else None
    with store.database.write() as connection:
        thread = begin(connection, owner, told["name"], style=told["style"], reference=kept)
        hold(connection, thread.id, [reference] if reference else [])
        _insert(connection, thread, told["turns"], shas)
    return thread


def _insert(
    connection: Connection, thread: Thread, turns: Sequence[Mapping[str, Any]], shas: Mapping[str, str]
) -> None:
    ids = {one["id"]: f"import-{uuid.uuid4().hex}" for one in turns}
    at = 0
    for one in turns:
        at = max(at + 1, stamp(read_time(one["created"])))  # in their order, also those of one second
        said = {name: one[name] for name in ("answer", "revised_prompt", "note", "text_cost", "image_cost", "engine")}
        said |= {"seconds": one["seconds"], "images": [shas[name] for name in one["images"]]}
        row = {"ticket": ids[one["id"]], "thread": thread.id, "parent": ids.get(one["parent"])}
        row |= {"message": one["message"], "request": text(one["request"]), "told": text(said)}
        connection.execute(insert(table).values(**row, created=at))


def _written(store: Store, archive: zipfile.ZipFile, turn: Turn) -> Iterator[str]:
    """Write the images of a turn with their sidecars; the name of each that is there."""
    for record in turn.records:
        if one := record.stored:
            try:
                data = store.original(one.sha256, one.format)
            except KeyError:
                continue
            name = f"images/{one.name}"
            if name not in archive.NameToInfo:
                archive.writestr(name, data)
                archive.writestr(_beside(name), sidecar_text(_nameless(sidecar_of(record))), zipfile.ZIP_DEFLATED)
            yield name


def _nameless(told: Sidecar) -> Sidecar:
    return replace(told, request=replace(told.request, safety_identifier=None))


def _reference(store: Store, archive: zipfile.ZipFile, thread: Thread) -> str | None:
    if not thread.reference:
        return None
    try:
        data = store.attached(thread.reference.sha256, thread.reference.format, thread.owner)
    except KeyError:
        return None
    name = f"reference.{thread.reference.suffix}"
    archive.writestr(name, data)
    return name


def _told(turn: Turn, images: Sequence[str]) -> dict[str, Any]:
    costs = {"text_cost": turn.text_cost, "image_cost": turn.image_cost}
    return {
        **{name: getattr(turn, name) for name in ("id", "parent", "message", "answer", "revised_prompt", "note")},
        **{name: None if cost is None else f"{cost:f}" for name, cost in costs.items()},
        "engine": turn.engine,
        "seconds": turn.seconds,
        "created": told_time(turn.created),
        "request": replace(turn.request, safety_identifier=None).to_json(),
        "images": list(images),
    }


def _markdown(thread: Thread, turns: Sequence[Turn], named: Mapping[str, Sequence[str]]) -> str:
    """Words as they were said, never as Markdown: what stands in them is shown, and nothing is fetched by it."""
    numbers = {turn.id: number for number, turn in enumerate(turns, start=1)}
    lines = [f"# {_plain(thread.name)}", ""]
    lines += [f"Style: {_plain(thread.style)}", ""] if thread.style else []
    for turn in turns:
        after = f" (after {numbers[turn.parent]})" if turn.parent in numbers else ""
        lines += [f"## {numbers[turn.id]}{after}", "", *(f"> {_plain(line)}" for line in turn.message.splitlines()), ""]
        lines += [f"![Image of turn {numbers[turn.id]}]({name})\n" for name in named[turn.id]]
        lines += [_plain(one) + "\n" for one in (turn.answer, turn.note) if one]
        lines += [f"Revised prompt: {_plain(turn.revised_prompt)}\n"] if turn.revised_prompt else []
        lines += [f"{_plain(turn.request.model)} · text {_cost(turn.text_cost)} · image {_cost(turn.image_cost)}", ""]
    return "\n".join(lines)


def _plain(said: str) -> str:
    return SPECIAL.sub(r"\\\1", said)


def _cost(dollars: object) -> str:
    return "unknown" if dollars is None else f"${dollars:f}"


def _beside(name: str) -> str:
    return f"{name.rpartition('.')[0]}.json"


def _attachment(data: bytes | None) -> Attachment | None:
    try:
        return Attachment.of(data) if data is not None else None
    except InvalidRequest:
        raise BadFile(DAMAGED) from None


def _read(archive: Archive) -> dict[str, Any]:
    """What the file tells, once all of it is what it should be; raises BadFile."""
    if TOLD not in archive:
        raise BadFile("This ZIP file holds no conversation: export one from Converse.")
    try:
        told = json.loads(archive.read(TOLD))
        if told["triptych_conversation"] != VERSION or len(told["turns"]) > MOST_TURNS:
            raise ValueError(told["triptych_conversation"])
        seen: set[str] = set()
        for one in told["turns"]:
            _check(one, seen, archive)
            seen.add(one["id"])
        _text(told["name"], LONGEST_NAME)
        _text(told["style"])
        if told["reference"] is not None and told["reference"] not in archive:
            raise ValueError(told["reference"])
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
        OverflowError,
        ArithmeticError,
        InvalidRequest,
    ):
        raise BadFile(DAMAGED) from None
    return dict(told)


def _check(one: Mapping[str, Any], seen: set[str], archive: Archive) -> None:
    """Raise ValueError and the like for a turn that is none of ours."""
    for name in ("id", "engine"):
        _text(one[name], LONGEST_NAME)
    if one["id"] in seen or (one["parent"] is not None and one["parent"] not in seen):
        raise ValueError(one["id"])
    for name in ("message", "answer", *(name for name in ("revised_prompt", "note") if one[name] is not None)):
        _text(one[name])
    for name in ("text_cost", "image_cost"):
        read_dollars(one[name])
    if not isinstance(one["seconds"], int | float | None):
        raise TypeError(one["seconds"])
    read_time(one["created"])
    ImageRequest.from_json(one["request"])
    for name in one["images"]:
        if name not in archive or _beside(name) not in archive:
            raise ValueError(name)


def _text(value: Any, most: int = LONGEST) -> None:
    if not isinstance(value, str) or len(value) > most or cleaned(value) != value:
        raise ValueError(value)
