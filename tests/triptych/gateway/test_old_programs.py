"""What programs of models that have shut down send, unchanged: it is drawn by what follows them, and they are told."""

import base64
import hashlib
import io
import json
from datetime import date
from typing import Any

import httpx2
import pytest
from openai.types import ImagesResponse
from PIL import Image

from tests.triptych.gateway.conftest import Gateway
from tests.triptych.gateway.test_edits import HALF, named, picture
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


@pytest.mark.parametrize(("kind", "parameter"), [("edit", "input_fidelity"), ("generation", "style")])
def test_what_a_model_that_lives_cannot_is_refused_and_not_left_out(kind: str, parameter: str) -> None:
    with pytest.raises(Refusal, match=parameter):
        understood(Ask(kind, {"model": LIVE, "prompt": "x", parameter: "high"}), OPENAI, today=TODAY)


# What was sent when these models were there; they stand here only.
WHITE_TO_EDIT = named(picture("L", "black", HALF))


def bytes_of(answer: ImagesResponse) -> list[bytes]:
    """As those programs got hold of an image: by its link where there is one, else from its data."""
    return [
        httpx2.get(one.url).content if one.url else base64.b64decode(one.b64_json or "") for one in answer.data or []
    ]


@pytest.mark.parametrize(
    ("sent", "mode", "size"),
    [
        ({"model": "gpt-image-1", "quality": "high", "background": "transparent"}, "RGBA", (1024, 1024)),
        ({"model": "gpt-image-1", "size": "1536x1024", "quality": "auto", "moderation": "low"}, "RGB", (1536, 1024)),
        ({}, "RGB", (1024, 1024)),
        ({"response_format": "b64_json"}, "RGB", (1024, 1024)),
        ({"model": "dall-e-2", "size": "256x256", "response_format": "url"}, "RGB", None),
        (
            {"model": "dall-e-3", "size": "1792x1024", "quality": "hd", "style": "vivid"},
            "RGB",
            (1792, 1024),
        ),
    ],
    ids=lambda value: " ".join(map(str, value.values())) if isinstance(value, dict) else None,
)
def test_what_programs_sent_in_the_years_of_gpt_image_1_still_makes_an_image(
    demo: Gateway, sent: dict[str, Any], mode: str, size: tuple[int, int] | None
) -> None:
    with demo.sdk() as sdk:
        (data,) = bytes_of(sdk.images.generate(prompt="An otter", **sent))

    with Image.open(io.BytesIO(data)) as image:
        assert (mode, size or image.size) == (image.mode, image.size)


def test_an_edit_of_those_years_reads_its_black_and_white_mask(demo: Gateway) -> None:
    with demo.sdk() as sdk:
        raw = sdk.images.with_raw_response.edit(
            model="gpt-image-1", prompt="A hat", image=named(picture()), mask=WHITE_TO_EDIT, input_fidelity="high"
        )

    assert "black-and-white; white=edit" == raw.headers["x-triptych-mask"]
    assert ("gpt-image-1", 1) == (raw.headers["x-triptych-successor-of"], len(bytes_of(raw.parse())))


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")  # the SDK's word on this endpoint
def test_variations_of_those_years_are_three(demo: Gateway) -> None:
    with demo.sdk() as sdk:
        answer = sdk.images.create_variation(image=named(picture()), n=3, size="512x512", model="dall-e-2")

    assert 3 == len({hashlib.sha256(data).digest() for data in bytes_of(answer)})
