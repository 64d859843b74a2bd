"""What no program should send: each gets its own answer, and nothing is stored or paid for."""

import json
import socket
from urllib.parse import urlsplit

import httpx2
import openai
import pytest
from openai import OpenAI

from tests.triptych.gateway.conftest import MODEL, TOKEN, Gateway
from tests.triptych.gateway.test_edits import named
from triptych.engine.serve import Engine

HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


def posts(engine: Engine) -> int:
    return sum(entry.method == "POST" for entry in engine.log)


def test_a_wrong_token_is_refused_before_the_body_is_read(gateway: Gateway) -> None:
    url = urlsplit(gateway.address)
    with socket.create_connection((url.hostname, url.port), timeout=60) as wire:
        lines = [
            "POST /v1/images/edits HTTP/1.1",
            f"Host: {url.netloc}",
            "Authorization: Bearer wrong",
            "Content-Length: 60000000",
        ]
        wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = wire.recv(1 << 16)

    assert answer.startswith(b"HTTP/1.1 401 ")


def test_an_upload_of_60_mb_is_refused_and_nothing_of_it_is_kept(sdk: OpenAI, gateway: Gateway, engine: Engine) -> None:
    before = sorted((gateway.folder / "home" / "images").rglob("*.*"))

    with pytest.raises(openai.BadRequestError) as refused:
        sdk.images.edit(model=MODEL, prompt="x", image=named(b"\x89PNG\r\n\x1a\n" + bytes(60_000_000)))

    assert ("image_file_too_large", "image") == (refused.value.code, refused.value.param)
    assert (0, before) == (posts(engine), sorted((gateway.folder / "home" / "images").rglob("*.*")))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 200_000, 400),
        (b'{"a":' * 100_000, 400),
        (b'{"prompt": "' + b"x" * (2 << 20), 413),
        (b'{"n": ' + b"9" * 5000 + b"}", 400),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b"", 400),
    ],
    ids=["deep", "deep objects", "long", "a long number", "a list", "no text", "nothing"],
)
def test_json_that_is_no_request_is_refused(gateway: Gateway, engine: Engine, body: bytes, status: int) -> None:
    answer = httpx2.post(f"{gateway.address}/v1/images/generations", content=body, headers=HEADERS, timeout=60)

    assert status == answer.status_code
    assert answer.json()["error"]["message"]
    assert 0 == posts(engine)


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"n": 11}, "n"),
        ({"n": "two"}, "n"),
        ({"n": True}, "n"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": ["a"]}, None),
        ({"prompt": "x" * 32_001}, "prompt"),
        ({"size": "17x17"}, "size"),
        ({"quality": "best"}, "quality"),
        ({"nonsense": 1}, "nonsense"),
        ({"response_format": "pdf"}, "response_format"),
        ({"input_fidelity": "high"}, "input_fidelity"),
        ({"stream": "yes"}, "stream"),
        ({"stream": True, "n": 2}, None),
    ],
    ids=str,
)
def test_a_parameter_that_cannot_be_is_named(
    gateway: Gateway, engine: Engine, wrong: dict[str, object], param: str | None
) -> None:
    body = json.dumps({"model": MODEL, "prompt": "a red square", **wrong})

    answer = httpx2.post(f"{gateway.address}/v1/images/generations", content=body, headers=HEADERS, timeout=60)

    assert 400 == answer.status_code, answer.text
    assert param is None or param == answer.json()["error"]["param"]
    assert 0 == posts(engine)


def test_a_model_that_the_server_has_not_is_refused_by_it_in_its_own_words(sdk: OpenAI) -> None:
    with pytest.raises(openai.APIStatusError) as refused:
        sdk.images.generate(model="gpt-image-9", prompt="x")

    assert 400 == refused.value.status_code
    assert "The model 'gpt-image-9' does not exist." in refused.value.message


@pytest.mark.parametrize("model", ["a\r\nx-evil: 1", "mod\u00e8le \u6a21", "m" * 5000])
def test_a_model_that_no_header_can_carry_is_answered_all_the_same(gateway: Gateway, model: str) -> None:
    body = json.dumps({"model": model, "prompt": "x"})

    answer = httpx2.post(f"{gateway.address}/v1/images/generations", content=body, headers=HEADERS, timeout=60)

    assert 400 == answer.status_code
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("moderation_input", 400, "moderation_blocked"),
        ("quota", 429, "credit_balance_exhausted"),
        ("bad_key", 401, "invalid_api_key"),
        ("unverified", 403, None),
        ("bad_gateway", 502, "outcome_unknown"),
        ("cut", 502, "outcome_unknown"),
        ("malformed", 502, "outcome_unknown"),
    ],
)
def test_what_the_server_says_is_passed_on(
    gateway: Gateway, engine: Engine, fault: str, status: int, code: str | None
) -> None:
    engine.faults.plan(fault)
    with gateway.sdk(retries=2) as sdk, pytest.raises(openai.APIStatusError) as refused:
        sdk.images.generate(model=MODEL, prompt="a fault")

    assert (status, True) == (refused.value.status_code, code in {None, refused.value.code})
    assert 1 == posts(engine)


def test_a_prompt_that_was_blocked_says_by_what(sdk: OpenAI, engine: Engine) -> None:
    engine.faults.plan("moderation_input")
    with pytest.raises(openai.BadRequestError) as refused:
        sdk.images.generate(model=MODEL, prompt="a fault")

    assert isinstance(refused.value.body, dict)
    assert ["violence"] == refused.value.body["moderation_details"]["categories"]
