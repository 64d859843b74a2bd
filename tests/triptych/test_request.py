"""The request: what of it is sent, and what it is recorded as."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych.catalog import MODELS
from triptych.errors import InvalidRequest
from triptych.inputs import Attachment
from triptych.parameters import PARAMETERS
from triptych.request import Extension, ImageRequest, TurnOptions
from triptych.servers import PRESETS, SD_CPP

TODAY = date(2026, 11, 23)
PHOTO = Attachment("ab" * 32, "png", 1024, 1024, 5_000)
BOAT = ImageRequest(model="gpt-image-2.6-flare", prompt="A boat")
TEXTS = {"model", "prompt", "size", "quality", "background", "output_format", "moderation"}
NUMBERS = {"n", "output_compression", "frame_count", "frame_duration_ms", "partial_images"}
FLAGS = {"stream", "stream_each", "variation"}
PICTURES = {"images", "mask", "markup"}

words = st.text(st.characters(), max_size=12) | st.sampled_from(
    ["auto", "1024x1024", "2048x1152", "low", "max", "transparent", "opaque", "webp", "gif", "svg", "jpeg", *MODELS]
)


edges = st.integers(1, 1 << 20)
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
attachments = st.builds(Attachment, hashes, words, width=edges, height=edges, weight=st.integers(1))


counts = st.integers(0, 1 << 20)
turns = st.builds(
    TurnOptions,
    text_model=words,
    effort=st.none() | words,
    rewrite=st.booleans(),
    previous=st.none() | words,
    action=words,
    forced=st.booleans(),
    style=words,
    context=counts,
    earlier=st.integers(0, 50),
)


amounts = st.integers(0, 200)
extensions = st.builds(
    Extension, attachments, st.tuples(amounts, amounts, amounts, amounts), unit=st.sampled_from(["%", "px"])
)


def values(name: str) -> st.SearchStrategy[Any]:
    if name in NUMBERS:
        return st.integers()
    if name in FLAGS:
        return st.booleans()
    if name == "turn":
        return st.none() | turns
    if name == "extension":
        return st.none() | extensions
    if name in PICTURES:
        return st.lists(attachments, max_size=2).map(tuple) if name == "images" else st.none() | attachments
    return words if name in TEXTS else st.none() | words


requests = st.builds(ImageRequest, **{field.name: values(field.name) for field in fields(ImageRequest)})
# Requests of which many are equal: few values for each field.
alike = st.builds(
    ImageRequest,
    model=st.just("gpt-image-2"),
    prompt=st.sampled_from(["a", "b"]),
    n=st.integers(1, 2),
    quality=st.sampled_from(["low", "auto"]),
    partial_images=st.integers(0, 1),
    stream=st.booleans(),
    stream_each=st.booleans(),
)


def test_only_what_differs_from_the_default_is_sent() -> None:
    assert {"model": "gpt-image-2.6-flare", "prompt": "A boat"} == BOAT.api_kwargs()


def test_everything_that_differs_is_sent() -> None:
    request = replace(
        BOAT,
        n=2,
        size="1536x1024",
        quality="high",
        background="opaque",
        output_format="webp",
        output_compression=80,
        moderation="low",
        complexity="low",
        safety_identifier="u1",
    )

    assert {
        "model": "gpt-image-2.6-flare",
        "prompt": "A boat",
        "n": 2,
        "size": "1536x1024",
        "quality": "high",
        "background": "opaque",
        "output_format": "webp",
        "output_compression": 80,
        "moderation": "low",
        "complexity": "low",
        "safety_identifier": "u1",
    } == request.api_kwargs()


def test_partial_images_ask_for_a_stream() -> None:
    sent = replace(BOAT, partial_images=2).api_kwargs()

    assert {"stream": True, "partial_images": 2} == {name: sent[name] for name in ("stream", "partial_images")}


def test_the_svg_author_is_sent_as_the_api_nests_it() -> None:
    sent = replace(BOAT, output_format="svg", svg_model="gpt-5", svg_effort="low").api_kwargs()

    assert {"model": "gpt-5", "reasoning": {"effort": "low"}} == sent["svg"]


def test_a_local_server_gets_what_it_heeds_and_is_asked_for_base64() -> None:
    request = replace(BOAT, model="flux", size="512x512", n=2, quality="high", partial_images=2)

    assert {
        "model": "flux",
        "prompt": "A boat",
        "n": 2,
        "size": "512x512",
        "response_format": "b64_json",
    } == request.api_kwargs(SD_CPP)


@settings(max_examples=50)
@given(requests)
def test_no_default_is_ever_sent(request: ImageRequest) -> None:
    for server in PRESETS.values():
        sent = request.api_kwargs(server)
        known = {name: value for name, value in sent.items() if name in PARAMETERS and name != "prompt"}

        assert {} == {name: value for name, value in known.items() if value == PARAMETERS[name].default}


@settings(max_examples=50)
@given(requests, st.sampled_from(list(PRESETS.values())))
def test_problems_are_sentences_whatever_the_values(request: ImageRequest, server: Any) -> None:
    sentences = [problem.sentence for problem in request.problems(server, TODAY)]

    assert [] == [sentence for sentence in sentences if not sentence.endswith(".")]


@settings(max_examples=50)
@given(requests)
def test_a_request_survives_json(request: ImageRequest) -> None:
    assert request == ImageRequest.from_json(json.loads(json.dumps(request.to_json())))


def test_json_holds_what_differs_from_the_defaults() -> None:
    assert {"model": "gpt-image-2.6-flare", "prompt": "A boat", "n": 2} == replace(BOAT, n=2).to_json()


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"model": "m"},
        {"prompt": "p"},
        {"model": "m", "prompt": 3},
        {"model": None, "prompt": "p"},
        {"model": "m", "prompt": "p", "colour": "red"},
        {"model": "m", "prompt": "p", "n": "2"},
        {"model": "m", "prompt": "p", "n": True},
        {"model": "m", "prompt": "p", "n": 1.0},
        {"model": "m", "prompt": "p", "n": None},
        {"model": "m", "prompt": "p", "stream": 1},
        {"model": "m", "prompt": "p", "stream_each": 1},
        {"model": "m", "prompt": "p", "size": 1024},
        {"model": "m", "prompt": "p", "quality": None},
        {"model": "m", "prompt": "p", "complexity": ["low"]},
        {"model": "m", "prompt": "p", "extension": "25 %"},
        *(
            {"model": "m", "prompt": "p", "extension": {"original": PHOTO.to_json(), "amounts": amounts, "unit": unit}}
            for amounts, unit in [([0, 25], "%"), ([0, 201, 0, 0], "%"), ([0, 0, 0, -1], "px"), ("1234", "px")]
        ),
        {"model": "m", "prompt": "p", "extension": {"original": {}, "amounts": [0, 1, 0, 0], "unit": "em"}},
    ],
)
def test_what_is_no_request_is_refused(bad: Mapping[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        ImageRequest.from_json(bad)


@pytest.mark.parametrize("bad", [None, [], "x", 3], ids=repr)
def test_json_that_is_no_object_is_refused(bad: Any) -> None:
    with pytest.raises(InvalidRequest):
        ImageRequest.from_json(bad)


@settings(max_examples=50)
@given(alike, alike)
def test_fingerprints_are_equal_where_what_decides_the_picture_is(one: ImageRequest, other: ImageRequest) -> None:
    decisive = [replace(request, stream=False, stream_each=False, partial_images=0) for request in (one, other)]

    assert (decisive[0] == decisive[1]) == (one.fingerprint() == other.fingerprint())


@pytest.mark.parametrize("field", [field.name for field in fields(ImageRequest)])
def test_every_other_field_changes_the_fingerprint(field: str) -> None:
    new = {
        **dict.fromkeys(NUMBERS, 3),
        **dict.fromkeys(FLAGS, True),
        "mask": PHOTO,
        "markup": PHOTO,
        "images": (PHOTO,),
        "extension": Extension(PHOTO, (0, 25, 0, 25), "%"),
    }.get(field, "other")
    how = {"stream", "stream_each", "partial_images", "successor_of", "extension"}

    assert (field in how) == (BOAT.fingerprint() == replace(BOAT, **{field: new}).fingerprint())


@settings(max_examples=50)
@given(
    st.builds(
        replace,
        alike,
        prompt=st.text(),
        safety_identifier=st.none() | st.text(),
        images=st.sampled_from([(), (PHOTO,)]),
    )
)
def test_a_fingerprint_is_the_sha256_of_all_that_decides_the_picture(request: ImageRequest) -> None:
    decisive = {**request.to_json(), "stream": None, "stream_each": None, "partial_images": None}

    assert hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest() == request.fingerprint()


def test_a_fingerprint_stays_what_it_was() -> None:
    assert "a6bcd99061fbdaab152754c0b69c7507b6d9b3c097f9c31a90d78bfa71724d8a" == BOAT.fingerprint()


def test_streaming_each_makes_as_many_requests_of_one() -> None:
    parts = replace(BOAT, n=3, partial_images=1, stream_each=True).parts()

    assert (replace(BOAT, partial_images=1),) * 3 == parts


@pytest.mark.parametrize("changes", [{}, {"n": 3}, {"n": 3, "stream_each": True}, {"partial_images": 1}])
def test_every_other_request_is_sent_as_it_is(changes: dict[str, Any]) -> None:
    request = replace(BOAT, **changes)

    assert (request,) == request.parts()
