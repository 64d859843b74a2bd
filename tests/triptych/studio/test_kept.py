"""What cannot be read is kept as it came, until it can be or a person has decided."""

import asyncio
import json
import shutil
import stat
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.triptych.client.raw import Visit, b64, event, head, png, says, whole
from tests.triptych.studio.conftest import drawn
from tests.triptych.studio.places import (
    BAD,
    GOOD,
    KEY,
    REQUEST,
    USAGE,
    assert_all_is_saved,
    caught_up,
    opened,
    restarted,
    served,
    status,
)
from triptych.errors import NotSaved, OutcomeUnknown
from triptych.results import Failed
from triptych.studio import Saved, Studio

TWO = tuple({"b64_json": b64(png(64, colour)), "usage": USAGE} for colour in ("red", "blue"))


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = opened(tmp_path)
    yield made
    made.store.close()


async def test_an_answer_that_cannot_be_read_is_kept_as_it_came_and_counts_as_paid(studio: Studio) -> None:
    said = whole(BAD)
    async with served(says(said)) as (server, client):
        last = (await drawn(studio, client, REQUEST))[-1]

    assert isinstance(last, Failed)
    assert isinstance(last.error, OutcomeUnknown)
    (answer,) = studio.store.spool.answers("local")
    assert said.endswith(studio.store.spool.data(answer))
    assert len(json.dumps(BAD)) == answer.weight
    assert ("unreadable", last.error.message, "req_raw") == (answer.state, answer.reason, answer.request_id)
    assert () == studio.store.spool.answers("somebody else")
    assert studio.store.spool.get("somebody else", answer.name) is None
    assert 1 == server.posts
    assert "unknown" == status(studio)
    assert studio.store.journal.money("day").reserved > 0


async def test_what_is_kept_is_for_its_owner_only_and_holds_no_key(studio: Studio) -> None:
    async with served(says(whole(BAD))) as (_, client):
        await drawn(studio, client, REQUEST)

    files = [path for _, path in studio.store.spool.files()]
    assert 2 == len(files)
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in files}
    assert 0o700 == stat.S_IMODE(studio.store.spool.root.stat().st_mode)
    assert not any(KEY.encode() in path.read_bytes() for path in files)


async def test_an_answer_whose_images_are_saved_is_not_kept(studio: Studio) -> None:
    async with served(says(whole(GOOD))) as (_, client):
        last = (await drawn(studio, client, REQUEST))[-1]

    assert isinstance(last, Saved)
    assert_all_is_saved(studio)


async def test_a_servers_refusal_is_not_kept(studio: Studio) -> None:
    refusal = {"error": {"message": "Your request was rejected.", "code": "moderation_blocked", "type": "user_error"}}
    async with served(says(whole(refusal))) as (_, client):
        last = (await drawn(studio, client, REQUEST))[-1]

    assert isinstance(last, Failed)
    assert not last.error.may_be_charged
    assert [] == list(studio.store.spool.files())


@pytest.mark.parametrize("restart", [False, True], ids=["the process lives", "after a restart"])
async def test_what_could_not_be_read_is_read_again_and_the_run_is_done(
    studio: Studio, tmp_path: Path, restart: bool
) -> None:
    image_is_there = asyncio.Event()

    async def answer(visit: Visit) -> None:
        if visit.method == "POST":
            await visit.say(whole({"data": [{"url": "/v1/image.png"}], "usage": USAGE}))
        else:
            await visit.say(whole(png(64), kind="image/png") if image_is_there.is_set() else head(404, length=0))

    async with served(answer) as (server, client):
        assert isinstance((await drawn(studio, client, REQUEST))[-1], Failed)
        assert [] == await caught_up(studio)  # only a person has what cannot be read read again
        if restart:
            studio = restarted(studio, tmp_path)
        (kept,) = studio.store.spool.answers("local")
        with pytest.raises(OutcomeUnknown):
            await asyncio.to_thread(studio.late.read_again, kept, client.account)
        assert (kept,) == studio.store.spool.answers("local")

        image_is_there.set()
        saved = await asyncio.to_thread(studio.late.read_again, kept, client.account)

        assert 1 == server.posts
    assert 1 == len(saved.pieces)
    assert_all_is_saved(studio)
    studio.store.close()


async def test_an_answer_some_of_whose_images_cannot_be_read_stays_until_all_can(studio: Studio) -> None:
    both = {"data": [*BAD["data"], *GOOD["data"]], "usage": USAGE}  # type: ignore[misc]
    async with served(says(whole(both))) as (_, client):
        last = (await drawn(studio, client, replace(REQUEST, n=2)))[-1]
    assert isinstance(last, Saved)
    assert last.trouble is None
    (kept,) = studio.store.spool.answers("local")
    assert ("unreadable", "1 of its 2 images could not be read.") == (kept.state, kept.reason)
    first = studio.store.history.search("local").records[0]

    more = {"data": [{"b64_json": b64(png(64, "blue"))}, *GOOD["data"]], "usage": USAGE}  # type: ignore[misc]
    studio.store.spool.body(kept.name).write_bytes(json.dumps(more).encode())
    await asyncio.to_thread(studio.late.read_again, kept)

    records = studio.store.history.search("local").records
    assert 2 == len({one.stored.sha256 for one in records if one.stored})
    assert first.id in {one.id for one in records}
    assert () == studio.store.spool.answers()


def _cut(said: bytes) -> bytes:
    """All of it up to the middle of the last image."""
    return said[: said.rindex(TWO[-1]["b64_json"][-40:].encode())]


CUT = {
    "a field of a stream": b"".join(event("image_generation.completed", one) for one in TWO).replace(
        b"}\n\nevent: image_generation.completed\ndata", b"}\n\nevent: image_generation.completed\ndat"
    ),
    "a stream": _cut(b"".join(event("image_generation.completed", one) for one in TWO)),
    "line by line": _cut(b"\n".join(json.dumps({"data": [one]}).encode() for one in TWO)),
}


@pytest.mark.parametrize("said", CUT.values(), ids=CUT)
async def test_an_answer_whose_second_image_is_cut_stays_beside_the_first(studio: Studio, said: bytes) -> None:
    async with served(says(whole(said))) as (_, client):
        last = (await drawn(studio, client, replace(REQUEST, n=2)))[-1]

    assert isinstance(last, Saved)
    assert 1 == len(last.pieces)
    (kept,) = studio.store.spool.answers("local")
    assert ("unreadable", "1 of its 2 images could not be read.") == (kept.state, kept.reason)
    assert said == studio.store.spool.data(kept)


async def test_an_image_that_comes_behind_an_error_of_another_is_saved_too(studio: Studio) -> None:
    first, second = (event("image_generation.completed", one) for one in TWO)
    failed = event("error", {"error": {"message": "no", "type": "server_error"}})
    async with served(says(whole(first + failed + second))) as (_, client):
        last = (await drawn(studio, client, replace(REQUEST, n=2)))[-1]

    assert isinstance(last, Saved)
    assert 2 == len(last.pieces)


async def test_a_spool_that_has_its_share_of_the_disk_is_refused_before_anything_is_sent(studio: Studio) -> None:
    studio.store.spool.root.mkdir(parents=True)
    with (studio.store.spool.root / "other.body").open("wb") as file:
        file.truncate(2 * shutil.disk_usage(studio.store.spool.root).free)  # a hole: it takes no room, and counts

    async with served(says(whole(GOOD))) as (server, client):
        with pytest.raises(NotSaved, match=r"Read them again or remove them in History"):
            await drawn(studio, client, REQUEST)

        assert 0 == server.posts
    assert {} == studio.store.journal.statuses(["t"])


async def test_a_persons_word_on_the_cost_stands_when_the_image_comes_after_all(studio: Studio) -> None:
    async with served(says(whole(BAD))) as (_, client):
        await drawn(studio, client, REQUEST)
    studio.store.journal.resolve("local", "t", Decimal("0.5"))
    (kept,) = studio.store.spool.answers("local")
    studio.store.spool.body(kept.name).write_bytes(json.dumps(GOOD).encode())

    await asyncio.to_thread(studio.late.read_again, kept)

    assert "done" == status(studio)
    assert (Decimal("0.5"), 0) == (studio.store.journal.money("day").spent, studio.store.journal.money("day").reserved)
    assert 1 == studio.store.history.search("local").total


async def test_a_run_that_the_records_have_lost_comes_back_with_its_owner(studio: Studio, tmp_path: Path) -> None:
    async with served(says(whole(BAD))) as (_, client):
        await drawn(studio, client, REQUEST, owner="ann")
    studio.store.close()
    (tmp_path / "records" / "triptych.db").unlink()
    studio = opened(tmp_path)
    (kept,) = studio.store.spool.answers("ann")
    studio.store.spool.body(kept.name).write_bytes(json.dumps(GOOD).encode())

    saved = await asyncio.to_thread(studio.late.read_again, kept)

    (record,) = studio.store.history.search("ann").records
    assert ("t", "done", saved.dollars) == (record.ticket, record.status, record.dollars)
    assert saved.dollars == studio.store.journal.money("day").spent
    studio.store.close()
