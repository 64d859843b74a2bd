"""How each kind of parameter checks a value, and the size rules."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.catalog import ANY_SIZE, FIXED_SIZES, LOOSE_SIZES
from triptych.parameters import PARAMETERS, PROMPT, QUALITY, STREAM, N, Sizes, listed, pixels


def test_29146_sizes_are_legal() -> None:
    edges = range(16, 3840 + 17, 16)

    legal = sum(ANY_SIZE.problem(f"{width}x{height}") is None for width, height in itertools.product(edges, edges))

    assert 29_146 == legal


@pytest.mark.parametrize("size", ["auto", "1024x1024", "3840x2160", "2160x3840", "2880x2880", "640x1024", "1440x480"])
def test_a_size_within_the_limits_is_drawn(size: str) -> None:
    assert ANY_SIZE.problem(size) is None


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        ("1792x936", "Width and height must be multiples of 16: 1792x928 is the nearest."),
        ("4096x1366", "Width and height must be multiples of 16: 3840x1280 is the nearest."),
        ("3856x2160", "The longest edge may have 3,840 pixels, not 3,856."),
        ("3072x1008", "The long edge may be at most 3 times the short one; 3072x1008 is narrower."),
        ("1024x624", "The image needs at least 655,360 pixels; 1024x624 has 638,976."),
        ("3840x2176", "The image may have at most 8,294,400 pixels; 3840x2176 has 8,355,840."),
        ("1024", "Size '1024' is not a size: write width x height, like 1536x864."),
        ("1024X1024", "Size '1024X1024' is not a size: write width x height, like 1536x864."),
        ("0x0", "Size '0x0' is not a size: write width x height, like 1536x864."),
        ("-16x16", "Size '-16x16' is not a size: write width x height, like 1536x864."),
        ("1\u066024x1024", "Size '1\u066024x1024' is not a size: write width x height, like 1536x864."),
        ("1024x1024\n", "Size '1024x1024\\n' is not a size: write width x height, like 1536x864."),
    ],
)
def test_a_size_outside_the_limits_is_refused_with_its_reason(size: str, sentence: str) -> None:
    assert sentence == ANY_SIZE.problem(size)


def test_a_model_of_fixed_sizes_names_them() -> None:
    assert "Size 2048x2048 is not supported by this model: choose 1024x1024, 1536x1024 or 1024x1536." == (
        FIXED_SIZES.problem("2048x2048")
    )


EDGES = st.integers(1, 5000) | st.integers(1, 999_999)


@given(sizes=st.sampled_from((ANY_SIZE, FIXED_SIZES, LOOSE_SIZES)), width=EDGES, height=EDGES)
def test_the_nearest_size_is_legal_and_a_legal_one_is_nearest_to_itself(sizes: Sizes, width: int, height: int) -> None:
    near, asked = sizes.nearest(width, height), f"{width}x{height}"

    assert sizes.problem(near) is None
    assert (near == asked) == (sizes.problem(asked) is None)


@pytest.mark.parametrize(
    ("edges", "near"),
    [
        ((1500, 850), "1504x848"),
        ((512, 512), "816x816"),
        ((4096, 4096), "2880x2880"),
        ((2000, 600), "1792x608"),
        ((99_999, 864), "2592x864"),
        ((1, 864), "480x1392"),
    ],
)
def test_the_nearest_size_keeps_the_shape_as_far_as_the_rules_let_it(edges: tuple[int, int], near: str) -> None:
    assert near == ANY_SIZE.nearest(*edges)


@pytest.mark.parametrize(
    ("size", "noted"), [("2560x1440", False), ("2576x1440", True), ("3840x2160", True), ("auto", False)]
)
def test_sizes_above_2560x1440_are_called_experimental(size: str, noted: bool) -> None:
    assert noted == (ANY_SIZE.note(size) is not None)


@pytest.mark.parametrize(
    ("value", "good"), [(1, True), (10, True), (0, False), (11, False), (True, False), (1.0, False)]
)
def test_a_number_is_whole_and_in_its_range(value: object, good: bool) -> None:
    assert good == (N.problem(value) is None)


@pytest.mark.parametrize(("value", "good"), [("auto", True), ("max", True), ("ultra", False), ("", False), (3, False)])
def test_a_choice_is_one_of_its_words(value: object, good: bool) -> None:
    assert good == (QUALITY.problem(value) is None)


def test_a_prompt_of_32000_characters_is_taken_and_one_more_is_not() -> None:
    assert PROMPT.problem("x" * 32_000) is None
    assert "Prompt has 32,001 characters; the API takes 32,000. Shorten it." == PROMPT.problem("x" * 32_001)


def test_a_flag_is_yes_or_no() -> None:
    assert STREAM.problem(False) is None
    assert "Stream must be yes or no." == STREAM.problem(1)


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_default_is_no_problem(name: str) -> None:
    value = "x" if name == "prompt" else PARAMETERS[name].default

    assert PARAMETERS[name].problem(value) is None


def test_a_size_gives_its_pixels() -> None:
    assert ((1536, 864), None, None) == (pixels("1536x864"), pixels("auto"), pixels("9999999x1"))


def test_words_are_listed_as_english_does() -> None:
    assert ("", "a", "a or b", "a, b or c") == (listed(()), listed(("a",)), listed(("a", "b")), listed(("a", "b", "c")))
