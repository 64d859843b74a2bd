"""What is paid for and cannot be saved as it comes is saved later, by whoever lives."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.triptych.client.raw import Visit, b64, head, png, raw, whole
from tests.triptych.nurse import Nurse, nursery, until_gone
from tests.triptych.studio.conftest import drawn
from tests.triptych.studio.places import (
    BAD,
    GOOD,
    KEY,
    REQUEST,
    USAGE,
    after,
    assert_all_is_saved,
    away,
    back,
    caught_up,
    opened,
    restarted,
    served,
    status,
)
from triptych.budget import Budget
from triptych.errors import DatabaseDown, NotSaved
from triptych.store import Query, Store
from triptych.studio import Saved, Studio

PATIENCE = 60.0  # seconds


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = opened(tmp_path)
    yield made
    made.store.close()


@pytest.mark.parametrize("restart", [False, True], ids=["the process lives", "after a restart"])
@pytest.mark.parametrize("place", ["place", "records", "both"])
async def test_an_image_that_comes_while_a_place_is_away_is_shown_and_written_when_it_is_back(
    studio: Studio, tmp_path: Path, place: str, restart: bool
) -> None:
    places = [tmp_path / name for name in ("place", "records") if place in {name, "both"}]
    async with served(after(places, whole(GOOD), studio)) as (server, client):
        last = (await drawn(studio, client, REQUEST))[-1]

        assert isinstance(last, Saved)
        assert isinstance(last.trouble, NotSaved | DatabaseDown)
        assert 1 == len(last.pieces)
        (kept,) = studio.store.spool.answers("local")
        assert ("waiting", last.trouble.message) == (kept.state, kept.reason)
        assert [] == await caught_up(studio)
        for one in places:
            back(one)
        if restart:
            studio = restarted(studio, tmp_path)
        else:
            assert ["t"] == await caught_up(studio)
        await caught_up(studio)
        assert [] == await caught_up(studio)
        assert 1 == server.posts
    assert_all_is_saved(studio)
    studio.store.close()


async def test_what_could_neither_be_kept_nor_saved_is_written_from_memory(studio: Studio, tmp_path: Path) -> None:
    places = [tmp_path / "place", tmp_path / "home"]
    async with served(after(places, whole(GOOD), studio)) as (_, client):
        last = (await drawn(studio, client, REQUEST))[-1]
    assert isinstance(last, Saved)
    assert isinstance(last.trouble, NotSaved)
    assert [] == await caught_up(studio)

    for place in places:
        back(place)

    assert ["t"] == await caught_up(studio)
    assert_all_is_saved(studio)


async def test_a_run_of_several_requests_is_done_when_the_last_of_them_is_saved(studio: Studio, tmp_path: Path) -> None:
    request = replace(REQUEST, n=2, stream=True, stream_each=True)
    is_first = iter([True, False])

    async def answer(visit: Visit) -> None:
        if next(is_first):
            away(tmp_path / "place")
            await visit.say(whole({"data": [{"b64_json": b64(png(64, "blue"))}], "usage": USAGE}))
        else:
            await visit.say(whole(BAD))

    async with served(answer) as (server, client):
        await drawn(studio, client, request)
        back(tmp_path / "place")
        assert ["t"] == await caught_up(studio)
        assert "unknown" == status(studio)
        assert 1 == studio.store.history.search("local", Query(status="done")).total
        assert studio.store.journal.money("day").reserved > 0

        (kept,) = studio.store.spool.answers("local")
        studio.store.spool.body(kept.name).write_bytes(json.dumps(GOOD).encode())  # as if the reader knew the format
        await asyncio.to_thread(studio.late.read_again, kept)

        assert 2 == server.posts
    assert_all_is_saved(studio)


async def test_a_process_killed_right_after_the_answer_loses_nothing(tmp_path: Path) -> None:
    said = json.dumps(GOOD).encode()  # all of it, and no end: the process is killed while it waits for that

    async def answer(visit: Visit) -> None:
        await visit.say(head() + said)
        await visit.gone()

    with nursery() as nurse:
        async with raw(answer) as server:
            await asyncio.to_thread(killed_once, nurse, tmp_path, server.base_url, len(said))
            store = Store(tmp_path / "images", f"sqlite:///{tmp_path / 'triptych.db'}")
            studio = Studio(store, Budget(store, {}))

            assert ["t"] == [lost.ticket for lost in store.journal.recover().unknown]
            assert ["t"] == await caught_up(studio)

            assert 1 == server.posts
    assert_all_is_saved(studio)
    store.close()


def killed_once(nurse: Nurse, folder: Path, url: str, weight: int) -> None:
    """Draw in a process that is killed as soon as so many bytes of its answer are on the disk."""
    child = nurse.begin(
        images=str(folder / "images"),
        database=f"sqlite:///{folder / 'triptych.db'}",
        url=url,
        token=KEY,
        cap=None,
        alike=True,
        tickets=["t"],
        out=str(folder / "out"),
    )
    deadline = time.monotonic() + PATIENCE
    while [weight] != [path.stat().st_size for path in (folder / "spool").glob("*.body")]:
        assert time.monotonic() < deadline
        time.sleep(0.01)  # between two looks at what is awaited
    os.kill(child, signal.SIGKILL)
    until_gone(child)
