"""What the API refuses, the demo engine refuses in the same words."""

from typing import Any

import httpx2
import pytest
from openai import AuthenticationError, BadRequestError, NotFoundError, OpenAI

from tests.clock import stop_at
from tests.triptych.engine.wire import MODEL
from triptych.engine.serve import Engine

BUDGET = "Requested resolution"
USER = "image_generation_user_error"

GENERATIONS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "a width that is no multiple of 16": (
        {"size": "1792x936"},
        "size",
        "invalid_value",
        "Invalid size '1792x936'. Width and height must both be divisible by 16.",
    ),
    "an edge that is too long": (
        {"size": "3856x1600"},
        "size",
        "invalid_value",
        "The longest edge must be less than or equal to 3840.",
    ),
    "too few pixels": (
        {"size": "512x512"},
        "size",
        "invalid_value",
        f"{BUDGET} is below the current minimum pixel budget.",
    ),
    "too many pixels": ({"size": "3840x3840"}, "size", "invalid_value", f"{BUDGET} exceeds the current pixel budget."),
    "a size that is none": ({"size": "large"}, "size", "invalid_value", "Invalid value: 'large'."),
    "a size of its own for a fixed model": (
        {"model": "gpt-image-1.5", "size": "1536x864"},
        "size",
        "invalid_value",
        "Supported values are: '1024x1024'",
    ),
    "an unknown model": ({"model": "dall-e-9"}, "model", "invalid_value", "The model 'dall-e-9' does not exist."),
    "a retired model": ({"model": "dall-e-3"}, "model", "invalid_value", "The model 'dall-e-3' does not exist."),
    "a quality the model lacks": ({"model": "gpt-image-2", "quality": "max"}, "quality", "invalid_value", "'max'"),
    "an old quality": ({"quality": "hd"}, "quality", "invalid_value", "Supported values are: 'low', 'medium', 'high'"),
    "complexity on an older model": (
        {"model": "gpt-image-2", "complexity": "low"},
        "complexity",
        "invalid_value",
        "does not support",
    ),
    "gif on an older model": (
        {"model": "gpt-image-2", "output_format": "gif"},
        "output_format",
        "invalid_value",
        "'gif'",
    ),
    "transparent jpeg": (
        {"background": "transparent", "output_format": "jpeg"},
        "background",
        "invalid_value",
        "Transparent background is not supported for JPEG output format",
    ),
    "several pictures in a stream": (
        {"stream": True, "n": 2},
        "n",
        "invalid_value",
        "Streaming is only supported with n=1.",
    ),
    "partials without a stream": ({"partial_images": 2}, "partial_images", "invalid_value", "stream=true"),
    "four partials": ({"stream": True, "partial_images": 4}, "partial_images", "integer_above_max_value", "<= 3"),
    "no pictures": ({"n": 0}, "n", "integer_below_min_value", "Expected a value >= 1, but got 0 instead."),
    "eleven pictures": ({"n": 11}, "n", "integer_above_max_value", "Expected a value <= 10, but got 11 instead."),
    "a number in words": ({"n": "two"}, "n", "invalid_type", "expected an integer, but got a string"),
    "a yes for a number": ({"n": True}, "n", "invalid_type", "expected an integer, but got a boolean"),
    "response_format": (
        {"response_format": "b64_json"},
        "response_format",
        "unknown_parameter",
        "Unknown parameter: 'response_format'.",
    ),
    "style": ({"style": "vivid"}, "style", "unknown_parameter", "Unknown parameter: 'style'."),
    "an empty prompt": ({"prompt": ""}, "prompt", "missing_required_parameter", "'prompt'"),
    "a prompt that is too long": (
        {"prompt": "a" * 32_001},
        "prompt",
        "string_above_max_length",
        "maximum length 32000, but got a string with length 32001",
    ),
    "compressed png": ({"output_compression": 50}, "output_compression", "invalid_value", "'png'"),
    "compressed beyond all": (
        {"output_format": "webp", "output_compression": 101},
        "output_compression",
        "integer_above_max_value",
        "<= 100",
    ),
    "frames of a png": ({"frame_count": 4}, "frame_count", "invalid_value", "'png'"),
    "one frame": ({"output_format": "gif", "frame_count": 1}, "frame_count", "integer_below_min_value", ">= 2"),
    "a gif in a stream": ({"output_format": "gif", "stream": True}, "stream", "invalid_value", "'gif'"),
    "a compressed gif": (
        {"output_format": "gif", "output_compression": 50},
        "output_compression",
        "invalid_value",
        "'gif'",
    ),
    "two svgs": ({"output_format": "svg", "n": 2}, "n", "invalid_value", "n=1"),
    "an svg in a stream": ({"output_format": "svg", "stream": True}, "stream", "invalid_value", "'svg'"),
    "an svg's author for a png": ({"svg": {"model": "gpt-5"}}, "svg", "invalid_value", "'png'"),
    "an svg's author without a name": (
        {"output_format": "svg", "svg": {}},
        "svg.model",
        "missing_required_parameter",
        "svg.model",
    ),
    "a background of its own": (
        {"background": "blue"},
        "background",
        "invalid_value",
        "'transparent', 'opaque', 'auto'",
    ),
    "a moderation of its own": ({"moderation": "none"}, "moderation", "invalid_value", "'low', 'auto'"),
}


@pytest.fixture
def last_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last day on which a model of fixed sizes is served."""
    stop_at(monkeypatch, "2026-11-30", "triptych.engine.rules")


@pytest.mark.parametrize(("sent", "param", "code", "words"), GENERATIONS.values(), ids=GENERATIONS)
@pytest.mark.usefixtures("last_day")
def test_a_generation_is_refused(client: OpenAI, sent: dict[str, Any], param: str, code: str, words: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        client.post("/images/generations", cast_to=object, body={"model": MODEL, "prompt": "a cat", **sent})

    assert (param, code) == (refused.value.param, refused.value.code)
    assert words in str(refused.value)
    assert refused.value.request_id is not None


def test_the_type_says_that_the_user_is_to_change_something(client: OpenAI) -> None:
    with pytest.raises(BadRequestError) as refused:
        client.images.generate(model=MODEL, prompt="a cat", size="1792x936")

    assert USER == refused.value.type


@pytest.mark.parametrize("size", ["auto", "1024x640", "3840x2160", "640x1024", "1024x1024"])
def test_sizes_at_the_limits_are_drawn(client: OpenAI, size: str) -> None:
    response = client.images.generate(model=MODEL, prompt="a cat", size=size, quality="low")

    assert size in {response.size, "auto"}


def test_a_missing_model_is_asked_for(client: OpenAI) -> None:
    with pytest.raises(BadRequestError) as refused:
        client.images.generate(prompt="a cat")

    assert ("model", "missing_required_parameter") == (refused.value.param, refused.value.code)


@pytest.mark.parametrize("key", ["sk-wrong", "sk-würfel"])
def test_a_wrong_key_is_refused_and_not_repeated(engine: Engine, key: str) -> None:
    headers = {b"Authorization": f"Bearer {key}".encode()}

    response = httpx2.post(f"{engine.base_url}/images/generations", headers=headers, json={})

    assert (401, "invalid_api_key") == (response.status_code, response.json()["error"]["code"])
    assert key not in response.text


def test_no_key_is_refused(engine: Engine) -> None:
    with OpenAI(base_url=engine.base_url, api_key="x", max_retries=0) as client, pytest.raises(AuthenticationError):
        client.models.list()
    assert 401 == httpx2.get(f"{engine.base_url}/models").status_code


def test_a_body_that_is_no_json_object_is_refused(engine: Engine) -> None:
    headers = {"Authorization": f"Bearer {engine.token}"}
    bodies = (b"{", b"[]", b"\xff\xfe", b"")

    answers = [httpx2.post(f"{engine.base_url}/images/generations", headers=headers, content=body) for body in bodies]

    assert [400] * 4 == [answer.status_code for answer in answers]
    assert {"We could not parse the JSON body of your request."} == {a.json()["error"]["message"] for a in answers}


def test_an_unknown_page_and_an_unknown_model_are_404(client: OpenAI) -> None:
    with pytest.raises(NotFoundError, match="Invalid URL"):
        client.post("/images/upscale", cast_to=object, body={})
    with pytest.raises(NotFoundError) as lost:
        client.models.retrieve("gpt-9")
    assert "model_not_found" == lost.value.code
