"""Whether a picture is lettered as its prompt asked, read by the real model."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from triptych.engine.artist import Order, paint
from triptych.vision import Lettering, lettering, scripts
from triptych.vision.letters import compared, likeness


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def found(lighthouse: Image.Image) -> Lettering:
    """What is read of a lighthouse lettered OPEN."""
    return lettering(png(lighthouse), 'A lighthouse at dusk, "OPEN" above the door')


def test_the_words_on_a_sign_are_read(found: Lettering) -> None:
    assert (("OPEN",), 1.0) == (found.wanted, found.score)
    assert "OPEN" in found.read


def test_words_on_a_clear_ground_are_read() -> None:
    data = png(paint(Order("A shop with a sign “Fresh bread”", 512, 512, transparent=True)))

    assert 1.0 == lettering(data, "A shop with a sign “Fresh bread”").score


def test_other_words_score_low(found: Lettering) -> None:
    score = compared(("CLOSED",), found.read).score

    assert score is not None
    assert score < 0.5


def test_a_prompt_that_quotes_nothing_has_no_score() -> None:
    assert Lettering((), (), None) == lettering(b"is not even read", "A lighthouse at dusk")


def test_a_picture_without_letters_scores_nothing() -> None:
    assert Lettering(("OPEN",), (), 0.0) == lettering(png(Image.new("RGB", (256, 256), "white")), '"OPEN"')


@pytest.mark.parametrize(
    ("wanted", "read", "score"),
    [
        (("FRESH BREAD",), ("Fresh", "bread"), 1.0),  # on two lines
        (("FRESH BREAD",), ("FRESHBREAD",), 1.0),  # read as one
        (("BREAD",), ("FRESH BREAD DAILY",), 1.0),  # among others
        (("OPEN",), ("OPENED",), 1 - 2 / 6),  # more than was asked for
        (("BREAD",), ("BRFAD",), 1 - 1 / 5),
        (("OPEN", "BREAD"), ("OPEN",), (1 + 1 / 5) / 2),  # one of two; O-P-E-N shares its E's place with BREAD
        (("面包",), ("面包店",), 1 - 1 / 3),
    ],
)
def test_the_score_counts_edits_a_character(wanted: tuple[str, ...], read: tuple[str, ...], score: float) -> None:
    assert Lettering(wanted, read, pytest.approx(score)) == compared(wanted, read)


@pytest.mark.parametrize(
    ("one", "other", "edits"), [("kitten", "sitting", 3), ("saturday", "sunday", 3), ("", "abc", 3)]
)
def test_edits_are_counted_as_in_the_textbook(one: str, other: str, edits: int) -> None:
    assert pytest.approx(1 - edits / max(len(one), len(other))) == likeness(one, other)


def poster(words: str) -> tuple[bytes, str]:
    """An image lettered by the demo, and its prompt."""
    prompt = f'poster "{words}"'
    return png(paint(Order(prompt, 512, 512, quality="low"))), prompt


def test_kana_and_han_are_read_without_anything_more() -> None:
    assert ("夜の灯台",) == lettering(*poster("夜の灯台")).read


@pytest.fixture
def tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Puts a program of the name tesseract alone on the path, with the packs named; it answers as the real one did."""
    monkeypatch.setenv("PATH", str(tmp_path))
    scripts._languages.cache_clear()

    def install(*packs: str) -> None:
        lines = ["#!/bin/sh", 'if [ "$1" = --list-langs ]; then', 'echo "List of available languages:"']
        lines += [*(f"echo {pack}" for pack in packs), "exit; fi", 'test "$4" = "kor+eng" && echo 여우와 등대']
        (tmp_path / "tesseract").write_text("\n".join(lines), "utf-8")
        (tmp_path / "tesseract").chmod(0o700)

    yield install
    scripts._languages.cache_clear()


def test_hangul_is_not_scored_where_nothing_reads_it(tesseract: Callable[..., None]) -> None:
    assert Lettering(("여우와 등대",), (), None, ("Hangul",)) == lettering(*poster("여우와 등대"))

    tesseract("eng", "rus")
    scripts._languages.cache_clear()
    assert ("Hangul",) == lettering(*poster("여우와 등대")).unread


def test_hangul_is_read_by_tesseract_where_its_pack_is_installed(tesseract: Callable[..., None]) -> None:
    tesseract("eng", "kor")

    found = lettering(*poster("여우와 등대"))

    assert (1.0, ()) == (found.score, found.unread)
    assert "여우와 등대" in found.read
