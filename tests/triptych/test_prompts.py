"""Prompt parts, templates and hints."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych import prompts as library
from triptych.errors import InvalidRequest
from triptych.prompts import (
    STRENGTHS,
    STYLES,
    TEMPLATES,
    PromptParts,
    Style,
    Template,
    fill,
    lint,
    styled,
    variation_prompt,
)
from triptych.request import ImageRequest

GREETING = Template(id="t", label="Greeting", text='{who=A fox|An owl} says "{what_else}" to {who}')


def about(prompt: str, **settings: str) -> list[str]:
    """Which rules have something to say, those that praise with a plus."""
    request = ImageRequest(model="gpt-image-2.6-flare", prompt=prompt, **settings)  # type: ignore[arg-type]
    return [f"+{hint.about}" if hint.severity == "good" else hint.about for hint in lint(prompt, request)]


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (PromptParts("A lighthouse"), "A lighthouse"),
        (PromptParts("  A lighthouse, "), "A lighthouse,"),
        (PromptParts("A lighthouse", style="gouache"), "A lighthouse. Style: gouache."),
        (
            PromptParts("A lighthouse!", "gouache", "calm;", "35 mm", "people, text"),
            "A lighthouse! Style: gouache. Mood: calm. Technical: 35 mm. Leave out: people, text.",
        ),
        (PromptParts(style="gouache"), "Style: gouache."),
        (PromptParts(), ""),
        (PromptParts(" ", " ", " ", " ", " "), ""),
    ],
)
def test_parts_make_one_prompt(parts: PromptParts, text: str) -> None:
    assert text == parts.text()


def test_a_template_knows_its_gaps_in_order_and_what_is_offered_for_each() -> None:
    assert [("who", ("A fox", "An owl")), ("what_else", ())] == list(GREETING.gaps.items())


def test_values_fill_every_gap() -> None:
    assert 'A cat says "hi" to A cat' == fill(GREETING, {"who": "A cat", "what_else": "hi"})


@pytest.mark.parametrize("blank", [{}, {"who": ""}, {"who": "  "}])
def test_a_missing_value_takes_its_default(blank: dict[str, str]) -> None:
    assert 'A fox says "hi" to A fox' == fill(GREETING, {**blank, "what_else": "hi"})


def test_a_variable_with_neither_value_nor_default_is_asked_for() -> None:
    with pytest.raises(InvalidRequest) as refused:
        fill(GREETING, {})

    assert "Fill in what else: the template “Greeting” needs it." == refused.value.message


def test_braces_in_a_value_stay() -> None:
    assert '{what_else} says "{who}" to {what_else}' == fill(GREETING, {"who": "{what_else}", "what_else": "{who}"})


def test_braces_that_hold_no_name_stay() -> None:
    template = Template(id="t", label="t", text='{"a": {b=x}} {} {B} {{b}} {b|c}')

    assert '{"a": x} {} {B} {x} {b|c}' == fill(template, {})


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_a_template_makes_a_prompt_without_complaint_and_with_fitting_settings(template: Template) -> None:
    prompt = fill(template, {})
    request = ImageRequest(model="gpt-image-2.6-flare", prompt=prompt, **template.settings)  # type: ignore[arg-type]

    assert () == request.problems()
    assert [] == [hint for hint in lint(prompt, request) if hint.severity == "note"]


def test_templates_have_ids_of_their_own() -> None:
    assert len(TEMPLATES) == len({template.id for template in TEMPLATES}) >= 40


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.id)
def test_a_style_makes_a_prompt_without_complaint(style: Style) -> None:
    assert [] == [hint for hint in lint(styled("A fox", style)) if hint.severity == "note"]


def test_there_are_sixty_styles_with_ids_of_their_own() -> None:
    assert len(STYLES) == len({style.id for style in STYLES}) >= 60


def test_no_word_of_a_label_is_too_long_for_its_tile() -> None:
    assert [] == [one.label for one in (*STYLES, *TEMPLATES) if max(map(len, one.label.split())) > 12]


@pytest.mark.parametrize(("size", "found"), [("1024x3072", ["crop"]), ("1024x1536", []), ("auto", [])])
def test_a_poster_of_a_long_size_is_said_to_be_cropped(size: str, found: list[str]) -> None:
    assert found == about("a festival poster", size=size)


def test_more_than_twenty_things_are_said_to_be_merged_or_left_out() -> None:
    (few,), (many,) = lint("20 boats"), lint("21 boats")

    assert "lose count" in few.why
    assert "Beyond 20 separate things" in many.why


def test_a_style_takes_the_place_of_the_one_before_it() -> None:
    mine = Style(id="m", label="Mine", text="on a napkin")

    once = styled("A fox", STYLES[0])
    assert f"A fox. Style: {STYLES[0].text}." == once
    assert "A fox. Style: on a napkin." == styled(once, mine)
    assert f"A fox. Style: {STYLES[1].text}." == styled(styled("A fox.", mine), STYLES[1])
    assert f"Style: {STYLES[0].text}." == styled(" ", STYLES[0])
    assert "A fox. Style: ink. Mood: calm. Style: on a napkin." == styled("A fox. Style: ink. Mood: calm.", mine)


def test_every_style_and_template_has_a_preview_and_all_are_small() -> None:
    folder = Path(library.__file__).parent / "library" / "previews"

    previews = {path.stem: path for path in folder.glob("*.jpg")}

    assert {one.id for one in (*STYLES, *TEMPLATES)} == previews.keys()
    assert 1_000_000 > sum(path.stat().st_size for path in previews.values())


HINTS = {
    'A lighthouse at dusk, gouache, "OPEN" above the door': ["+lettering"],
    "A plain prompt about a boat": [],
    "a {color=red|blue} fox": ["gap"],
    'a fox as JSON: {"Color": "red", "n": 2}': ["+lettering"],
    "a label with the list of ingredients": ["small"],
    "a page with very small text": ["small"],
    "a small house, small type of bird": [],
    "a long festival poster": ["crop"],
    "a tall man beside a poster": [],
    "twelve cats on a sofa": ["count"],
    "8 boats in a harbour": ["count"],
    "a dozen eggs": ["count"],
    "seven cats on a sofa": [],
    "35 mm lens, 1920 Paris, 12 o'clock, 16:9, aged sixty with a hat, 4096 x 4096, 10 November": [],
    "a table with apples, pears, plums, cherries, figs, dates, grapes and melons": ["listing"],
    "a cat, a dog, a cup, a book, a lamp, a rug, a chair, a clock": ["listing"],
    "digital art, highly detailed, 8k, sharp, trending, moody, dark, epic, cinematic, grain": [],
    "a pie chart of sales": ["chart"],
    "a flowchart on a whiteboard": ["chart"],
    "a photographer in a chartered boat": [],
    "close-up of hands": ["hands"],
    "a woman playing the violin": ["hands"],
    "a hand-drawn map, drawn by hand, handmade paper": [],
    "a fox in the style of Greta Lindqvist": ["artist"],
    "a painting by Greta Lindqvist": ["artist"],
    "inspired by the artist Greta van der Lind": ["artist"],
    "in the style of Art Deco": [],
    "in the style of French Impressionism": [],
    "in the style of a children's book": [],
    "a photo of Greta Lindqvist at a bus stop": ["person"],
    "a statue of the actor Greta Lindqvist": ["person"],
    "a photo of Mount Fuji": [],
    "a photo of New York": [],
    "a photo of the Eiffel Tower": [],
    "a street with no people": ["exclusion"],
    "don't include text, logos or borders": ["exclusion"],
    "a dog in a park, without dogs": ["contradiction"],
    "no one is there, it is no longer raining": [],
    "a quiet street. Leave out: cars": ["exclusion"],
    'a sign "Привет"': ["script"],
    "a sign “営業中”": ["script"],
    "a sign 'OPEN' at a dog's house, isn't it": ["+lettering"],
    f'a poster "{"x" * 31}"': ["lettering"],
    f'a poster "{"x" * 30}"': ["+lettering"],
    'a menu "a\nb\nc\nd\ne"': ["lettering"],
    'a poster "twelve cats"': ["+lettering"],
    'an empty label ""': [],
}


@pytest.mark.parametrize(("prompt", "rules"), HINTS.items())
def test_a_prompt_is_read_for_known_limits(prompt: str, rules: list[str]) -> None:
    assert rules == about(prompt)


@pytest.mark.parametrize("words", ["on a transparent background", "no background", "with an alpha channel"])
def test_transparency_in_words_needs_the_setting(words: str) -> None:
    prompt = f"a cat {words}"

    assert ["transparency"] == about(prompt)
    assert ["+transparency"] == about(prompt, background="transparent")


def test_without_a_request_nothing_is_said_of_settings() -> None:
    assert () == lint("a cat on a transparent background")


def test_a_hint_says_what_why_and_what_instead() -> None:
    (hint,) = lint("a street with no people")

    assert "Names people only to exclude it." == hint.what
    assert "There is no negative prompt: what is named may appear." == hint.why
    assert 'Say what is there instead: "an empty street" for "no people".' == hint.instead


@pytest.mark.parametrize(
    ("prompt", "excluded"),
    [
        ("a street, no people, warm light", "people"),
        ("a red car, no text, watercolour", "text"),
        ("no cats, hands holding a cup", "cats"),
        ("no people and warm light", "people"),
        ("no people and cars, at dawn", "people, cars"),
        ("no people or cars in the street", "people, cars"),
        ("no cats, dogs, or any birds", "cats, dogs, birds"),
        ("no cats, no dogs and no birds.", "cats, dogs, birds"),
    ],
)
def test_only_what_a_list_leaves_out_counts_as_excluded(prompt: str, excluded: str) -> None:
    found = {hint.about: hint.what for hint in lint(prompt)}

    assert f"Names {excluded} only to exclude" in found["exclusion"]


@settings(max_examples=50)
@given(st.text(st.characters(), max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert len({hint.about for hint in lint(text)}) == len(lint(text))


LONG = {
    "prose": "A lighthouse at dusk with no people, a boat and 12 gulls, in the style of Someone Else. ",
    "quotes": '"',
    "opened quotes": "“",
    "apostrophes": "' ",
    "numbers": "8 ",
    "exclusions": "no a, ",
    "dashes": "no -",
    "names": "photo of Aa Bb Cc ",
    "half names": "photo of van der ",
    "capitals": "A",
    "commas": "a,",
    "lines": "\n",
    "spaces": " ",
    "hands": "hand-drawn ",
    "styles": "style of the artist Aa van der ",
    "chinese": "語",
    "opened and not closed": "„x",
}


def quickest(prompt: str) -> float:
    """Seconds of processor time of the quickest of five readings, so that a busy machine does not decide."""
    times = []
    for _ in range(5):
        start = time.thread_time()
        lint(prompt)
        times.append(time.thread_time() - start)
    return min(times)


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_reading_takes_time_in_proportion_to_the_length(text: str) -> None:
    whole = (text * 32_000)[:32_000]

    assert 0.05 > quickest(whole)


def test_the_longest_prompt_is_read_within_5_milliseconds() -> None:
    assert 0.005 > quickest((LONG["prose"] * 400)[:32_000])


def test_each_strength_asks_for_a_variation_in_words_of_its_own() -> None:
    prompts = [variation_prompt(strength, " In the rain. ") for strength in STRENGTHS]

    assert ["subtle", "moderate", "strong", "wild"] == list(STRENGTHS)
    assert 4 == len(set(prompts))
    assert all(prompt.endswith(". In the rain.") for prompt in prompts)
    assert variation_prompt("wild") == STRENGTHS["wild"]
