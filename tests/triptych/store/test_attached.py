"""Inputs in the records: their bytes stay as long as any drawing that had them, and come back with it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.triptych.masked import FILES, FIRST, MASKED
from tests.triptych.store.drawn import REQUEST, Home, draw
from triptych.errors import InputMissing
from triptych.inputs import Attachment
from triptych.store import Record, Store

EDIT = replace(REQUEST, **MASKED)


def edit(store: Store, ticket: str, owner: str = "local") -> Record:
    for _, one in EDIT.attachments:
        store.keep_input(FILES[one.sha256], one)
    parents = tuple(one.sha256 for one in EDIT.images)
    return draw(store, ticket, owner=owner, request=EDIT, parents=parents, of={"parents": list(parents)})


def purge(store: Store, record: Record) -> None:
    store.history.trash(record.owner, [record.id])
    store.history.purge(record.owner, [record.id])


def inputs(store: Store) -> list[bool]:
    return [store.files.size(one.sha256, one.format) is not None for _, one in EDIT.attachments]


def test_inputs_go_with_the_last_drawing_that_had_them(place: Home) -> None:
    store = place.store()
    first, second = edit(store, "a"), edit(store, "b", "bob")

    purge(store, first)
    still = (inputs(store), store.orphans())
    purge(store, second)

    assert ([True] * 3, ()) == still
    assert [] == list(store.files.place.names("originals"))
    store.close()


def test_an_input_that_is_a_picture_too_stays_with_it(place: Home) -> None:
    store = place.store()
    kept = draw(store, "p", data=FIRST)
    purge(store, edit(store, "a"))

    assert [True, False, False] == inputs(store)
    assert kept.stored
    assert FIRST == store.original(kept.stored.sha256, "png")
    store.close()


def test_a_drawing_whose_input_is_gone_is_not_begun(place: Home) -> None:
    store = place.store()

    with pytest.raises(InputMissing, match="file of an input image is missing"):
        draw(store, request=EDIT)

    assert {} == store.journal.statuses(["t"])
    store.close()


def test_only_who_put_a_picture_in_may_use_it_again(place: Home) -> None:
    store = place.store()
    edit(store, "a")
    one = Attachment.of(FIRST)

    assert FIRST == store.attached(one.sha256, one.format, "local")
    with pytest.raises(KeyError):
        store.attached(one.sha256, one.format, "bob")
    store.close()


def test_inputs_are_known_again_once_the_records_are_rebuilt(tmp_path: Path) -> None:
    images = tmp_path / "images"
    store = Home(images, f"sqlite:///{tmp_path / 'a.db'}").store()
    edit(store, "a")
    store.close()

    again = Home(images, f"sqlite:///{tmp_path / 'b.db'}").store()

    assert () == again.orphans()
    (record,) = again.history.search("local").records
    assert (EDIT, True) == (record.request, again.history.has("local", EDIT.images[0].sha256))
    purge(again, record)
    assert [False] * 3 == inputs(again)
    again.close()
