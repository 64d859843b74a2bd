"""What a model takes, how long it lives, and its tokens by OpenAI's tables."""

from datetime import date

import pytest

from triptych.catalog import MODELS

SIZES = ("1024x1024", "1536x1024", "2048x2048", "2560x1440", "3840x2160")
# API facts §7.2: output tokens at the sizes above.
TABLES = {
    ("gpt-image-2", "low"): (196, 158, 397, 205, 371),
    ("gpt-image-2", "medium"): (1756, 1372, 3568, 1843, 3336),
    ("gpt-image-2", "high"): (7024, 5488, 14272, 7370, 13342),
    ("gpt-image-2.5-flare", "low"): (196, 158, 397, 205, 371),
    ("gpt-image-2.5-flare", "medium"): (439, 343, 892, 478, 865),
    ("gpt-image-2.5-flare", "high"): (1756, 1372, 3568, 1843, 3336),
    ("gpt-image-2.5-sunburst", "xhigh"): (3122, 2459, 6343, 3276, 5930),
    ("gpt-image-2.5-sunburst", "max"): (7024, 5488, 14272, 7370, 13342),
}


def tokens(model: str, size: str, quality: str) -> object:
    width, height = map(int, size.split("x"))
    rule = MODELS[model].tokens
    found = rule and rule.image_tokens(width, height, quality)
    return found.low if found and found.is_exact else found and (found.low, found.high)


@pytest.mark.parametrize(("model", "quality"), TABLES)
def test_tokens_are_those_of_the_published_table(model: str, quality: str) -> None:
    assert TABLES[model, quality] == tuple(tokens(model, size, quality) for size in SIZES)


@pytest.mark.parametrize(
    ("quality", "row"), [("low", (272, 408, 400)), ("medium", (1056, 1584, 1568)), ("high", (4160, 6240, 6208))]
)
def test_older_models_have_a_table_by_shape(quality: str, row: tuple[int, ...]) -> None:
    shapes = ("1024x1024", "1024x1536", "1536x1024")

    assert row == tuple(tokens("gpt-image-1.5", shape, quality) for shape in shapes)


def test_low_and_medium_of_2_6_are_ranges_of_3_to_4_times_those_of_2_5() -> None:
    assert ((588, 784), (1317, 1756), 1756) == tuple(
        tokens("gpt-image-2.6-flare", "1024x1024", quality) for quality in ("low", "medium", "high")
    )


def test_the_dearest_single_picture_has_23719_tokens() -> None:
    assert 23_719 == tokens("gpt-image-2.5-sunburst", "2880x2880", "max")


def test_an_unknown_quality_has_no_tokens() -> None:
    assert (None, None) == (
        tokens("gpt-image-2", "1024x1024", "max"),
        tokens("gpt-image-1.5", "1024x1024", "xhigh"),
    )


@pytest.mark.parametrize(
    ("today", "retired", "left"),
    [
        (date(2026, 10, 1), False, None),
        (date(2026, 10, 2), False, 60),
        (date(2026, 11, 23), False, 8),
        (date(2026, 11, 30), False, 1),
        (date(2026, 12, 1), True, None),
        (date(2027, 1, 1), True, None),
    ],
)
def test_a_shutdown_is_counted_down_from_60_days(today: date, retired: bool, left: int | None) -> None:
    model = MODELS["gpt-image-1.5"]

    assert (retired, left) == (model.retired(today), model.days_left(today))


def test_a_model_without_a_date_lives() -> None:
    model = MODELS["gpt-image-2.6-flare"]

    assert (False, None) == (model.retired(date(2100, 1, 1)), model.days_left(date(2100, 1, 1)))


def test_a_model_takes_only_what_its_entry_says() -> None:
    only_2_6 = set(MODELS["gpt-image-2.6-flare"].parameters) - set(MODELS["gpt-image-2.5-flare"].parameters)

    assert {"complexity", "frame_count", "frame_duration_ms", "svg_model", "svg_effort"} == only_2_6


def test_dall_e_3_draws_one_without_a_stream() -> None:
    taken = MODELS["dall-e-3"].parameters

    assert {"prompt", "n", "quality", "safety_identifier"} == set(taken)
    assert taken["n"].problem(2) is not None
