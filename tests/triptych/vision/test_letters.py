"""Whether a picture is lettered as its prompt asked, read by the real model."""

import io

import pytest
from PIL import Image

from triptych.engine.artist import Order, paint
from triptych.vision import Lettering, lettering
from triptych.vision.letters import compared, likeness


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_the_words_on_a_sign_are_read(lighthouse: Image.Image) -> None:
    found = lettering(png(lighthouse), 'A lighthouse at dusk, "OPEN" above the door')

    assert (("OPEN",), 1.0) == (found.wanted, found.score)
    assert "OPEN" in found.read


def test_words_on_a_clear_ground_are_read() -> None:
    data = png(paint(Order("A shop with a sign “Fresh bread”", 512, 512, transparent=True)))

    assert 1.0 == lettering(data, "A shop with a sign “Fresh bread”").score


def test_other_words_score_low(lighthouse: Image.Image) -> None:
    score = lettering(png(lighthouse), 'A lighthouse with "CLOSED" above the door').score

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
