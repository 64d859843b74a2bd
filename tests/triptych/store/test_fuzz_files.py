"""Bent ZIP files, sidecars and backups: refused in words, or taken, and then everything works (TRUST.md F7, F10)."""

import io
import json
import random
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.fuzzing import bent, cases, changed, run
from tests.triptych.client.raw import png
from tests.triptych.store.drawn import NO_CAPS, REQUEST, draw, facts
from tests.triptych.store.test_spool import ASKED, left
from tests.triptych.store.test_transfer import DATA, PICTURE
from triptych.errors import BadFile
from triptych.inputs import Attachment
from triptych.store import Caps, Query, Store, sidecar_of, sidecar_text
from triptych.store.history.experiments import Experiments
from triptych.store.ledger.books import imbalance

Entries = dict[str, bytes]
LONGEST_MESSAGE = 700  # characters
OWNERS = ("local", "ann", "bob")
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
Fresh = Callable[[], Store]


@pytest.fixture
def fresh(tmp_path: Path) -> Fresh:
    """Makes stores with nothing in them: copies of one, which is quicker than making each."""
    first = Store(tmp_path / "first" / "images", caps=NO_CAPS)
    first.answers()
    first.close()
    numbers = count()

    def made(caps: Caps = NO_CAPS) -> Store:
        folder = tmp_path / f"{next(numbers)}"
        shutil.copytree(tmp_path / "first", folder)
        return Store(folder / "images", caps=caps)

    return made


def entries_of_a_backup(store: Store) -> Entries:
    """A backup with everything in it that there is."""
    photo = Attachment.of(DATA)
    store.keep_input(DATA, photo)
    record = draw(store, "a", data=DATA, request=replace(REQUEST, images=(photo,)))
    other = draw(store, "b", data=png(32), owner="bob", parents=("a" * 64,))
    store.history.tag("local", [record.id], add=["snow"])
    experiments = Experiments(store.database)
    tiers = experiments.save("local", "Tiers", {"axes": []})
    experiments.place(tiers, {(0, 0): "a"})
    experiments.vote(tiers, "ann", record.id, other.id, "left")
    left(store.spool, b'{"data": []}', asked=replace(ASKED, owner="ann"))
    out = io.BytesIO()
    store.transfer.backup(out)
    return unzipped(out)


def unzipped(file: io.BytesIO) -> Entries:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(chance: random.Random, entries: Entries) -> bytes:
    """A ZIP file whose own bytes are bent, mostly in what says where everything is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice(PACKED)) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    data = out.getvalue()
    match chance.choice(("whole", "whole", "bytes", "directory", "entry", "cut")):
        case "bytes":
            return bent(chance, data)
        case "directory":
            at = data.find(b"PK\1\2")
            return data[:at] + bent(chance, data[at:])
        case "entry":
            at = chance.randrange(len(data) - 4)
            at = max(data.find(b"PK\3\4", at), 0)
            return data[:at] + bent(chance, data[at : at + 60]) + data[at + 60 :]
        case "cut":
            return data[: chance.randrange(len(data))]
        case _:
            return data


def with_one_bent(chance: random.Random, entries: Entries) -> Entries:
    """The same with one entry changed: a line of JSON in it, its bytes or its name; or it is gone."""
    name = chance.choice(sorted(entries))
    data = entries[name]
    others = {key: each for key, each in entries.items() if key != name}
    match chance.choice(("JSON", "JSON", "JSON", "JSON", "JSON", "bytes", "name", "gone")):
        case "JSON" if name.endswith((".json", ".jsonl")) and data:
            lines = [data] if name.endswith(".json") else data.splitlines()
            at = chance.randrange(len(lines))
            with suppress(ValueError):
                lines[at] = json.dumps(changed(chance, json.loads(lines[at]))).encode()
            return {**entries, name: b"\n".join(lines)}
        case "name":
            return {**others, bent(chance, name.encode()).decode("utf-8", "replace").replace("\0", "") or "x": data}
        case "gone":
            return others
        case _:
            return {**entries, name: bent(chance, data)}


def assert_all_works(store: Store, fresh: Fresh) -> None:
    """History, Details, an export, the spending, kept answers, comparisons and a rebuild; and the books balance."""
    for owner in OWNERS:
        found = store.history.search(owner, Query(), 1, 10_000).records
        for record in found:
            if record.stored:
                assert record.stored.sha256 in sidecar_text(sidecar_of(record))
                store.history.lineage(owner, record.id)
        out = io.BytesIO()
        store.transfer.export_zip(owner, [one.id for one in found], out)
        store.history.choices(owner)
        until = datetime.now(UTC) + timedelta(days=1)
        for since in (until - timedelta(days=400), datetime(2001, 1, 1, tzinfo=UTC)):
            spent = store.history.spent(owner, since, until)
            spent.made()
            spent.latencies()
            store.history.learned(owner)
            store.history.unsettled(owner, 50)
        experiments = Experiments(store.database)
        for one in experiments.every(owner):
            experiments.ballots(one.id)
            experiments.tickets(one.id)
        for answer in store.spool.answers(owner):
            assert store.spool.data(answer)
    assert store.spool.load().answers >= len(store.spool.answers())
    assert store.journal.money("month").spent >= 0
    store.journal.recover()
    assert () == store.journal.imbalance()
    store.transfer.backup(io.BytesIO())
    again = fresh()
    if store.root.exists():
        shutil.copytree(store.root, again.root)
    again.journal.rebuild_spent()
    with again.database.read() as connection:
        assert () == imbalance(connection)
    for owner in OWNERS:
        found = again.history.search(owner, Query(), 1, 10_000).records
        assert all("sha256" in sidecar_text(sidecar_of(one)) for one in found if one.stored)
    again.close()
    shutil.rmtree(again.root.parent)


def accepted(take: Callable[[], object]) -> bool:
    """Whether a file was taken; one that was not is refused in words."""
    try:
        take()
    except BadFile as error:
        told = error.message
    else:
        return True
    assert 0 < len(told) <= LONGEST_MESSAGE
    return False


@cases(12)
@pytest.mark.database_away  # each store is looked at, then taken away
def test_bent_zips_and_sidecars_are_refused_whole_or_taken_and_everything_works(
    fresh: Fresh, seeds: int | None
) -> None:
    store = fresh()
    whole = {
        "a.png": DATA,
        "a.json": json.dumps(facts(PICTURE)).encode(),
        "b.png": png(32),
        "folder/c.jpg": DATA,
    }

    def case(chance: random.Random) -> None:
        entries = with_one_bent(chance, whole) if chance.random() < 0.8 else whole
        data = zipped(chance, entries)
        before = store.history.search("ann").total
        ids = list[str]()
        is_taken = accepted(lambda: ids.extend(store.transfer.import_zip("ann", io.BytesIO(data)).ids))
        assert before + len(ids) == store.history.search("ann").total
        if is_taken and chance.random() < 0.2:
            assert_all_works(store, fresh)
        with suppress(BadFile):
            store.transfer.import_sidecar("bob", entries.get("a.json", b""), entries.get("a.png", b""))

    run(seeds, case)
    assert_all_works(store, fresh)
    store.close()


@cases(12)
@pytest.mark.database_away  # each store is looked at, then taken away
def test_bent_backups_are_refused_whole_or_restored_and_everything_works(fresh: Fresh, seeds: int | None) -> None:
    source = fresh()
    whole = entries_of_a_backup(source)
    source.close()

    def case(chance: random.Random) -> None:
        entries = whole
        for _ in range(chance.randint(0, 2)):
            entries = with_one_bent(chance, entries)
        store = fresh()
        if not accepted(lambda: store.transfer.restore(io.BytesIO(zipped(chance, entries)))):
            assert [] == [name for folder in ("originals", "sidecars") for name in store.files.place.names(folder)]
            assert [] == list(store.spool.files())
        assert_all_works(store, fresh)
        store.close()
        shutil.rmtree(store.root.parent)

    run(seeds, case)
