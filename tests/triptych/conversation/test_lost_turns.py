"""Turns whose process, connection or patience was lost: the answer is fetched, nothing is paid for again."""

import asyncio
import signal
import sys
from pathlib import Path

from sqlalchemy import update

from tests.serving import ROOT
from tests.triptych.conversation.conftest import Talk
from triptych.budget import Budget
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.servers import Account
from triptych.store import Store
from triptych.store.db.tables import drawings, parts
from triptych.studio import Studio

PATIENCE = 60.0  # seconds


def posts(engine: Engine) -> list[str]:
    return [entry.path for entry in engine.log if entry.method == "POST"]


async def test_a_turn_whose_process_is_killed_is_there_after_the_restart_and_was_sent_once(
    tmp_path: Path, engine: Engine, account: Account, client: ImageClient
) -> None:
    child = [sys.executable, "-m", "tests.triptych.conversation.killed", str(tmp_path), engine.base_url, engine.token]
    process = await asyncio.create_subprocess_exec(*child, cwd=ROOT, stderr=asyncio.subprocess.PIPE)
    _, wrong = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert -signal.SIGKILL == process.returncode, wrong.decode()

    store = Store(tmp_path / "images")
    studio = Studio(store, Budget(store, {}))
    assert ["killed"] == [lost.ticket for lost in store.journal.recover().unknown]
    store.spool.sweep()
    await asyncio.to_thread(studio.catch_up)
    found = await studio.fetching.fetch(client)

    assert ["killed"] == [ticket for ticket, _ in found]
    assert {"killed": "done"} == store.journal.statuses(["killed"])
    (record,) = store.history.latest("local", "converse", 5)
    assert record.stored
    assert 0 == store.journal.money("day").reserved
    assert record.dollars == store.journal.money("day").spent
    assert () == store.spool.answers()
    assert ["/v1/responses"] == posts(engine)
    assert () == await studio.fetching.fetch(client)
    store.close()


async def test_a_turn_that_no_server_knows_stays_unknown_and_is_asked_for_once(
    talk: Talk, engine: Engine, client: ImageClient
) -> None:
    turn = await talk.say("a red fox")
    store = talk.studio.store
    with store.database.write() as connection:
        connection.execute(update(drawings).values(status="unknown"))
        connection.execute(update(parts).values(response_id="resp_of_nobody", got=None))
    engine.log.clear()
    assert [True] == [one.is_fetchable for one in talk.threads.turns(talk.thread)]

    assert () == await talk.studio.fetching.fetch(client)
    assert () == await talk.studio.fetching.fetch(client)

    assert {turn.id: "unknown"} == store.journal.statuses([turn.id])
    assert ["GET"] == [entry.method for entry in engine.log]
