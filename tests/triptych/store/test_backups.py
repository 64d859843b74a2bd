"""Everything in one file and back, on both homes; a damaged backup is refused whole."""

import io
import zipfile
from dataclasses import replace

import pytest

from tests.triptych.client.raw import png
from tests.triptych.store.drawn import REQUEST, draw, facts
from tests.triptych.store.test_transfer import DATA, PICTURE, nothing_came_of_it, pair, zipped
from triptych.errors import BadFile
from triptych.inputs import Attachment
from triptych.prompts.saved import SavedPrompt
from triptych.store import Query, Store
from triptych.store.db.tables import batches, metadata
from triptych.store.history.documents import Documents
from triptych.store.history.experiments import Experiments
from triptych.store.saved import SavedDocument
from triptych.store.transfer.backups import TABLES
from triptych.store.transfer.staging import OWN


def test_everything_comes_back_from_one_file(store: Store, local: Store) -> None:
    record = draw(store, "a", data=DATA, parents=("a" * 64,))
    draw(store, "b", owner="bob", data=png(32))
    store.history.tag("local", [record.id], add=["snow"])
    store.history.rate("local", [record.id], 5)
    out = io.BytesIO()
    store.transfer.backup(out)

    assert 0 < local.transfer.restore(out)

    assert store.history.get("local", record.id) == local.history.get("local", record.id)
    assert DATA == local.original(facts(PICTURE)["sha256"], "png")
    assert (1, store.journal.money("day")) == (local.history.search("bob").total, local.journal.money("day"))
    assert 0 == local.transfer.restore(out)
    assert () == local.orphans()


def test_saved_prompts_are_in_a_backup_and_what_was_edited_since_stays(store: Store, local: Store) -> None:
    store.prompts.save("me", [SavedPrompt("template", "Fox", "a fox"), SavedPrompt("style", "Fox", "furry")])
    out = io.BytesIO()
    store.transfer.backup(out)
    store.prompts.save("me", [SavedPrompt("template", "Fox", "a red fox")])

    assert (0, 2) == (store.transfer.restore(out), local.transfer.restore(out))

    assert {"a fox", "furry"} == {one.text for one in local.prompts.every("me")}
    assert {"a red fox", "furry"} == {one.text for one in store.prompts.every("me")}


def test_every_table_is_in_a_backup_but_what_a_database_knows_of_itself() -> None:
    assert {*metadata.tables} - {*OWN} == {table.name for table in TABLES}


def test_what_was_purged_comes_back_with_what_was_asked(store: Store) -> None:
    record = draw(store, data=DATA)
    out = io.BytesIO()
    store.transfer.backup(out)
    store.history.trash("local", [record.id])
    store.history.purge("local")

    store.transfer.restore(out)

    assert record == store.history.get("local", record.id)
    assert ((record.id,), DATA) == (
        tuple(one.id for one in store.history.search("local", Query(text="fox")).records),
        store.original(facts(PICTURE)["sha256"], "png"),
    )


def test_inputs_experiments_and_votes_are_in_a_backup(store: Store, local: Store) -> None:
    other = png(32)
    photo = Attachment.of(other)
    store.keep_input(other, photo)
    draw(store, data=DATA, request=replace(REQUEST, images=(photo,)))
    Experiments(store.database).save("local", "Tiers", {"axes": []})
    out = io.BytesIO()
    store.transfer.backup(out)

    local.transfer.restore(out)

    assert other == local.attached(photo.sha256, photo.format)
    assert ["Tiers"] == [one.name for one in Experiments(local.database).every("local")]
    assert local.history.has("local", photo.sha256)


def test_batches_are_in_a_backup_and_what_a_process_was_doing_is_not(store: Store, local: Store) -> None:
    store.leases.take("work")
    Documents(store.database, batches, SavedDocument).save("local", "Foxes", {"table": {}})
    out = io.BytesIO()
    store.transfer.backup(out)

    local.transfer.restore(out)

    found = Documents(local.database, batches, SavedDocument).every("local")
    assert [("Foxes", {"table": {}})] == [(one.name, one.document) for one in found]
    assert () == local.leases.names("")


def changed(out: io.BytesIO, name: str, data: bytes | None) -> io.BytesIO:
    again = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(again, "w") as new:
        for each in old.namelist():
            if data is None and each == name:
                continue
            new.writestr(each, data if each == name and data is not None else old.read(each))
    return again


DAMAGES: list[tuple[str, bytes | None]] = [
    ("triptych-backup.json", None),
    ("triptych-backup.json", b'{"version": "r9999"}'),
    ("records.jsonl", None),
    ("records.jsonl", b"{"),
    ("records.jsonl", b'{"id": "x"}'),
    ("tags.jsonl", b'{"record": "x", "tag": 1, "owner": "local"}'),
    ("budgets.jsonl", b'{"kind": "day", "key": "x", "spent": 99999999999999999999, "reserved": 0}'),
    ("original", b"other bytes"),
]


def test_a_damaged_backup_is_refused_whole(store: Store, local: Store) -> None:
    record = draw(store, data=DATA)
    assert record.stored
    original = f"originals/{record.stored.sha256[:2]}/{record.stored.name}"
    out = io.BytesIO()
    store.transfer.backup(out)

    for name, data in DAMAGES:
        damaged = changed(out, original if name == "original" else name, data)
        with pytest.raises(BadFile):
            local.transfer.restore(damaged)
        assert nothing_came_of_it(local), (name, data)


def test_a_zip_that_is_no_backup_is_refused(local: Store) -> None:
    with pytest.raises(BadFile, match="no backup"):
        local.transfer.restore(zipped(**pair()))
