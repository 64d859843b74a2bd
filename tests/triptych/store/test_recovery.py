"""What a crash leaves behind, and what records of another age hold (TRUST.md M7, D5)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, delete, insert, select, text, update

from tests.triptych.store.cradle import run
from tests.triptych.store.drawn import NO_CAPS, REQUEST, Home, draw, entry, keep, noted
from triptych.errors import DatabaseDown
from triptych.results import Picture
from triptych.store import Held, Record, Store
from triptych.store.db.tables import drawings, metadata, processes
from triptych.store.db.units import now, stamp
from triptych.store.db.upgrade import HEAD, upgrade
from triptych.store.ledger.presence import GONE

DIES = """
import os, sys
from pathlib import Path
from tests.triptych.store.drawn import Home, draw, entry, keep
images, database, steps = sys.argv[1:]
store = Home(images if "://" in images else Path(images), database).store()
draw(store, "before")
store.journal.open(entry("t"))
if "sent" in steps:
    store.journal.sent("t", 0, 1)
    store.journal.request_id("t", 0, "req_9")
if "back" in steps or "again" in steps:
    store.journal.sent("t", 0, 1)
if "again" in steps:
    store.journal.sent("t", 0, 2)
if "back" in steps or "again" in steps:
    store.journal.back("t", 0, 1)
if "kept" in steps:
    keep(store, "t")
if "saved" in steps:
    from tests.triptych.store.drawn import noted
    from triptych.results import Picture
    picture = Picture(b"t-0", "png", 8, 8)
    store.note("t-0-0", noted(picture))
    store.save(picture)
os._exit(9)
"""


def dies(place: Home, steps: str) -> None:
    assert 9 == run(DIES, str(place.images), place.database, steps).returncode


def only(store: Store, ticket: str = "t") -> Record:
    (record,) = (one for one in store.history.search("local").records if one.ticket == ticket)
    return record


def test_what_was_sent_and_not_saved_when_its_process_died_may_have_been_charged(place: Home, store: Store) -> None:
    dies(place, "sent")

    recovery = store.journal.recover()

    assert [("t", "req_9")] == [(lost.ticket, lost.request_id) for lost in recovery.unknown]
    record = only(store)
    assert ("unknown", "req_9", None) == (record.status, record.request_id, record.stored)
    assert record.error
    assert "may have been charged" in record.error[1]
    assert Held(Decimal("0.015"), Decimal("0.02")) == store.journal.money("day")


@pytest.mark.parametrize("steps", ["opened", "back"])
def test_what_was_not_out_when_its_process_died_was_not_sent_and_holds_nothing(
    place: Home, store: Store, steps: str
) -> None:
    dies(place, steps)

    recovery = store.journal.recover()

    assert ((), ()) == (recovery.unknown, recovery.saved)
    assert {"t": "cancelled"} == store.journal.statuses(["t"])
    assert Held(Decimal("0.015"), Decimal(0)) == store.journal.money("day")
    assert () == store.journal.imbalance()


def test_what_was_out_again_when_its_process_died_may_have_been_charged(place: Home, store: Store) -> None:
    """An earlier attempt that came back may be written down after a later one went out."""
    dies(place, "again")

    assert ["t"] == [lost.ticket for lost in store.journal.recover().unknown]
    assert Decimal("0.02") == store.journal.money("day").reserved


@pytest.mark.parametrize(("out", "status", "held"), [((0,), "done", "0"), ((0, 1), "unknown", "0.005")])
def test_of_a_run_of_three_requests_only_what_was_out_may_have_been_charged(
    store: Store, out: tuple[int, ...], status: str, held: str
) -> None:
    store.journal.open(entry("t", request=replace(REQUEST, n=3, partial_images=1, stream_each=True)))
    for part in out:
        store.journal.sent("t", part, 1)
    keep(store, "t")
    with store.database.write() as connection:
        connection.execute(update(drawings).values(process="dead"))

    store.journal.recover()

    assert {"t": status} == store.journal.statuses(["t"])
    assert Held(Decimal("0.015"), Decimal(held)) == store.journal.money("day")
    assert () == store.journal.imbalance()


@pytest.mark.parametrize("steps", ["sent-kept", "sent-saved"])
def test_what_was_saved_when_its_process_died_is_done(place: Home, store: Store, steps: str) -> None:
    dies(place, steps)

    recovery = store.journal.recover()

    assert ((), ("t",)) == (recovery.unknown, recovery.saved)
    assert ("done", Decimal("0.015")) == (only(store).status, only(store).dollars)
    assert Held(Decimal("0.03"), Decimal(0)) == store.journal.money("day")
    assert () == store.orphans()


def test_recovering_twice_finds_it_once(place: Home, store: Store) -> None:
    dies(place, "sent")

    assert (1, 0) == (len(store.journal.recover().unknown), len(store.journal.recover().unknown))


def test_what_a_living_process_draws_is_left_alone(store: Store) -> None:
    store.journal.open(entry())

    assert ((), ()) == (store.journal.recover().unknown, store.journal.recover().saved)
    assert {"t": "queued"} == store.journal.statuses(["t"])


@pytest.mark.parametrize(("age", "lost"), [(GONE / 2, 0), (GONE * 2, 1)])
def test_a_process_of_another_machine_is_gone_after_a_minute_of_silence(
    store: Store, age: timedelta, lost: int
) -> None:
    store.journal.open(entry())
    store.journal.sent("t", 0, 1)
    with store.database.write() as connection:
        row = {"id": "far", "host": "elsewhere", "pid": 1, "started": 0, "heartbeat": stamp(now() - age)}
        connection.execute(processes.insert().values(**row))
        connection.execute(update(drawings).values(process="far"))

    assert lost == len(store.journal.recover().unknown)


def test_a_process_that_ends_well_takes_its_name_back(store: Store) -> None:
    store.journal.open(entry())
    store.journal.close()

    with store.database.read() as connection:
        assert [] == connection.execute(processes.select()).all()


@pytest.mark.steps
def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    with store.database.read() as connection:
        assert HEAD == connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        assert [] == compare_metadata(MigrationContext.configure(connection), metadata)


@pytest.mark.steps
def test_new_records_begin_with_what_the_sidecars_of_an_older_version_tell(place: Home) -> None:
    old = place.store()
    for index in range(2):
        picture = Picture(b"%d" % index, "png", 8, 8)
        old.note(f"one-0-{index}", noted(picture, pictures=2, cost_usd="0.03"))
        old.save(picture)

    assert Held(Decimal("0.03"), Decimal(0)) == old.journal.money("month")
    assert [Decimal("0.015")] * 2 == [record.dollars for record in old.history.search("local").records]
    assert REQUEST == old.history.search("local").records[0].request
    old.close()


@pytest.mark.steps
def test_records_from_before_conversations_and_saved_prompts_are_brought_up_to_date(
    local: Store, schema: str, tmp_path: Path
) -> None:
    record, old = draw(local), MetaData()
    engine = create_engine(schema)
    with engine.begin() as connection, local.database.read() as source:
        upgrade(connection, "r0010")
        old.reflect(connection)
        for name in sorted({*old.tables} & {*metadata.tables}):
            connection.execute(delete(old.tables[name]))
            for row in source.execute(select(*(metadata.tables[name].c[column.name] for column in old.tables[name].c))):
                connection.execute(insert(old.tables[name]), dict(row._mapping))
    engine.dispose()

    store = Store(tmp_path / "images", schema, caps=NO_CAPS)

    assert record == store.history.get("local", record.id)
    assert local.journal.money("month") == store.journal.money("month")
    assert () == store.prompts.every("local")
    with store.database.read() as connection:
        assert [] == compare_metadata(MigrationContext.configure(connection), metadata)
    store.close()


@pytest.mark.steps
def test_a_server_with_newer_records_is_left_alone(schema: str, tmp_path: Path) -> None:
    old = Store(tmp_path, schema, caps=NO_CAPS)
    with old.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    old.close()
    store = Store(tmp_path, schema, caps=NO_CAPS)

    with pytest.raises(DatabaseDown, match="newer version"):
        store.journal.open(entry())

    engine = create_engine(schema)
    with engine.connect() as connection:
        assert "r9999" == connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    engine.dispose()


def test_a_picture_without_a_record_is_an_orphan_and_stays(store: Store) -> None:
    draw(store)
    stray = store.save(Picture(b"stray", "png", 8, 8))

    assert (f"originals/{stray.sha256[:2]}/{stray.name}",) == store.orphans()
    assert store.files.holds(stray)


def test_half_an_answer_is_kept_and_the_rest_unknown(store: Store) -> None:
    store.journal.open(entry(run="r"))
    store.journal.sent("t", 0, 1)
    keep(store, "t", pictures=2)
    with store.database.write() as connection:
        connection.execute(update(drawings).values(process="dead"))

    recovery = store.journal.recover()

    assert ["t"] == [lost.ticket for lost in recovery.unknown]
    assert {"done", "unknown"} == {record.status for record in store.history.search("local").records}
    assert Held(Decimal("0.015"), Decimal("0.005")) == store.journal.money("run", "r")


def test_what_of_a_grid_waited_for_its_turn_when_its_process_died_is_given_back(store: Store) -> None:
    store.journal.open_many([entry("a", run="r"), entry("b", run="r")])
    store.journal.sent("a", 0, 1)
    with store.database.write() as connection:
        connection.execute(update(drawings).values(process="dead"))

    recovery = store.journal.recover()

    assert ["a"] == [lost.ticket for lost in recovery.unknown]
    assert {"a": "unknown", "b": "cancelled"} == store.journal.statuses(["a", "b"])
    assert Held(Decimal(0), Decimal("0.02")) == store.journal.money("run", "r")
