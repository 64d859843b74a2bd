"""Tokens and dollars, before and after."""

import json
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych.catalog import MODELS
from triptych.inputs import Attachment
from triptych.pricing import Estimate, charged, estimate, narrowed, price_of_one, text_tokens
from triptych.ranges import Range, exactly
from triptych.request import ImageRequest
from triptych.results import Usage
from triptych.servers import DEMO, LOCALAI

SAMPLES = json.loads((Path(__file__).parent / "token_samples.json").read_text("utf-8"))
SQUARE = ImageRequest(model="gpt-image-2", prompt="A boat", size="1024x1024", quality="medium")

# OpenAI's list: dollars of one picture at 1024x1024, 1024x1536, 1536x1024. It has .167 where 4,160 tokens give .1664.
PRICES = {
    ("gpt-image-2", "low"): ".006 .005 .005",
    ("gpt-image-2", "medium"): ".053 .041 .041",
    ("gpt-image-2", "high"): ".211 .165 .165",
    ("gpt-image-1.5", "low"): ".009 .013 .013",
    ("gpt-image-1.5", "medium"): ".034 .05 .05",
    ("gpt-image-1.5", "high"): ".133 .2 .2",
    ("gpt-image-1", "low"): ".011 .016 .016",
    ("gpt-image-1", "medium"): ".042 .063 .063",
    ("gpt-image-1", "high"): ".166 .25 .25",
    ("gpt-image-1-mini", "low"): ".005 .006 .006",
    ("gpt-image-1-mini", "medium"): ".011 .015 .015",
    ("gpt-image-1-mini", "high"): ".036 .052 .052",
}


@pytest.mark.parametrize(("model", "quality"), PRICES)
def test_prices_are_those_of_the_published_list(model: str, quality: str) -> None:
    sizes = ("1024x1024", "1024x1536", "1536x1024")
    listed = tuple(Decimal(price) for price in PRICES[model, quality].split())

    assert listed == tuple(rounded(model, size, quality, price) for size, price in zip(sizes, listed, strict=True))


def rounded(model: str, size: str, quality: str, like: Decimal) -> Decimal:
    """The price of one picture with as many digits as ``like`` has."""
    price = price_of_one(MODELS[model], size, quality)
    assert price
    assert price.is_exact
    return price.low.quantize(like, ROUND_HALF_UP)


def test_an_estimate_is_tokens_times_rates() -> None:
    found = estimate(SQUARE)

    reading = Decimal(found.input_tokens.low) * 5 / 1_000_000
    assert (exactly(1756), exactly(Decimal("0.05268") + reading)) == (found.output_tokens, found.dollars)


def test_each_picture_and_each_partial_image_is_counted() -> None:
    request = replace(SQUARE, n=3, partial_images=2, stream_each=True)

    assert (exactly(3 * (1756 + 200)), estimate(SQUARE).input_tokens * 3) == (
        estimate(request).output_tokens,
        estimate(request).input_tokens,
    )


def test_low_of_2_6_is_a_range_with_its_reason() -> None:
    found = estimate(replace(SQUARE, model="gpt-image-2.6-flare", quality="low"))

    assert Range(588, 784) == found.output_tokens
    assert found.dollars
    assert found.dollars.low < found.dollars.high == found.most
    assert "no token table is published for 2.6" in (found.why or "")
    assert found.why == found.dollars.why


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"quality": "auto"}, "quality is auto"),
        ({"size": "auto"}, "size is auto"),
        ({"size": "auto", "quality": "auto"}, "size and quality are auto"),
    ],
)
def test_auto_makes_a_range_and_says_so(changes: dict[str, str], why: str) -> None:
    found = estimate(replace(SQUARE, **changes))  # type: ignore[arg-type]

    assert why == found.why
    assert found.output_tokens
    assert not found.output_tokens.is_exact
    assert why == found.output_tokens.why


def test_auto_spans_all_qualities() -> None:
    assert Range(196, 7024) == estimate(replace(SQUARE, quality="auto")).output_tokens


@pytest.mark.parametrize("model", ["gpt-image-9", "dall-e-3"])
def test_without_rates_the_price_is_unknown(model: str) -> None:
    found = estimate(replace(SQUARE, model=model))

    assert (None, None, f"price unknown: no rates are known for {model}") == (found.dollars, found.most, found.why)


def test_a_size_that_is_not_drawn_has_no_price() -> None:
    found = estimate(replace(SQUARE, size="99984x99984"))

    assert (None, None) == (found.output_tokens, found.dollars)
    assert "price unknown: gpt-image-2 does not support 99984x99984" == found.why


@pytest.mark.parametrize("form", ["gif", "svg"])
def test_no_token_rule_is_invented_for_gif_and_svg(form: str) -> None:
    found = estimate(replace(SQUARE, model="gpt-image-2.6-flare", output_format=form))

    assert (
        Estimate(found.input_tokens, None, None, f"price unknown: OpenAI publishes no token rule for {form}") == found
    )


def test_another_server_is_not_priced() -> None:
    assert "price unknown: LocalAI is not priced here" == estimate(SQUARE, LOCALAI).why


def test_the_demo_shows_what_it_would_cost() -> None:
    assert estimate(SQUARE).dollars == estimate(SQUARE, DEMO).dollars


def test_mini_is_charged_by_its_list_before_the_call() -> None:
    found = estimate(replace(SQUARE, model="gpt-image-1-mini", quality="low", n=2))

    reading = Decimal(found.input_tokens.low) * 2 / 1_000_000
    assert exactly(Decimal("0.010") + reading) == found.dollars


def test_partial_images_cost_nothing_where_nothing_streams() -> None:
    assert estimate(SQUARE, LOCALAI).output_tokens == estimate(replace(SQUARE, partial_images=3), LOCALAI).output_tokens


@pytest.mark.parametrize(
    ("model", "usage", "dollars"),
    [
        ("gpt-image-2", Usage(input_tokens=14, input_text_tokens=14, output_tokens=1756), "0.05275"),
        ("gpt-image-2", Usage(input_tokens=14, output_tokens=1756), "0.05275"),
        ("gpt-image-2", Usage(output_tokens=1756), "0.05268"),
        ("gpt-image-2", Usage(14, 14, 0, 1756, 1756, 0), "0.05275"),
        ("gpt-image-2", Usage(526, 14, 512, 1756), "0.056846"),
        ("gpt-image-2", Usage(526, None, 512, 1756), "0.056846"),
        ("gpt-image-1.5", Usage(20, 20, 0, 1256, 1056, 200), "0.035892"),
        ("gpt-image-1.5", Usage(20, 20, 0, 1256, None, 200), "0.035892"),
        ("gpt-image-1-mini", Usage(20, 20, 0, 272), "0.002216"),
    ],
)
def test_what_was_charged_is_counted_from_the_usage(model: str, usage: Usage, dollars: str) -> None:
    assert Decimal(dollars) == charged(replace(SQUARE, model=model), usage)


@pytest.mark.parametrize(
    ("model", "usage"),
    [
        ("gpt-image-2", None),
        ("gpt-image-2", Usage()),
        ("gpt-image-2", Usage(0, 0, 0, 0)),
        ("gpt-image-2", Usage(14, 14, 0, 1756, svg={"model": "gpt-5"})),
        ("gpt-image-9", Usage(14, 14, 0, 1756)),
        ("dall-e-3", Usage(14, 14, 0, 1756)),
    ],
)
def test_a_charge_that_is_not_known_is_not_made_up(model: str, usage: Usage | None) -> None:
    assert charged(replace(SQUARE, model=model), usage) is None


def test_the_charge_of_another_server_is_not_known() -> None:
    assert charged(SQUARE, Usage(14, 14, 0, 1756), LOCALAI) is None


RANGE = Estimate(exactly(10), Range(100, 400), Range(Decimal("0.10"), Decimal("0.40")), "quality is auto")


def test_like_runs_narrow_a_range_from_both_ends_and_say_how_many_they_were() -> None:
    found = narrowed(RANGE, [Decimal("0.5"), Decimal("0.625"), Decimal("0.75")])

    assert Range(Decimal("0.15"), Decimal("0.35")) == found.dollars
    assert "quality is auto; narrowed by 3 of your own runs" == found.why


def test_one_run_counts_less_than_twelve() -> None:
    one, twelve = (narrowed(RANGE, [Decimal("0.5")] * runs).dollars for runs in (1, 12))

    assert Range(Decimal("0.125"), Decimal("0.350")) == one
    assert Range(Decimal("0.18"), Decimal("0.24")) == twelve


@pytest.mark.parametrize(
    "cost", [estimate(SQUARE), Estimate(exactly(10), None, None, "price unknown")], ids=["exact", "unknown"]
)
def test_what_is_exact_or_unknown_is_not_narrowed(cost: Estimate) -> None:
    assert cost == narrowed(cost, [Decimal("0.5")])


def test_a_range_without_runs_stays_as_it_is() -> None:
    assert RANGE == narrowed(RANGE, [])


@pytest.mark.parametrize("name", SAMPLES)
def test_tokens_of_a_text_are_within_15_percent(name: str) -> None:
    sample = SAMPLES[name]

    assert 0.15 >= abs(text_tokens(sample["text"]) / sample["tokens"] - 1)


def test_tokens_of_all_samples_are_5_percent_off_on_average() -> None:
    errors = [abs(text_tokens(sample["text"]) / sample["tokens"] - 1) for sample in SAMPLES.values()]

    assert 0.05 >= sum(errors) / len(errors)


def test_no_text_has_no_tokens() -> None:
    assert 0 == text_tokens("")


@settings(max_examples=50)
@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=60))
def test_a_longer_text_never_has_fewer_tokens(start: str, rest: str) -> None:
    assert text_tokens(start) <= text_tokens(f"{start}\n\n{rest}")


def edit(model: str, *sizes: tuple[int, int], **values: Any) -> Estimate:
    images = tuple(Attachment("0" * 64, "png", *size, 1000) for size in sizes)
    plain = {"prompt": "a red square", "size": "1024x1024", "quality": "low"}
    return estimate(ImageRequest(**{"model": model, "images": images, **plain, **values}))


@pytest.mark.parametrize(
    ("size", "tokens"), [((1024, 1024), 194), ((512, 512), 194), ((1536, 1024), 323), ((3840, 2160), 323)]
)
def test_older_models_read_pictures_in_tiles(size: tuple[int, int], tokens: int) -> None:
    found = edit("gpt-image-1.5", size)

    assert exactly(tokens + found.reading) == found.input_tokens
    assert found.dollars == exactly(Decimal(found.reading * 5 + tokens * 8 + 272 * 32) / 1_000_000)


def test_high_fidelity_reads_more_of_a_square_and_most_of_any_other() -> None:
    square, wide = edit("gpt-image-1.5", (1024, 1024)), edit("gpt-image-1.5", (1536, 1024))
    finer = {"input_fidelity": "high"}

    assert edit("gpt-image-1.5", (1024, 1024), **finer).input_tokens == square.input_tokens + exactly(4160)
    assert edit("gpt-image-1.5", (1536, 1024), **finer).input_tokens == wide.input_tokens + exactly(6240)


@pytest.mark.parametrize(
    ("size", "tokens"),
    [((1024, 1024), 1024), ((512, 512), 1024), ((100, 100), 49), ((1536, 1024), 1536), ((3840, 2160), 1508)],
)
def test_gpt_image_2_reads_pictures_in_patches_up_to_a_budget(size: tuple[int, int], tokens: int) -> None:
    found = edit("gpt-image-2", size)

    assert exactly(tokens + found.reading) == found.input_tokens
    assert "measured by others" in (found.why or "")


def test_where_no_rule_is_known_each_picture_is_a_range_with_its_reason() -> None:
    found = edit("gpt-image-2.5-flare", (64, 64), (3840, 2160))

    assert Range(found.reading, found.reading + 2 * 1536) == found.input_tokens
    assert found.dollars
    assert Decimal(2 * 1536 * 8) / 1_000_000 == found.dollars.high - found.dollars.low
    assert "no rule is known" in (found.why or "")


def test_every_request_of_several_reads_the_pictures_again() -> None:
    one, two = edit("gpt-image-2", (512, 512)), edit("gpt-image-2", (512, 512), n=2, stream_each=True, partial_images=1)

    assert one.input_tokens * 2 == two.input_tokens


def test_a_mask_is_not_counted_and_that_is_said() -> None:
    plain = edit("gpt-image-2", (512, 512))
    masked = edit("gpt-image-2", (512, 512), mask=Attachment("1" * 64, "png", 512, 512, 1000))

    assert plain.dollars == masked.dollars
    assert "mask" in (masked.why or "")


def test_the_price_of_reading_pictures_is_unknown_where_the_model_is() -> None:
    assert None is edit("some-model", (512, 512)).dollars
