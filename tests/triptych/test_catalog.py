"""The catalog's facts, their sources, and the file that overrides them."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from openai.types import ImageModel

from triptych.catalog import BUILT_IN, MODELS, model, read_overrides
from triptych.errors import InvalidSetting
from triptych.model import Model, Rates

FACTS = ("id", "released", "shuts_down", "sizes", "options", "rates", "tokens", "input_tokens", "prices", "batched")


def test_the_catalog_has_every_model_of_the_sdk_and_no_other() -> None:
    assert set(get_args(ImageModel)) == {entry.id for entry in BUILT_IN}


@pytest.mark.parametrize("entry", BUILT_IN, ids=lambda entry: entry.id)
def test_every_fact_has_a_source(entry: Model) -> None:
    known = [fact for fact in FACTS if getattr(entry, fact) not in (None, {}, Rates())]

    assert [] == [fact for fact in known if not entry.sources.get(fact)]


@pytest.mark.parametrize("entry", BUILT_IN, ids=lambda entry: entry.id)
def test_what_shuts_down_is_replaced_by_a_model_that_does_not(entry: Model) -> None:
    replacement = MODELS.get(entry.replaced_by or "")

    assert (entry.shuts_down is None) == (replacement is None)
    assert replacement is None or replacement.shuts_down is None


@pytest.mark.parametrize("entry", BUILT_IN, ids=lambda entry: entry.id)
def test_every_quality_has_tokens_where_there_is_a_rule(entry: Model) -> None:
    qualities = entry.options.get("quality", ()) if entry.tokens else ()

    assert [] == [name for name in qualities if entry.tokens and not entry.tokens.image_tokens(1024, 1024, name)]


@pytest.mark.parametrize(
    ("ids", "rates"),
    [
        (
            ("gpt-image-2.6-sunburst", "gpt-image-2.6-flare", "gpt-image-2"),
            Rates.of(text_in="5", image_in="8", image_out="30"),
        ),
        (("gpt-image-2.5-sunburst", "gpt-image-2.5-flare"), Rates.of(text_in="5", image_in="8", image_out="30")),
        (
            ("gpt-image-1.5", "chatgpt-image-latest"),
            Rates.of(text_in="5", image_in="8", image_out="32", text_out="10"),
        ),
        (("gpt-image-1-mini",), Rates.of(text_in="2", image_in="2.5", image_out="8")),
        (("gpt-image-1",), Rates.of(text_in="5", image_in="10", image_out="40")),
        (("dall-e-2", "dall-e-3"), Rates()),
    ],
)
def test_rates_are_those_of_the_price_list(ids: tuple[str, ...], rates: Rates) -> None:
    assert {rates} == {MODELS[name].rates for name in ids}


def test_a_model_nobody_knows_takes_anything_and_has_no_price() -> None:
    stranger = model("flux-schnell")

    assert ("flux-schnell", Rates(), None) == (stranger.label, stranger.rates, stranger.tokens)
    assert stranger.sizes.problem("512x512") is None


def overridden(text: str) -> dict[str, Model]:
    path = Path("catalog.toml")
    path.write_text(text, encoding="utf-8")
    return read_overrides(path, dict(MODELS))


def test_a_file_changes_a_rate_and_says_so() -> None:
    changed = overridden('["gpt-image-2"]\nrates = { image_out = "24.50", text_in = 4.1 }')["gpt-image-2"]

    assert Rates.of(text_in="4.1", image_in="8", image_out="24.50") == changed.rates
    assert "TRIPTYCH_CATALOG" == changed.sources["rates"]


def test_a_file_adds_a_model_like_another() -> None:
    models = overridden('["house-model"]\nlabel = "House"\nlike = "gpt-image-2"\nshuts_down = 2027-01-01')

    added = models["house-model"]
    assert ("house-model", "House", date(2027, 1, 1)) == (added.id, added.label, added.shuts_down)
    assert MODELS["gpt-image-2"].tokens == added.tokens


def test_a_file_adds_a_model_from_nothing() -> None:
    added = overridden('["house-model"]\nrates = { image_out = 1 }')["house-model"]

    assert Decimal(1) == added.rates.image_out


def test_what_a_file_does_not_name_stays() -> None:
    assert dict(MODELS) == overridden("")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not toml [", "cannot be read"),
        ('x = "y"', "x must be a table"),
        ('["m"]\ncolour = "red"', "unknown keys: colour"),
        ('["m"]\nlike = "nothing"', "'nothing', which is not in the catalog"),
        ('["m"]\nshuts_down = "soon"', "must be a date"),
        ('["m"]\nrates = { image_out = "cheap" }', "must be dollars"),
        ('["m"]\nrates = { image_out = -1 }', "must be dollars"),
        ('["m"]\nrates = { image_out = nan }', "must be dollars"),
        ('["m"]\nrates = { image_out = inf }', "must be dollars"),
        ('["m"]\nrates = { per_image = 1 }', "must be dollars"),
        ('["m"]\nrates = 3', "must be dollars"),
        ('["m"]\nlabel = 3', "label must be text"),
        ('["m"]\nreplaced_by = ["a"]', "replaced_by must be text"),
        ('["m"]\nlike = ["a"]', "like must be text"),
        ('["m"]\nshuts_down = 2027-01-01T10:00:00', "must be a date"),
    ],
)
def test_a_bad_file_is_refused_with_the_place(text: str, words: str) -> None:
    with pytest.raises(InvalidSetting, match="TRIPTYCH_CATALOG") as refused:
        overridden(text)

    assert words in refused.value.message


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="cannot be read"):
        read_overrides(Path("nowhere.toml"), {})
