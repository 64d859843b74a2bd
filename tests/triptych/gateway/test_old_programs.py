"""What programs of models that have shut down send, unchanged: it is drawn by what follows them, and they are told."""

import json
from datetime import date

import pytest

from tests.triptych.gateway.conftest import Gateway
from triptych.catalog import MODELS
from triptych.gateway.reading import understood
from triptych.servers import GENERIC, LIKE_OPENAI, OPENAI
from triptych.wire.asks import Ask
from triptych.wire.refusals import Refusal

TODAY = date(2027, 1, 1)
GONE = sorted(one.id for one in MODELS.values() if one.retired(TODAY))
LIVE = next(one.id for one in MODELS.values() if not one.retired(TODAY))


def test_a_model_that_has_shut_down_is_drawn_by_its_successor_and_the_record_says_so(demo: Gateway) -> None:
    gone = next(one for one in MODELS.values() if one.retired(date(2026, 11, 1)) and "quality" in one.options)
    with demo.sdk() as sdk:
        raw = sdk.images.with_raw_response.generate(
            model=gone.id, prompt="an old program", quality="low", size="1024x1024", response_format="b64_json"
        )

    assert (gone.replaced_by, gone.id) == (raw.headers["x-triptych-model"], raw.headers["x-triptych-successor-of"])
    ((model, request),) = demo.rows("model, request", where="request LIKE '%an old program%'")
    assert (gone.replaced_by, gone.id) == (model, json.loads(str(request))["successor_of"])


def test_a_program_that_names_no_model_gets_one_and_its_image_by_link(demo: Gateway) -> None:
    with demo.sdk() as sdk:
        raw = sdk.images.with_raw_response.generate(prompt="no model", extra_body={"quality": "low"})

    assert raw.headers["x-triptych-model"] in MODELS
    (image,) = raw.parse().data or []
    assert (image.url or "").startswith(f"{demo.address}/v1/images/content/")


@pytest.mark.parametrize("gone", GONE)
def test_every_model_that_is_gone_is_followed_by_one_that_lives(gone: str) -> None:
    fields = {"model": gone, "prompt": "x", "size": "256x256", "quality": "hd"}

    asked = understood(Ask("generation", fields), OPENAI, today=TODAY)

    assert not asked.request.entry.retired(TODAY)
    assert (gone, "high") == (asked.request.successor_of, asked.request.quality)
    assert () == asked.request.problems(OPENAI, TODAY)


def test_a_program_that_asks_for_transparency_in_high_quality_gets_it() -> None:
    fields = {"model": GONE[-1], "prompt": "x", "quality": "high", "background": "transparent"}

    request = understood(Ask("generation", fields), OPENAI, today=TODAY).request

    assert ("high", "transparent", ()) == (request.quality, request.background, request.problems(OPENAI, TODAY))


def test_where_successors_are_off_a_model_that_is_gone_is_refused() -> None:
    asked = understood(Ask("generation", {"model": GONE[0], "prompt": "x"}), OPENAI, successors=False, today=TODAY)

    assert ["model"] == [problem.parameter for problem in asked.request.problems(OPENAI, TODAY)]


def test_a_server_that_shuts_nothing_down_draws_with_what_it_was_asked_for() -> None:
    asked = understood(Ask("generation", {"model": GONE[0], "prompt": "x"}), LIKE_OPENAI, today=TODAY)

    assert (GONE[0], None) == (asked.request.model, asked.request.successor_of)


def test_a_server_of_unknown_kind_must_be_told_its_model() -> None:
    with pytest.raises(Refusal, match="model"):
        understood(Ask("generation", {"prompt": "x"}), GENERIC, today=TODAY)


def test_what_a_model_that_lives_cannot_is_refused_and_not_left_out() -> None:
    with pytest.raises(Refusal, match="input_fidelity"):
        understood(Ask("edit", {"model": LIVE, "prompt": "x", "input_fidelity": "high"}), OPENAI, today=TODAY)
