"""What is paid for reaches the disk before it is shown, or at least the page (TRUST.md D1, D2, F6)."""

import asyncio
import errno
import hashlib
import os

import pytest

from tests.triptych.studio.conftest import REQUEST, drawn, forget_process, sidecars
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.errors import DatabaseDown, InvalidRequest, InvalidSetting, NotSaved
from triptych.request import ImageRequest
from triptych.results import Failed, Sent
from triptych.servers import DEMO, LIKE_OPENAI, Account
from triptych.store.files import folder as module
from triptych.studio import Order, Saved, Studio


async def test_an_answer_is_on_disk_when_it_is_told(studio: Studio, client: ImageClient) -> None:
    saved = (await drawn(studio, client))[-1]

    assert isinstance(saved, Saved)
    assert saved.trouble is None
    for piece in saved.pieces:
        assert piece.stored
        data = studio.store.original(piece.stored.sha256, piece.stored.format)
        assert piece.stored.sha256 == hashlib.sha256(data).hexdigest()


async def test_each_picture_has_its_facts_beside_it(studio: Studio, client: ImageClient, engine: Engine) -> None:
    saved = (await drawn(studio, client))[-1]

    first, second = sidecars(studio)
    assert isinstance(saved, Saved)
    assert [piece.sidecar.to_json() for piece in saved.pieces] == [first, second]
    assert REQUEST == ImageRequest.from_json(first["request"])
    assert engine.log[0].request_id == first["request_id"]
    assert (1, 2, str(saved.dollars)) == (first["triptych"], first["pictures"], first["cost_usd"])


async def test_the_demo_costs_nothing_in_the_books(studio: Studio, engine: Engine) -> None:
    client = ImageClient(Account(engine.base_url, engine.token, server=DEMO))
    await drawn(studio, client)
    await client.aclose()

    assert ["0", "0"] == [facts["cost_usd"] for facts in sidecars(studio)]


async def test_what_cannot_be_saved_can_still_be_downloaded(
    studio: Studio, client: ImageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = studio.draw(client, Order(REQUEST))
    assert isinstance(await anext(events), Sent)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module.os, "fsync", full)
    saved = [event async for event in events][-1]

    assert isinstance(saved, Saved)
    assert isinstance(saved.trouble, NotSaved)
    assert "No space left" in saved.trouble.message
    for piece in saved.pieces:
        assert piece.stored is None
        assert piece.picture
        assert piece.sidecar.sha256 == hashlib.sha256(piece.picture.data).hexdigest()


async def test_a_full_disk_is_refused_before_paying(
    studio: Studio, client: ImageClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SPARE", 1 << 62)

    with pytest.raises(NotSaved):
        await drawn(studio, client)

    assert 0 == len(engine.log)


async def test_a_request_or_key_that_cannot_be_used_is_refused_before_paying(studio: Studio, engine: Engine) -> None:
    client = ImageClient(Account(engine.base_url, "sk\nx", server=LIKE_OPENAI))

    with pytest.raises(InvalidSetting):
        await drawn(studio, client)
    with pytest.raises(InvalidRequest):
        await drawn(studio, client, ImageRequest(model="gpt-image-2", prompt=" "))

    assert 0 == len(engine.log)


async def test_pictures_whose_record_cannot_be_written_are_shown_and_found_at_the_next_start(
    studio: Studio, client: ImageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object, **__: object) -> None:
        raise DatabaseDown("The database of the records does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(studio.store.journal, "finished_many", down)
        patch.setattr(studio.store.journal, "closed", down)
        (*_, saved) = await drawn(studio, client)
    forget_process(studio.store)
    recovery = studio.store.journal.recover()

    assert isinstance(saved, Saved)
    assert isinstance(saved.trouble, DatabaseDown)
    assert ("t",) == recovery.saved
    assert 2 == studio.store.history.search("local").total
    assert saved.dollars == studio.store.journal.money("day").spent


async def test_no_answer_leaves_nothing_on_disk(studio: Studio, client: ImageClient, engine: Engine) -> None:
    engine.faults.plan("not_an_image")

    events = await drawn(studio, client)

    assert isinstance(events[-1], Failed)
    assert [] == [path for path in studio.store.root.rglob("*") if path.is_file()]


async def test_the_last_save_needs_no_executor(studio: Studio, client: ImageClient) -> None:
    studio._savers.shutdown()

    saved = (await drawn(studio, client))[-1]

    assert isinstance(saved, Saved)
    assert 2 == len(sidecars(studio))


async def test_many_at_once_are_all_saved(studio: Studio, client: ImageClient) -> None:
    requests = [
        ImageRequest(model="gpt-image-2", prompt=f"{n} cats", size="1024x1024", quality="low") for n in range(6)
    ]

    await asyncio.gather(*(drawn(studio, client, one, ticket=one.prompt) for one in requests))

    assert 6 == len(sidecars(studio))
