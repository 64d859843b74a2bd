"""A process that is killed at any instant loses nothing it has paid for, and nothing is sent again (TRUST.md M7)."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.triptych.nurse import Nurse, nursery, outcome, until_gone
from triptych.engine.serve import Engine
from triptych.store import Query, Store
from triptych.store.db.tables import parts

TICKETS = 6
SPREAD = 12  # kills that are spread over the instants of the six
MOST = 3  # times as many kills as are asked for, until some were too early and some too late


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine.start(pace=0)
    yield engine
    engine.stop()


@pytest.fixture(scope="module")
def nurse() -> Iterator[Nurse]:
    with nursery() as nurse:
        yield nurse


def killed(folder: Path, nurse: Nurse, engine: Engine, instant: int) -> list[str]:
    """Draw six tickets in a process that is killed at this one of its instants, 0 for never; the tickets."""
    folder.mkdir()
    engine.log.clear()
    tickets = [f"{folder.name}{number}" for number in range(TICKETS)]
    child = nurse.begin(
        images=str(folder / "images"),
        database=f"sqlite:///{folder / 'triptych.db'}",
        url=engine.base_url,
        token=engine.token,
        cap=None,
        alike=False,
        tickets=tickets,
        out=str(folder / "out"),
        dies=instant,
    )
    until_gone(child)
    return tickets


@pytest.mark.parametrize("kills", [12, pytest.param(200, marks=pytest.mark.trust)])
def test_what_is_killed_at_any_instant_is_done_or_unknown_and_never_sent_again(
    tmp_path: Path, nurse: Nurse, engine: Engine, kills: int
) -> None:
    chance = random.Random(kills)
    tickets = killed(tmp_path / "u-", nurse, engine, 0)
    assert {"done"} == look(tmp_path / "u-", tickets, engine)
    instants = outcome(tmp_path / "u-" / "out")["instants"]
    ended: set[str] = set()
    for number in range(MOST * kills):
        if number >= kills and ended == {"done", "unknown"}:
            break
        folder = tmp_path / f"k{number}-"
        instant = 1 + int(instants * (number % SPREAD + chance.random()) / SPREAD)
        tickets = killed(folder, nurse, engine, instant)

        ended |= look(folder, tickets, engine)

    assert {"done", "unknown"} == ended


def look(folder: Path, tickets: list[str], engine: Engine) -> set[str]:
    """Start anew where a process was killed, and hold the books against what the server saw."""
    store = Store(folder / "images", f"sqlite:///{folder / 'triptych.db'}")
    recovery = store.journal.recover()
    statuses = store.journal.statuses(tickets)

    assert set(statuses.values()) <= {"done", "unknown", "cancelled"}
    assert {lost.ticket for lost in recovery.unknown} == {t for t, status in statuses.items() if status == "unknown"}
    with store.database.read() as connection:
        sent = connection.execute(select(func.count()).where(parts.c.sent.is_not(None))).scalar_one()
    assert len(engine.log) <= sent <= len(statuses) - list(statuses.values()).count("cancelled")
    assert () == store.orphans()
    assert () == store.journal.recover().unknown
    done = store.history.search("local", Query(status="done"), size=100).records
    assert sorted(ticket for ticket, status in statuses.items() if status == "done") == sorted(r.ticket for r in done)
    for record in done:
        assert record.stored
        assert record.stored.bytes == len(store.original(record.stored.sha256, record.stored.format))
    money = store.journal.money("day")
    assert sum(record.dollars or 0 for record in done) == money.spent
    assert bool(recovery.unknown) == bool(money.reserved)
    store.close()
    return set(statuses.values()) - {"cancelled"}  # which had not been sent
