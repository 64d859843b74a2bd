"""Streams through the gateway, as the SDK hears them."""

import base64
import hashlib
from decimal import Decimal

import openai
import pytest
from openai import OpenAI

from tests.triptych.gateway.conftest import MODEL, Gateway
from tests.triptych.gateway.test_edits import named, picture
from triptych.engine.serve import Engine


def test_stages_come_before_the_image_and_are_none_of_it(sdk: OpenAI, gateway: Gateway) -> None:
    stream = sdk.images.generate(model=MODEL, prompt="in stages", stream=True, partial_images=2)
    events = list(stream)

    names = ["image_generation.partial_image"] * 2 + ["image_generation.completed"]
    assert names == [event.type for event in events]
    assert [0, 1] == [event.partial_image_index for event in events if hasattr(event, "partial_image_index")]
    digest = hashlib.sha256(base64.b64decode(events[-1].b64_json)).hexdigest()
    last = events[-1].model_extra or {}
    assert (digest, "miss", MODEL) == tuple(last[f"x-triptych-{name}"] for name in ("sha256", "cache", "model"))
    assert 0 < Decimal(last["x-triptych-cost-usd"]) < 5
    assert [(digest,)] == gateway.rows("sha256", of="records", where=f"sha256 = '{digest}'")


def test_no_proxy_is_to_hold_a_stage_back(sdk: OpenAI) -> None:
    draw = sdk.images.with_streaming_response.generate
    with draw(model=MODEL, prompt="in stages", stream=True, partial_images=1) as answer:
        told = [answer.headers[name] for name in ("x-accel-buffering", "cache-control")]
        answer.read()

    assert ["no", "no-store"] == told


def test_an_edit_streams_as_an_edit(sdk: OpenAI) -> None:
    stream = sdk.images.edit(model=MODEL, prompt="x", image=named(picture()), stream=True, partial_images=1)

    assert ["image_edit.partial_image", "image_edit.completed"] == [event.type for event in stream]


def test_what_fails_before_the_first_stage_has_a_status(sdk: OpenAI, engine: Engine) -> None:
    engine.faults.plan("moderation_input")
    with pytest.raises(openai.BadRequestError) as refused:
        sdk.images.generate(model=MODEL, prompt="x", stream=True)

    assert "moderation_blocked" == refused.value.code


def test_what_fails_after_it_ends_the_stream_with_its_error(sdk: OpenAI, engine: Engine) -> None:
    engine.faults.plan("moderation_stream")
    stream = sdk.images.generate(model=MODEL, prompt="x", stream=True, partial_images=1)

    with pytest.raises(openai.APIError) as refused:
        list(stream)

    assert "moderation_blocked" == refused.value.code


def test_a_stream_whose_reader_leaves_loses_no_image(sdk: OpenAI, gateway: Gateway, engine: Engine) -> None:
    key = {"Idempotency-Key": "a reader that leaves".replace(" ", "-")}
    stream = sdk.images.generate(model=MODEL, prompt="leaving", stream=True, partial_images=3, extra_headers=key)
    assert "image_generation.partial_image" == next(iter(stream)).type
    stream.close()

    again = list(sdk.images.generate(model=MODEL, prompt="leaving", stream=True, partial_images=3, extra_headers=key))

    assert ["image_generation.completed"] == [event.type for event in again]
    assert 1 == sum(entry.method == "POST" for entry in engine.log)
