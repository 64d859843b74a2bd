"""A thread goes out as a ZIP that anybody can read, and comes back as it was."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.triptych.conversation.conftest import Talk
from triptych.conversation import Threads, Turn
from triptych.errors import BadFile
from triptych.inputs import Attachment
from triptych.store import Store


def _parents(turns: Sequence[Turn]) -> list[int | None]:
    """The place of each turn's parent."""
    places = {turn.id: number for number, turn in enumerate(turns)}
    return [places[turn.parent] if turn.parent else None for turn in turns]


async def test_a_thread_is_exported_and_comes_back_with_its_branches_images_and_costs(
    talk: Talk, tmp_path: Path
) -> None:
    fox = await talk.say("a red fox ![x](http://127.0.0.1/beacon)", identifier="whose it is")
    await talk.say("at night", fox.id)
    await talk.say("add a boat", fox.id)
    stored = fox.records[0].stored
    assert stored
    pinned = Attachment(stored.sha256, stored.format, stored.width, stored.height, stored.bytes)
    talk.threads.pin("local", talk.thread.id, "in ink", pinned)
    thread = talk.threads.all("local")[0]

    out = talk.threads.export(thread)
    elsewhere = Store(tmp_path / "other" / "images")
    threads = Threads(elsewhere)
    taken = threads.take_in("me", out)

    before, after = talk.threads.turns(thread), threads.turns(taken)
    parents = [_parents(turns) for turns in (before, after)]
    assert parents[0] == parents[1] == [None, 0, 0]
    names = ("message", "answer", "revised_prompt", "text_cost", "image_cost")
    assert [[getattr(turn, name) for name in names] for turn in before] == [
        [getattr(turn, name) for name in names] for turn in after
    ]
    nobodys = [replace(turn.request, safety_identifier=None) for turn in before]
    assert nobodys == [turn.request for turn in after]
    digests = [
        [one.stored and one.stored.sha256 for turn in turns for one in turn.records] for turns in (before, after)
    ]
    assert digests[0] == digests[1]
    assert (thread.name, "in ink", pinned) == (taken.name, taken.style, taken.reference)
    assert elsewhere.attached(pinned.sha256, pinned.format, "me")
    assert 0 == elsewhere.journal.money("day").spent
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert "](http" not in archive.read("conversation.md").decode()
        assert not [name for name in archive.namelist() if b"whose it is" in archive.read(name)]
    elsewhere.close()


@pytest.mark.parametrize("harm", ["no zip", "no file", "turns", "parent", "image", "money", "request"])
async def test_what_is_no_conversation_is_refused_whole(talk: Talk, threads: Threads, harm: str) -> None:
    await talk.say("a red fox")
    told = {"triptych_conversation": 1, "name": "x", "style": "", "reference": None, "turns": []}
    with zipfile.ZipFile(io.BytesIO(threads.export(talk.thread))) as archive:
        turn = json.loads(archive.read("conversation.json"))["turns"][0]
    harms = {
        "turns": {**told, "turns": 7},
        "parent": {**told, "turns": [{**turn, "images": [], "parent": "nobody"}]},
        "image": {**told, "turns": [turn]},
        "money": {**told, "turns": [{**turn, "images": [], "text_cost": "-1"}]},
        "request": {**told, "turns": [{**turn, "images": [], "request": {"model": 1}}]},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("other.txt" if harm == "no file" else "conversation.json", json.dumps(harms.get(harm, told)))

    with pytest.raises(BadFile):
        threads.take_in("local", b"PK no" if harm == "no zip" else out.getvalue())

    assert [talk.thread.id] == [one.id for one in threads.all("local")]
