"""Batches that another process goes on with, since the one that ran them is gone."""

from collections import Counter

from sqlalchemy import select, update

from tests.triptych.batch.conftest import Begin
from tests.triptych.batch.process import PATIENCE, Process, finished, of_prompts, statuses
from tests.triptych.batch.stub import Stub
from triptych.batch.batch import Batch
from triptych.client import ImageClient
from triptych.store.db.statements import clock
from triptych.store.db.tables import leases, processes
from triptych.store.ledger.presence import GONE_MICROS, me

SIX = of_prompts(*(f"fox {number}" for number in range(1, 7)))
ONCE = Counter({f"fox {number}": 1 for number in range(1, 7)})


def left_to_others(process: Process) -> None:
    """What this process holds was held by one that is gone: another number, and silent for longer than a minute."""
    with process.store.database.write() as connection:
        connection.execute(update(leases).where(leases.c.holder == me()).values(holder="gone"))


def as_recovery_leaves(process: Process, batch: Batch) -> None:
    """What was not sent is cancelled in the records."""
    process.batches._many.pause(batch)
    while batch.progress.count("cancelled") < 4:
        assert batch.wait(batch.version, PATIENCE)


def none_at(_engine: str) -> ImageClient | None:
    return None


def test_rows_of_a_process_that_is_gone_are_taken_over_once(begin: Begin, server: Stub) -> None:
    first = begin()
    server.hold()
    batch = first.start(first.keep(SIX), goes_on=True)
    server.until(2)
    as_recovery_leaves(first, batch)
    left_to_others(first)
    second = begin()

    assert 0 == second.batches.take_over(none_at)
    assert 4 == second.batches.take_over(second.client_at)
    assert 0 == second.batches.take_over(second.client_at)
    server.let_go()
    finished(batch)
    taken = second.batches.open("local", batch.id, second.account)
    finished(taken)
    second.batches.refresh(taken)

    assert ["done"] * 6 == statuses(taken)
    assert ONCE == server.posts
    assert 0 == second.batches.take_over(second.client_at)
    assert () == second.store.leases.names("batch ")


def test_a_batch_whose_process_lives_is_left_to_it(begin: Begin, server: Stub) -> None:
    first, second = begin(), begin()
    server.hold()
    batch = first.start(first.keep(SIX), goes_on=True)
    server.until(2)
    with first.store.database.write() as connection:
        at = clock(connection)
        row = {"id": "another", "host": "elsewhere", "pid": 1, "home": ""}
        connection.execute(processes.insert().values(**row, started=at, heartbeat=at))
        connection.execute(update(leases).values(holder="another"))

    assert 0 == second.batches.take_over(second.client_at)

    with first.store.database.write() as connection:
        another = update(processes).where(processes.c.id == "another")
        connection.execute(another.values(heartbeat=clock(connection) - GONE_MICROS - 1))
    assert 0 == second.batches.take_over(second.client_at)  # it takes it, and all rows are being run
    assert (f"batch {batch.id}",) == second.store.leases.names("batch ")
    server.let_go()
    finished(batch)
    assert ONCE == server.posts


def test_what_was_not_ticked_or_was_paused_goes_on_by_itself_nowhere(begin: Begin, server: Stub) -> None:
    first, second = begin(), begin()
    server.hold()
    unticked = first.start(first.keep(SIX))
    server.until(2)
    first.batches.pause(unticked)
    ticked = first.start(first.keep(of_prompts("a", "b", "c")), goes_on=True)
    assert first.batches.goes_on(ticked)
    first.batches.pause(ticked)

    assert 0 == second.batches.take_over(second.client_at)
    assert not first.batches.goes_on(ticked)
    server.let_go()
    finished(unticked), finished(ticked)
    with first.store.database.read() as connection:
        assert [] == connection.execute(select(leases.c.name)).all()


def test_over_a_cap_nobody_goes_on_by_itself_and_the_rows_stay(begin: Begin, server: Stub) -> None:
    first = begin()
    server.hold()
    batch = first.start(first.keep(SIX), goes_on=True)
    server.until(2)
    as_recovery_leaves(first, batch)
    server.let_go()
    finished(batch)
    left_to_others(first)
    second = begin(day="0.000001")

    assert 0 == second.batches.take_over(second.client_at)

    assert 2 == server.posts.total()
    assert 4 == second.batches.open("local", batch.id, second.account).progress.count("cancelled")


def test_what_its_owner_stopped_nobody_goes_on_with(begin: Begin, server: Stub) -> None:
    first, second = begin(), begin()
    server.hold()
    batch = first.start(first.keep(SIX), goes_on=True)
    server.until(2)
    first.batches.stop("ann")
    assert batch.running

    first.batches.stop("local")
    server.let_go()
    finished(batch)

    assert 0 == first.batches.take_over(first.client_at)
    assert 0 == second.batches.take_over(second.client_at)
    assert 2 == server.posts.total()


def test_what_ended_here_is_not_begun_again_here(begin: Begin, server: Stub) -> None:
    process = begin()
    server.hold()
    batch = process.start(process.keep(SIX), goes_on=True)
    server.until(2)
    batch.cancel()
    server.let_go()
    finished(batch)

    assert 0 == process.batches.take_over(process.client_at)
    assert () == process.store.leases.names("batch ")
    assert 2 == server.posts.total()
