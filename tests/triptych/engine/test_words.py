"""What the painter understands of a prompt."""

import pytest

from triptych.engine.colours import NAMED, rgb
from triptych.engine.languages import ENTRIES
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


@pytest.mark.parametrize(
    ("prompt", "things", "more"),
    [
        ("Ein roter Leuchtturm am Meer bei Sonnenuntergang", [("lighthouse", 1, "red")], ("sea", "dusk", "gouache")),
        (
            "une voiture rouge devant un château, la nuit, aquarelle",
            [("car", 1, "red"), ("castle", 1, None)],
            (None, "night", "watercolour"),
        ),
        ("dos gatos negros en la playa", [("cat", 2, "black")], ("sea", "day", "gouache")),
        (
            "밤바다의 빨간 등대와 고양이",
            [("lighthouse", 1, "red"), ("cat", 1, None)],
            ("sea", "day", "gouache"),
        ),
        ("고양이 두 마리", [("cat", 2, None)], (None, "day", "gouache")),
        ("숲속에서 책 읽는 여우", [("book", 1, None), ("fox", 1, None)], ("forest", "day", "gouache")),
        (
            "夕暮れの海と赤い灯台、二匹の猫、水彩画",
            [("lighthouse", 1, "red"), ("cat", 2, None)],
            ("sea", "dusk", "watercolour"),
        ),
        ("两只猫在城堡前", [("cat", 2, None), ("castle", 1, None)], (None, "day", "gouache")),
    ],
)
def test_a_prompt_is_read_in_seven_languages(
    prompt: str, things: list[tuple[str, int, str | None]], more: tuple[str | None, str, str]
) -> None:
    brief = read(prompt)

    assert [(name, count, rgb(NAMED[colour]) if colour else None) for name, count, colour in things] == [
        (thing.name, thing.count, thing.colour) for thing in brief.things
    ]
    assert more == (next(iter(brief.settings), None), brief.time, brief.style)


@pytest.mark.parametrize("language", ["de", "fr", "es", "ko", "ja", "zh"])
def test_every_shape_has_a_name_in_every_language(language: str) -> None:
    assert set(SHAPES) == {NOUNS[english] for spoken, _, english in ENTRIES if spoken == language and english in NOUNS}


@pytest.mark.parametrize(
    "prompt", ["a chat with our boot", "see the kind pin", "木曜日の予定", "吃竹子的大熊猫", "성격이 급한 말투"]
)
def test_a_word_that_only_looks_like_one_of_another_language_is_not_drawn(prompt: str) -> None:
    assert () == read(prompt).things


def test_words_in_corner_brackets_are_lettering() -> None:
    assert ("夜の灯台",) == read("ポスター「夜の灯台」").letters
