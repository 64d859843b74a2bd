"""What a crash, a lost database and a newer one leave behind (TRUST.md M7, D5, D6)."""

import os
import pickle
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text, update

from tests.serving import ROOT
from tests.triptych.store.drawn import NO_CAPS, REQUEST, Home, draw, entry, facts, keep
from triptych.errors import DatabaseDown, SpentUnknown
from triptych.results import Picture
from triptych.store import Held, Record, Store
from triptych.store.presence import GONE
from triptych.store.tables import drawings, metadata, processes
from triptych.store.units import now, stamp
from triptych.store.upgrade import HEAD

DIES = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.triptych.store.drawn import Home, draw, entry, keep
images, steps = sys.argv[2], sys.argv[4]
store = Home(images if "://" in images else Path(images), sys.argv[3]).store()
draw(store, "before")
store.journal.open(entry("t"))
if "sent" in steps:
    store.journal.sent("t", 0, 1)
    store.journal.request_id("t", 0, "req_9")
if "kept" in steps:
    keep(store, "t")
if "saved" in steps:
    from tests.triptych.store.drawn import facts
    from triptych.results import Picture
    picture = Picture(b"t-0", "png", 8, 8)
    store.note("t-0-0", facts(picture))
    store.save(picture)
os._exit(9)
"""


@pytest.fixture
def store(place: Home) -> Iterator[Store]:
    store = place.store()
    yield store
    store.close()


def dies(place: Home, steps: str) -> None:
    command = [sys.executable, "-c", DIES, str(ROOT), str(place.images), place.database, steps]
    assert 9 == subprocess.run(command, cwd=ROOT, check=False).returncode


def only(store: Store, ticket: str = "t") -> Record:
    (record,) = (one for one in store.history.search("local").records if one.ticket == ticket)
    return record


@pytest.mark.parametrize(("steps", "request_id"), [("opened", None), ("sent", "req_9")])
def test_what_was_not_saved_when_its_process_died_may_have_been_charged(
    place: Home, store: Store, steps: str, request_id: str | None
) -> None:
    dies(place, steps)

    recovery = store.journal.recover()

    assert [("t", request_id)] == [(lost.ticket, lost.request_id) for lost in recovery.unknown]
    record = only(store)
    assert ("unknown", request_id, None) == (record.status, record.request_id, record.stored)
    assert record.error
    assert "may have been charged" in record.error[1]
    assert Held(Decimal("0.015"), Decimal("0.02")) == store.journal.money("day")


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


def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    with store.database.read() as connection:
        assert HEAD == connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        assert [] == compare_metadata(MigrationContext.configure(connection), metadata)


def test_new_records_begin_with_what_the_sidecars_of_an_older_version_tell(place: Home) -> None:
    old = place.store()
    for index in range(2):
        picture = Picture(b"%d" % index, "png", 8, 8)
        old.note(f"one-0-{index}", facts(picture, pictures=2, cost_usd="0.03"))
        old.save(picture)

    assert Held(Decimal("0.03"), Decimal(0)) == old.journal.money("month")
    assert [Decimal("0.015")] * 2 == [record.dollars for record in old.history.search("local").records]
    assert REQUEST == old.history.search("local").records[0].request
    old.close()


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


def files(store: Store) -> Path:
    return store.root.parent / "triptych.db"


def damage(path: Path, how: str) -> None:
    if how == "truncated":
        os.truncate(path, path.stat().st_size // 2)
    elif how == "overwritten":
        path.write_bytes(b"\x00garbage" * 999)
    elif how == "pickled":
        path.write_bytes(pickle.dumps({"a": _Bomb()}))
    else:
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE alembic_version SET version_num = 'r9999'")
        connection.close()


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("exploded",)


@pytest.fixture
def local(tmp_path: Path) -> Home:
    return Home(tmp_path / "images", f"sqlite:///{tmp_path / 'triptych.db'}")


@pytest.mark.parametrize("how", ["truncated", "overwritten", "pickled", "newer"])
def test_a_damaged_database_is_put_aside_and_nothing_is_paid_for(local: Home, how: str) -> None:
    old = local.store()
    draw(old)
    old.close()
    damage(files(old), how)
    before = files(old).read_bytes()

    store = local.store()
    with pytest.raises(SpentUnknown):
        store.journal.open(entry("next"))

    kind = "newer" if how == "newer" else "damaged"
    (aside,) = (
        path for path in files(old).parent.glob(f"triptych.db.{kind}-*") if not path.name.endswith(("-wal", "-shm"))
    )
    assert before == aside.read_bytes()
    assert store.trouble
    assert aside.name in store.trouble
    assert not Path("exploded").exists()
    assert () != store.orphans()
    store.journal.open(entry("free", engine="demo", charged=False))
    store.close()


def test_what_was_spent_is_rebuilt_from_the_sidecars(local: Home) -> None:
    old = local.store()
    draw(old)
    keep_only_a_note(old)
    old.close()
    damage(files(old), "overwritten")
    store = local.store()
    assert store.trouble

    rebuilt = store.journal.rebuild_spent()

    assert (Decimal("0.115"), 1, 1) == (rebuilt.dollars, rebuilt.unknown, rebuilt.pictures)
    assert Held(Decimal("0.115"), Decimal(0)) == store.journal.money("day")
    assert (None, ()) == (store.trouble, store.orphans())
    store.journal.open(entry("next"))
    assert Decimal(0) == store.journal.rebuild_spent().dollars
    store.close()


def keep_only_a_note(store: Store) -> None:
    """What a crash between note and picture leaves, and a damaged note."""
    store.note("u-0-0", facts(Picture(b"u", "png", 8, 8), cost_usd="0.1"))
    folder = next((store.root / "sidecars").iterdir())
    (folder / "bad-0-0.json").write_text("{")


def test_what_was_spent_is_confirmed_by_a_person(local: Home) -> None:
    old = local.store()
    draw(old)
    old.close()
    damage(files(old), "overwritten")
    store = local.store()

    assert store.journal.doubtful()
    store.journal.confirm_spent()

    assert (False, None) == (store.journal.doubtful(), store.trouble)
    store.journal.open(entry("next"))
    store.close()


def test_the_doubt_outlives_a_restart(local: Home) -> None:
    old = local.store()
    draw(old)
    old.close()
    damage(files(old), "overwritten")
    first = local.store()
    told = first.trouble
    first.close()
    second = local.store()

    assert told == second.trouble
    with pytest.raises(SpentUnknown):
        second.journal.open(entry("next"))
    second.close()


def test_the_records_are_for_their_owner_only(local: Home) -> None:
    before = os.umask(0o022)
    try:
        store = local.store()
        draw(store)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files(store).parent.glob("triptych.db*")}
    finally:
        os.umask(before)

    assert {"triptych.db", "triptych.db-wal", "triptych.db-shm", "triptych.db.lock"} == set(modes)
    assert {0o600} == set(modes.values())
    store.close()


def test_a_folder_that_takes_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = Store(tmp_path / "images", f"sqlite:///{tmp_path / 'file' / 'x.db'}", caps=NO_CAPS)

    with pytest.raises(DatabaseDown, match="cannot be written"):
        store.journal.open(entry())


def test_a_picture_without_a_record_is_an_orphan_and_stays(store: Store) -> None:
    draw(store)
    stray = store.save(Picture(b"stray", "png", 8, 8))

    assert (f"originals/{stray.sha256[:2]}/{stray.name}",) == store.orphans()
    assert store.files.holds(stray)


def test_half_an_answer_is_kept_and_the_rest_unknown(store: Store) -> None:
    store.journal.open(entry(run="r"))
    keep(store, "t", pictures=2)
    with store.database.write() as connection:
        connection.execute(update(drawings).values(process="dead"))

    recovery = store.journal.recover()

    assert ["t"] == [lost.ticket for lost in recovery.unknown]
    assert {"done", "unknown"} == {record.status for record in store.history.search("local").records}
    assert Held(Decimal("0.015"), Decimal("0.005")) == store.journal.money("run", "r")
