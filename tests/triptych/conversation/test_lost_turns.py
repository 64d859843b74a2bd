"""Turns whose process, connection or patience was lost: the answer is fetched, nothing is paid for again."""

import asyncio
import os
import signal
from decimal import Decimal
from pathlib import Path

from sqlalchemy import update

from tests import forks
from tests.serving import ROOT
from tests.triptych.client.raw import Visit, raw, says, whole
from tests.triptych.client.turns import CREATED, STAGE, STREAM, WHOLE, response
from tests.triptych.conversation.conftest import Talk, turn
from tests.triptych.store.drawn import entry
from triptych.budget import Budget
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.errors import OutcomeUnknown
from triptych.results import Finished
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Store
from triptych.store.db.tables import drawings, parts
from triptych.studio import Studio, engine_of

PATIENCE = 60.0  # seconds


async def held(visit: Visit) -> None:
    """Begins a turn that is never told to its end on the connection that asked for it, and tells it to who asks."""
    if visit.method == "GET":
        await visit.say(WHOLE)
        return
    await visit.say(STREAM + CREATED + STAGE)
    await visit.gone()


async def test_a_turn_whose_process_is_killed_is_there_after_the_restart_and_was_sent_once(tmp_path: Path) -> None:
    async with raw(held) as server:
        child = ["-m", "tests.triptych.conversation.killed", str(tmp_path), server.base_url]
        process = await asyncio.to_thread(forks.run, *child, cwd=ROOT, environment=os.environ)
        assert -signal.SIGKILL == process.returncode, process.stderr

        store, client = Store(tmp_path / "images"), ImageClient(Account(server.base_url, "sk-test", server=LIKE_OPENAI))
        studio = Studio(store, Budget(store, {}))
        assert ["killed"] == [lost.ticket for lost in store.journal.recover().unknown]
        store.spool.sweep()
        await asyncio.to_thread(studio.catch_up)
        found = await studio.fetching.fetch(client)

        assert ["killed"] == [ticket for ticket, _ in found]
        assert {"killed": "done"} == store.journal.statuses(["killed"])
        (record,) = store.history.latest("local", "converse", 5)
        assert record.stored
        assert (record.dollars, 0) == (store.journal.money("day").spent, store.journal.money("day").reserved)
        assert () == store.spool.answers()
        assert () == await studio.fetching.fetch(client)
        assert 1 == server.posts
    await client.aclose()
    store.close()


async def test_a_turn_that_no_server_knows_stays_unknown_and_is_asked_for_once(
    talk: Talk, engine: Engine, client: ImageClient
) -> None:
    lost = await talk.say("a red fox")
    store = talk.studio.store
    with store.database.write() as connection:
        connection.execute(update(drawings).values(status="unknown"))
        connection.execute(update(parts).values(response_id="resp_of_nobody", got=None))
    engine.log.clear()
    assert [True] == [one.is_fetchable for one in talk.threads.turns(talk.thread)]

    assert () == await talk.studio.fetching.fetch(client)
    assert () == await talk.studio.fetching.fetch(client)

    assert {lost.id: "unknown"} == store.journal.statuses([lost.id])
    assert ["GET"] == [entry.method for entry in engine.log]


async def test_a_turn_that_failed_at_the_server_is_asked_for_once(studio: Studio) -> None:
    gone = whole(response("failed", error={"code": "server_error", "message": "It broke."}))
    async with raw(says(gone)) as server:
        client = ImageClient(Account(server.base_url, "sk-test", server=LIKE_OPENAI))
        studio.store.journal.open(entry("lost", request=turn("a red fox"), engine=engine_of(client.account)))
        studio.store.journal.sent("lost", 0, 1)
        studio.store.journal.response_id("lost", 0, "resp_1")
        studio.store.journal.closed("lost", "unknown", error=OutcomeUnknown("It broke off."))

        assert () == await studio.fetching.fetch(client)
        assert () == await studio.fetching.fetch(client)
        assert 1 == len(server.visits)
    await client.aclose()


async def test_what_a_person_said_of_a_lost_turn_stands_and_its_image_comes_all_the_same(
    studio: Studio, client: ImageClient
) -> None:
    request, journal = turn("a red fox"), studio.store.journal
    (answer,) = [event async for event in client.draw(request) if isinstance(event, Finished)]
    journal.open(entry("lost", request=request, engine=engine_of(client.account), page="converse"))
    journal.sent("lost", 0, 1)
    journal.response_id("lost", 0, answer.got["response_id"])
    journal.closed("lost", "unknown", error=OutcomeUnknown("It broke off."))
    journal.resolve("local", "lost", Decimal("0.5"))

    assert ["lost"] == [ticket for ticket, _ in await studio.fetching.fetch(client)]

    (record,) = studio.store.history.latest("local", "converse", 5)
    assert record.stored
    assert {"lost": "done"} == journal.statuses(["lost"])
    assert (Decimal("0.5"), 0) == (journal.money("day").spent, journal.money("day").reserved)
