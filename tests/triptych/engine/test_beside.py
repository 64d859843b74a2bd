"""What the demo says beside an image: the words that it has no shape for."""

import pytest

from triptych.engine.beside import beside
from triptych.engine.shapes import NOUNS

KNOWS = f"it knows lighthouse, fox, teapot and {len(set(NOUNS.values())) - 3} more. A real model would."


@pytest.mark.parametrize(
    ("prompt", "unknown"),
    [
        ("A snail", ["snail"]),
        ("snail", ["snail"]),
        ("a purple snail crawling on a leaf", ["snail", "leaf"]),
        ("A red boat with a tiny hat in the harbor, watercolor", ["hat"]),
        ("달팽이 한 마리", ["snail"]),
        ("ein Igel auf der Wiese", ["igel"]),
        ("un caracol verde sobre una hoja", ["caracol", "hoja"]),
        ("两只大熊猫", ["panda"]),
    ],
)
def test_a_thing_that_is_not_drawn_is_named(prompt: str, unknown: list[str]) -> None:
    assert f"The demo does not know {' or '.join(f'“{word}”' for word in unknown)}; {KNOWS}" == beside(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "two lighthouses at dusk, watercolor, soft light from the left",
        "Studio photograph of a matte green ceramic mug on a white background",
        'a bakery with the sign "A SNAIL"',
        "夕暮れの海と赤い灯台",
        "the northern lights over a mountain lake",
        "a fox under a blue sky",
        'a sign that says "OPEN"',
        'a poster reads "SALE"',
        "a lighthouse that glows at night",
    ],
)
def test_nothing_is_said_of_a_prompt_that_is_drawn(prompt: str) -> None:
    assert "" == beside(prompt)


def test_a_prompt_of_which_nothing_is_drawn_says_so() -> None:
    assert f"The demo knows nothing in this prompt; {KNOWS}" == beside("Make it look dramatic")


def test_a_letter_that_no_font_has_is_said_beside_the_image() -> None:
    assert "Left out of the lettering, since no font here has it: \U000f1234" == beside('"JAZZ \U000f1234"')
