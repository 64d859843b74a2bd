"""What the painter understands of a prompt."""

import pytest

from triptych.engine.colours import rgb
from triptych.engine.shapes import NOUNS, SHAPES
from triptych.engine.words import Thing, read


def test_a_quoted_word_is_lettering_and_no_noun() -> None:
    brief = read('A bakery with the sign "CAT & DOG"')

    assert ("CAT & DOG",) == brief.letters
    assert (Thing("shop"),) == brief.things


def test_an_apostrophe_does_not_quote() -> None:
    assert () == read("A fisherman's boat at the harbour's edge").letters


def test_typographic_quotes_letter_too() -> None:
    assert ("OPEN",) == read("a door that says “OPEN”").letters


def test_a_colour_belongs_to_the_noun_after_it() -> None:
    brief = read("a red boat and a #336699 house on a teal sea")

    assert (Thing("boat", 1, rgb("#d23b34")), Thing("house", 1, rgb("#336699"))) == brief.things
    assert (("water", rgb("#1f8a8a")),) == brief.tints


def test_an_orange_cat_is_a_cat() -> None:
    assert (Thing("cat", 1, rgb("#e8833a")),) == read("an orange cat").things


@pytest.mark.parametrize(("words", "count"), [("two owls", 2), ("five owls", 5), ("owls", 3), ("an owl", 1)])
def test_things_are_counted(words: str, count: int) -> None:
    assert (Thing("owl", count),) == read(words).things


@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("a fox, watercolour", "watercolour"),
        ("a fox, watercolor", "watercolour"),
        ("pixel art fox", "pixel"),
        ("fox, pencil sketch", "line"),
        ("noir fox", "noir"),
        ("a fox, gouache", "gouache"),
        ("cinematic fox", "photo"),
    ],
)
def test_style_words_choose_the_treatment(prompt: str, style: str) -> None:
    assert style == read(prompt).style


def test_the_words_of_a_style_are_no_nouns() -> None:
    assert (Thing("fish", 2),) == read("Two goldfish, children's book illustration").things


def test_a_ground_asked_for_is_that_colour() -> None:
    assert rgb("#ffcc00") == read("a cup on a plain #ffcc00 background").ground


def test_every_noun_has_a_shape() -> None:
    assert set(NOUNS.values()) == set(SHAPES)
    assert len(SHAPES) > 50
