"""A database that is damaged, newer or closed to us, and what was spent before it (TRUST.md D5, D6)."""

import os
import pickle
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from tests.triptych.store.drawn import NO_CAPS, Home, draw, entry, noted
from triptych.errors import DatabaseDown, SpentUnknown
from triptych.results import Picture
from triptych.store import Held, Store

pytestmark = pytest.mark.steps


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


def test_databases_that_are_made_at_once_have_their_tables(tmp_path: Path) -> None:
    stores = [
        Home(tmp_path / f"{number}" / "images", f"sqlite:///{tmp_path}/{number}.db").store() for number in range(16)
    ]

    with ThreadPoolExecutor(4) as threads:
        assert [{}] * 16 == list(threads.map(lambda store: store.journal.statuses(["t"]), stores))

    for store in stores:
        store.close()


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
    store.note("u-0-0", noted(Picture(b"u", "png", 8, 8), cost_usd="0.1"))
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
