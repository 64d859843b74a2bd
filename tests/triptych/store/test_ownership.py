"""A hash is no key: sidecars and exports name it, and whoever knows it reaches no bytes of another owner by it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.triptych.masked import FIRST, picture
from tests.triptych.store.drawn import NO_CAPS, REQUEST, draw, facts
from triptych.errors import BadFile
from triptych.inputs import Attachment
from triptych.results import Picture
from triptych.store import Store
from triptych.store.history.derived import Origin

NAMED = replace(REQUEST, images=(Attachment.of(FIRST),))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "images", caps=NO_CAPS)


def test_a_sidecar_that_names_the_picture_of_another_brings_nothing(store: Store) -> None:
    draw(store, "a", data=FIRST, owner="ada")
    sidecar = json.dumps(facts(Picture(FIRST, "png", 64, 64))).encode()

    with pytest.raises(BadFile, match=r"is missing\. Import both"):
        store.transfer.import_sidecar("bob", sidecar)

    assert not store.history.has("bob", NAMED.images[0].sha256)


def test_a_picture_that_is_nobodys_any_more_is_found_by_its_sidecar(store: Store) -> None:
    lost = Picture(FIRST, "png", 64, 64)
    store.save(lost)

    assert 1 == len(store.transfer.import_sidecar("bob", json.dumps(facts(lost)).encode()).ids)


def test_a_picture_derived_from_a_request_that_names_the_input_of_another_does_not_bring_it(store: Store) -> None:
    draw(store, "a", data=FIRST, owner="ada")
    origin = Origin(owner="bob", page="edit", request=NAMED, parents=(), how="upscaled 2x")

    store.derive(picture("blue"), origin)

    with pytest.raises(KeyError):
        store.attached(NAMED.images[0].sha256, "png", "bob")
