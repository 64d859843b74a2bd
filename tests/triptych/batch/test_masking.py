"""Masks made behind the page: all of them, no longer than somebody wants them, and why there is none."""

import threading

import pytest
from PIL import Image

from tests.triptych.batch.test_images import png, uploaded
from triptych import vision
from triptych.batch import Images
from triptych.batch.images import SUBJECT, Wanted
from triptych.batch.masking import Masking
from triptych.errors import NotInstalled

PATIENCE = 60.0  # seconds


def wanted(given: Images) -> dict[tuple[str, str], Wanted]:
    """The subject of each."""
    every = (Wanted(SUBJECT, None, one) for one in given.named.values())
    return {one.pair: one for one in every}


def test_every_mask_is_made_and_why_one_is_none_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    given = uploaded(("a.png", png("red")), ("b.png", png("blue")))
    paints = iter((255, 0))
    monkeypatch.setattr(vision, "subject", lambda _: Image.new("L", (64, 48), next(paints)))

    masking = Masking(given, wanted(given))

    assert masking.ended.wait(PATIENCE)
    first, second = given.masks.values()
    assert not isinstance(first, str)
    assert "No subject was found" in str(second)
    assert {first.sha256} == given.made.keys()
    assert 2 == masking.done


def test_no_more_are_made_once_nobody_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    given = uploaded(("a.png", png("red")), ("b.png", png("blue")))
    begun, goes_on = threading.Event(), threading.Event()

    def subject(_: bytes) -> Image.Image:
        begun.set()
        assert goes_on.wait(PATIENCE)
        return Image.new("L", (64, 48), 255)

    monkeypatch.setattr(vision, "subject", subject)
    masking = Masking(given, wanted(given))
    ended = masking.ended
    assert begun.wait(PATIENCE)

    del masking  # as a tab that is closed does
    goes_on.set()

    assert ended.wait(PATIENCE)
    assert 1 == len(given.masks)


def test_without_the_extra_nothing_is_noted_so_that_it_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    given = uploaded(("a.png", png("red")))
    monkeypatch.setattr("triptych.vision.needs._missing", lambda _: "This needs the extra vision.")

    masking = Masking(given, wanted(given))

    assert masking.ended.wait(PATIENCE)
    assert {} == given.masks
    with pytest.raises(NotInstalled, match="extra vision"):
        given.make(next(iter(masking.wanted.values())))
