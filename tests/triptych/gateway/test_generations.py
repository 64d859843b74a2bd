"""Programs that draw from a prompt through the gateway: what they get, what it cost, and what the records say."""

import base64
import hashlib
import io
from decimal import Decimal

import httpx2
import openai
import pytest
from openai import OpenAI
from PIL import Image

from tests.triptych.gateway.conftest import MODEL, TOKEN, Gateway
from triptych.engine.serve import Engine


def test_a_program_gets_its_images_their_digests_and_their_cost(sdk: OpenAI, engine: Engine) -> None:
    raw = sdk.images.with_raw_response.generate(model=MODEL, prompt="a red square", n=2, size="1024x1024")
    answer = raw.parse()

    files = [base64.b64decode(one.b64_json or "") for one in answer.data or []]
    digests = [hashlib.sha256(one).hexdigest() for one in files]
    assert [(1024, 1024)] * 2 == [Image.open(io.BytesIO(one)).size for one in files]
    assert digests == raw.headers["x-triptych-sha256"].split(",")
    assert 0 < Decimal(raw.headers["x-triptych-cost-usd"]) < 5
    assert ("miss", MODEL) == (raw.headers["x-triptych-cache"], raw.headers["x-triptych-model"])
    assert [entry.request_id for entry in engine.log if entry.method == "POST"] == [raw.headers["x-request-id"]]
    assert answer.usage
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    assert ("1024x1024", "png") == (answer.size, answer.output_format)


def test_what_a_program_draws_is_in_the_history_as_of_the_api(sdk: OpenAI, gateway: Gateway) -> None:
    sdk.images.generate(model=MODEL, prompt="of the api")

    assert [("api", "local", "done")] == gateway.rows("page, owner, status", where="request LIKE '%of the api%'")


def test_every_parameter_of_a_generation_reaches_the_server(sdk: OpenAI) -> None:
    answer = sdk.images.generate(
        model=MODEL,
        prompt="a leaf",
        n=1,
        size="1536x1024",
        quality="low",
        background="transparent",
        output_format="webp",
        output_compression=70,
        moderation="low",
        user="somebody",
        extra_body={"complexity": "low"},
    )

    told = (answer.size, answer.quality, answer.background, answer.output_format)
    assert ("1536x1024", "low", "transparent", "webp") == told


def test_an_image_comes_as_a_link_as_bytes_or_as_both(sdk: OpenAI) -> None:
    both, link, data = (
        (sdk.images.generate(model=MODEL, prompt="a red square", **asked).data or [])[0]
        for asked in ({}, {"response_format": "url"}, {"response_format": "b64_json"})
    )

    assert both.b64_json
    assert both.url
    assert (None, None) == (link.b64_json, data.url)
    fetched = httpx2.get(link.url or "")
    assert (200, "image/png") == (fetched.status_code, fetched.headers["content-type"])
    assert base64.b64decode(data.b64_json or "") != b""
    assert Image.open(io.BytesIO(fetched.content)).size == (1024, 1024)


@pytest.mark.parametrize(
    ("what", "instead"),
    [("expires=", "expires=9"), ("signature=", "signature=0"), ("content/", "content/0"), ("token=", "token=x")],
)
def test_a_link_that_was_changed_opens_nothing(sdk: OpenAI, what: str, instead: str) -> None:
    link = (sdk.images.generate(model=MODEL, prompt="a red square", response_format="url").data or [])[0].url or ""

    refused = httpx2.get(link.replace(what, instead))

    assert (403, "link_expired") == (refused.status_code, refused.json()["error"]["code"])


def test_an_equal_request_is_drawn_again_unless_it_says_how_old_an_answer_may_be(sdk: OpenAI, engine: Engine) -> None:
    fresh = {"Cache-Control": "max-age=600"}
    draw = sdk.images.with_raw_response.generate

    answers = [draw(model=MODEL, prompt="twice", extra_headers=headers) for headers in ({}, {}, fresh)]

    assert ["miss", "miss", "hit"] == [raw.headers["x-triptych-cache"] for raw in answers]
    assert "0" == answers[2].headers["x-triptych-cost-usd"]
    assert answers[1].headers["x-triptych-sha256"] == answers[2].headers["x-triptych-sha256"]
    assert 2 == sum(entry.method == "POST" for entry in engine.log)


def test_the_models_are_those_of_the_server(sdk: OpenAI) -> None:
    listed = [model.id for model in sdk.models.list()]

    assert MODEL in listed
    assert MODEL == sdk.models.retrieve(MODEL).id
    with pytest.raises(openai.NotFoundError) as refused:
        sdk.models.retrieve("no-such-model")
    assert "model_not_found" == refused.value.code


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x"])
@pytest.mark.parametrize("path", ["images/generations", "images/edits", "images/variations", "models", "models/x"])
def test_without_its_token_nobody_is_told_anything(gateway: Gateway, path: str, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    method = "GET" if path.startswith("models") else "POST"

    refused = httpx2.request(method, f"{gateway.address}/v1/{path}", headers=headers)

    assert 401 == refused.status_code
    assert {"message", "type", "param", "code"} == set(refused.json()["error"])
    assert TOKEN not in refused.text


def test_where_no_token_is_set_there_is_no_gateway(server: str) -> None:
    answers = [httpx2.post(f"{server}/v1/images/generations", json={}), httpx2.get(f"{server}/v1/models")]

    assert [404, 404] == [one.status_code for one in answers]
    assert ["Invalid URL"] * 2 == [one.json()["error"]["message"][:11] for one in answers]
