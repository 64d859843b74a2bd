"""Backups of any size and of older versions, in constant memory (TRUST.md D8), and books made anew of runs (M13)."""

import io
import json
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from tests.serving import ROOT
from tests.triptych.client.raw import png
from tests.triptych.store.drawn import Home, draw, entry
from tests.triptych.store.test_transfer import DATA
from triptych import cli
from triptych.store import Caps, Store
from triptych.store.ledger.books import imbalance

SIZE_COMES_LATER = 0x08  # the flag of an entry that only a reader who can seek is able to read

GROWTH = """
import hashlib, resource, sys
from pathlib import Path
from triptych.store import Caps, Store

def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

root = Path(sys.argv[1])
big, back = (Store(root / name / "images", caps=Caps()) for name in ("big", "back"))
for store in (big, back):
    store.transfer.backup((root / f"{id(store)}.zip").open("wb"))  # everything is imported and open
with (root / f"{id(big)}.zip").open("rb") as file:
    back.transfer.restore(file)
for number in range(6):
    zeros = hashlib.sha256(bytes([number]))
    for _ in range(40): zeros.update(bytes(1 << 20))
    name = zeros.hexdigest()
    path = big.root / "originals" / name[:2] / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(bytes([number])); file.truncate((40 << 20) + 1)
before = peak()
with (root / "all.zip").open("wb") as file: big.transfer.backup(file)
with (root / "all.zip").open("rb") as file: written = back.transfer.restore(file)
print(written, (root / "all.zip").stat().st_size >> 20, peak() - before)
"""

MANY = """
import os, resource, sys
from pathlib import Path
from triptych.store import Caps, Store

def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

os.fsync = lambda handle: None  # how long a disk takes for each of them is not what is looked at
root = Path(sys.argv[1])
store = Store(root / "images", caps=Caps())
with (root / "none.zip").open("w+b") as file:  # everything is imported and open
    store.transfer.backup(file)
    store.transfer.restore(file)
before = peak()
with (root / "in.zip").open("rb") as file: written = store.transfer.restore(file)
with (root / "out.zip").open("wb") as file: store.transfer.backup(file)
print(written, peak() - before)
"""


def test_a_backup_of_240_mb_goes_out_and_in_without_being_in_memory(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", GROWTH, str(tmp_path)], check=False, cwd=ROOT, capture_output=True, text=True
    )

    assert "" == told.stderr
    written, size, growth = told.stdout.split()
    assert ("6", "240") == (written, size)
    assert 50 > float(growth)


@pytest.mark.parametrize("count", [2_000, pytest.param(100_001, marks=pytest.mark.trust)])  # an import takes 100,000
def test_a_backup_of_any_number_of_files_goes_in_and_out_in_little_memory(
    tmp_path: Path, local: Store, count: int
) -> None:
    names = {f"receipts/2026-11-28/{number:032x}-0-0.json" for number in range(count)}
    empty = io.BytesIO()
    local.transfer.backup(empty)
    with zipfile.ZipFile(empty) as tables, zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for name in tables.namelist():
            archive.writestr(name, tables.read(name))
        for name in names:
            archive.writestr(name, b"{}")

    told = subprocess.run(
        [sys.executable, "-c", MANY, str(tmp_path)], check=False, cwd=ROOT, capture_output=True, text=True
    )

    assert "" == told.stderr
    written, growth = told.stdout.split()
    assert str(count) == written
    assert 80 > float(growth)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert names == {name for name in archive.namelist() if "/" in name}


def test_a_backup_of_the_first_version_restores(store: Store, local: Store) -> None:
    record = draw(store, data=DATA)
    out, old = io.BytesIO(), io.BytesIO()
    store.transfer.backup(out)
    first = ("drawings", "parts", "records", "tags", "links", "budgets")
    with zipfile.ZipFile(out) as new, zipfile.ZipFile(old, "w") as archive:
        for name in new.namelist():
            data = new.read(name)
            if name == "triptych-backup.json":
                data = json.dumps({"triptych": 1, "version": "r0001"}).encode()
            elif later := {"drawings.jsonl": "settled", "parts.jsonl": "response_id"}.get(name):
                rows = [json.loads(line) for line in data.splitlines()]
                kept = [{k: v for k, v in row.items() if k != later} for row in rows]
                data = b"".join(json.dumps(row).encode() + b"\n" for row in kept)
            elif name.endswith(".jsonl") and name.removesuffix(".jsonl") not in first:
                continue
            archive.writestr(name, data)

    local.transfer.restore(old)

    assert record == local.history.get("local", record.id)
    assert Decimal("0.015") == local.journal.money("month").spent


def test_a_backup_of_more_files_than_an_import_may_have_restores(local: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from triptych.store.transfer import archive as module

    draw(local, data=DATA)
    out = io.BytesIO()
    local.transfer.backup(out)
    monkeypatch.setattr(module, "MOST_ENTRIES", 3)
    monkeypatch.setattr(module, "MOST_BYTES", 3)

    assert 0 == local.transfer.restore(out)


def test_what_was_missing_is_counted_as_it_is_on_both_databases(store: Store, local: Store) -> None:
    draw(local, "a", data=DATA)
    out = io.BytesIO()
    local.transfer.backup(out)
    with zipfile.ZipFile(out) as archive:
        lines = sum(len(archive.read(name).splitlines()) for name in archive.namelist() if name.endswith(".jsonl"))
        books = len(archive.read("budgets.jsonl").splitlines())
        files = sum("/" in name for name in archive.namelist())

    assert lines - books + files == store.transfer.restore(out)
    assert 0 == store.transfer.restore(out)


def test_a_restore_while_money_is_held_counts_each_run_once(store: Store) -> None:
    draw(store, "paid", data=DATA)
    out = io.BytesIO()
    store.transfer.backup(out)
    store.journal.open(entry("held"))
    draw(store, "more", data=b"more")

    store.transfer.restore(out)

    month = store.journal.money("month")
    assert (Decimal("0.03"), Decimal("0.02")) == (month.spent, month.reserved)
    with store.database.read() as connection:
        assert () == imbalance(connection)


def test_answers_that_wait_are_in_a_backup(tmp_path: Path) -> None:
    here, there = (
        Home(tmp_path / name / "images", f"sqlite:///{tmp_path / name / 'triptych.db'}").store()
        for name in ("here", "there")
    )
    here.spool.root.mkdir(parents=True)
    for kind in ("json", "body"):
        (here.spool.root / f"{'a' * 32}-0.{kind}").write_bytes(kind.encode())
    out = io.BytesIO()
    here.transfer.backup(out)

    assert 2 == there.transfer.restore(out)

    back = there.spool.root / f"{'a' * 32}-0.body"
    assert (b"body", 0o600) == (back.read_bytes(), back.stat().st_mode & 0o777)
    for store in (here, there):
        store.close()


def test_the_commands_back_up_and_restore(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "all.zip"
    store = Store(home / "images", caps=Caps())
    record = draw(store, data=DATA)
    store.close()

    assert 0 == cli.main(["backup", str(file)])
    home.rename(tmp_path / "gone")
    assert 0 == cli.main(["restore", str(file)])

    back = Store(home / "images", caps=Caps())
    assert record == back.history.get("local", record.id)
    assert 0o600 == file.stat().st_mode & 0o777
    assert "missing rows and files" in capsys.readouterr().out
    back.close()
    with pytest.raises(SystemExit, match="File exists"):
        cli.main(["backup", str(file)])


def test_a_restore_of_what_is_no_backup_says_so(home: Path, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"x")

    with pytest.raises(SystemExit, match="no ZIP file"):
        cli.main(["restore", str(tmp_path / "x.zip")])
    with pytest.raises(SystemExit, match="No such file"):
        cli.main(["restore", str(tmp_path / "none.zip")])


def test_a_zip_file_in_pieces_is_the_one_on_disk_one_image_at_a_time(local: Store) -> None:
    ids = [draw(local, ticket, data=png(edge)).id for ticket, edge in (("a", 16), ("b", 32), ("c", 48))]
    whole = io.BytesIO()
    assert 3 == local.transfer.export_zip("local", ids, whole)

    pieces = list(local.transfer.zip_pieces("local", ids))

    with zipfile.ZipFile(whole) as on_disk, zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as sent:
        assert on_disk.namelist() == sent.namelist()
        assert [on_disk.read(name) for name in on_disk.namelist()] == [sent.read(name) for name in sent.namelist()]
        assert {0} == {entry.flag_bits & SIZE_COMES_LATER for entry in sent.infolist()}
    assert 4 == len(pieces)  # the list of what is in it comes last
    assert all(png(edge) in piece for piece, edge in zip(pieces, (16, 32, 48), strict=False))
