"""What older versions let in, or a file brings, makes no Details, export, import or rebuild fail (TRUST.md F10)."""

import io
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.triptych.store.drawn import NO_CAPS, REQUEST, Home, draw, entry, facts, noted
from tests.triptych.store.test_transfer import DATA, PICTURE, zipped
from tests.triptych.test_sidecar import mutated
from triptych.errors import BadFile, BadSidecar, ServerFailed
from triptych.sidecar import owner_hash
from triptych.store import Query, Store, sidecar_of, sidecar_text
from triptych.store.db.tables import drawings, parts
from triptych.store.ledger.books import imbalance


@pytest.mark.parametrize("got", ['"x"', "[1]", '{"size": 7}', "{", "null"])
@pytest.mark.parametrize("usage", ['{"stray": 1}', '"many"', "{"])
def test_a_row_that_an_older_version_poisoned_is_shown_and_exported(local: Store, got: str, usage: str) -> None:
    record = draw(local, data=DATA)
    with local.database.write() as connection:
        connection.execute(update(parts).values(got=got, usage=usage))
        connection.execute(update(drawings).values(request='{"model": 1}'))

    (found,) = local.history.search("local").records
    out = io.BytesIO()
    local.transfer.export_zip("local", [record.id], out)

    assert ({}, None, record.stored) == (found.got, found.usage, found.stored)
    assert 1 == len(local.transfer.import_zip("ann", out).ids)


def test_a_sidecar_with_a_bad_part_is_refused_by_name_and_nothing_of_it_is_kept(store: Store) -> None:
    told = {**facts(PICTURE), "got": "x"}

    with pytest.raises(BadSidecar, match="“got”"):
        store.transfer.import_zip("local", zipped(**{"a.png": DATA, "a.json": json.dumps(told).encode()}))

    assert (0, []) == (store.history.search("local").total, list(store.files.place.names("sidecars")))


@pytest.mark.parametrize("count", [40, pytest.param(3_000, marks=pytest.mark.trust)])
def test_mutated_sidecars_are_refused_or_leave_a_history_that_works(local: Store, tmp_path: Path, count: int) -> None:
    rng = random.Random(27)
    for number in range(count):
        told = mutated(rng, facts(PICTURE))
        data = json.dumps(told).encode()
        local.files.place.write(f"sidecars/2026-11-20/fuzz{number}-0-0.json", data)
        try:
            local.transfer.import_zip("ann", zipped(**{"a.png": DATA, "a.json": data}))
        except BadFile:
            continue
    local.files.place.write(
        "receipts/2026-11-20/bad-0-0.json", b'{"created": "2026-11-20T00:00:00Z", "cost_usd": "NaN"}'
    )
    found = local.history.search("ann", Query(), 1, count).records
    out = io.BytesIO()

    assert len(found) == local.transfer.export_zip("ann", [one.id for one in found], out)
    fresh = Store(local.root, f"sqlite:///{tmp_path / 'new.db'}", caps=NO_CAPS)
    every = [one for owner in ("local", "ann") for one in fresh.history.search(owner, Query(), 1, 9999).records]
    assert all("sha256" in sidecar_text(sidecar_of(one)) for one in every if one.stored)
    with fresh.database.read() as connection:
        assert () == imbalance(connection)
    fresh.close()


def test_a_rebuild_gives_each_image_back_to_whose_it_was(place: Home, store: Store, tmp_path: Path) -> None:
    ann, bob = (f"https://login.example|{name}" for name in ("ann", "bob"))
    for ticket, owner, data in (("a", ann, b"ann"), ("b", bob, b"bob")):
        draw(store, ticket, data=data, owner=owner, of={"owner": owner_hash(owner)})
    draw(store, "old", data=b"old")
    fresh = Store(place.images, f"sqlite:///{tmp_path / 'new.db'}", caps=NO_CAPS)

    before = [fresh.history.search(owner).total for owner in ("local", ann, bob)]
    logins = (ann, ann, "https://login.example|eve")
    adopted = [fresh.owners.take_over(fresh.owners.earlier(login, ()), login) for login in logins]

    assert ([1, 0, 0], [1, 0, 0]) == (before, adopted)
    assert [1, 1, 0] == [fresh.history.search(owner).total for owner in ("local", ann, bob)]
    fresh.close()


def test_a_download_does_not_tell_whose_an_image_is(local: Store) -> None:
    told = noted(PICTURE, owner="a" * 32)

    assert "a" * 32 not in sidecar_text(told)
    assert "owner" not in json.loads(sidecar_text(sidecar_of(draw(local))))


def test_text_that_no_database_takes_is_kept_and_found_alike_in_both(store: Store) -> None:
    asked = replace(REQUEST, prompt="a fox\0in snow")
    record = draw(store, data=DATA, request=asked, of={"usage": {"output_tokens": 10**24}})
    store.history.note("local", record.id, "half \ud83d and \0")
    store.history.tag("local", [record.id], add=["sn\0w"])
    store.journal.open(entry("b"))
    store.journal.closed("b", "failed", None, ServerFailed("It said \ud800\0."))

    found = store.history.get("local", record.id)
    (failed,) = store.history.search("local", Query(status="failed")).records
    assert found
    assert found.usage
    assert (asked, "half \ufffd and \ufffd", 10**24) == (found.request, found.note, found.usage.output_tokens)
    assert ("sn\ufffdw",) == found.tags
    assert failed.error
    assert "It said \ufffd\ufffd." == failed.error[1]
    assert [1, 1] == [
        store.history.search("local", Query(**each)).total for each in ({"tags": ("sn\0w",)}, {"text": "fox\0in"})
    ]
