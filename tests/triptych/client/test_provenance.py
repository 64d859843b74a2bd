"""OpenAI's check of where a file comes from, by the real SDK: the demo engine's answer, and odd ones of others."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.triptych.client.raw import Raw, Visit, raw
from tests.triptych.provenance.signing import Authority, flipped, plain, signed
from triptych.client import ImageClient
from triptych.engine.manifest import signed as signed_by_the_demo
from triptych.engine.serve import Engine
from triptych.errors import BadAnswer, KeyRejected, RequestRejected, ServerFailed, TriptychError, WrongAddress
from triptych.provenance import Signal
from triptych.servers import DEMO, KINDS, OPENAI, Account

KEY = "sk-canary-of-the-check"


@asynccontextmanager
async def demo(engine: Engine, key: str = "") -> AsyncIterator[ImageClient]:
    client = ImageClient(Account(engine.base_url, key or engine.token, server=DEMO))
    try:
        yield client
    finally:
        await client.aclose()


def test_openai_and_the_demo_are_the_servers_that_check() -> None:
    every = {each.id: each for each in (OPENAI, DEMO, *KINDS.values())}

    assert {"openai", "demo"} == {each.id for each in every.values() if each.checks_provenance}


FOUND = {
    "made by the demo": (lambda: signed_by_the_demo(plain(), "image/png"), True, "trusted"),
    "changed": (lambda: spoilt(signed_by_the_demo(plain(), "image/png")), False, "invalid"),
    "signed by another": (lambda: signed(Authority()), False, "valid"),
    "unsigned": (plain, False, "not_present"),
}


def spoilt(data: bytes) -> bytes:
    return flipped(data, len(data) - 200)


@pytest.mark.parametrize(("make", "detected", "state"), FOUND.values(), ids=FOUND)
async def test_the_demo_knows_what_it_signed_and_finds_no_watermark(
    make: Any, detected: bool, state: str, engine: Engine
) -> None:
    async with demo(engine) as client:
        answer = await client.check_provenance(make(), "image/png")

    c2pa, watermark = answer.signals
    assert ("C2PA", detected, state) == (c2pa.label, c2pa.detected, c2pa.state)
    assert ("SynthID", False, None) == (watermark.label, watermark.detected, watermark.state)
    assert (answer.request_id or "").startswith("req_")


@pytest.mark.parametrize("data", [b"%PDF-1.4", b"", plain()[:60]], ids=["PDF", "empty", "torn"])
async def test_a_file_that_the_check_does_not_take_is_refused_in_words(data: bytes, engine: Engine) -> None:
    async with demo(engine) as client:
        with pytest.raises(RequestRejected):
            await client.check_provenance(data, "image/png")


async def test_a_wrong_key_is_refused(engine: Engine) -> None:
    async with demo(engine, "sk-wrong") as client:
        with pytest.raises(KeyRejected):
            await client.check_provenance(plain(), "image/png")


@asynccontextmanager
async def server(body: Any, status: str = "200 OK") -> AsyncIterator[tuple[ImageClient, Raw]]:
    """A client of a server that answers with this JSON."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def answer(visit: Visit) -> None:
        head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-request-id: req_7\r\n"
        await visit.say(f"{head}content-length: {len(text)}\r\n\r\n".encode() + text)

    async with raw(answer) as there:
        client = ImageClient(Account(there.base_url, KEY, server=OPENAI))
        try:
            yield client, there
        finally:
            await client.aclose()


ANSWER = {
    "object": "content_provenance_check",
    "created_at": 1,
    "results": [
        {
            "type": "c2pa",
            "outcome": "detected",
            "validation_state": "trusted",
            "issuer": "OpenAI OpCo, LLC",
            "model": "gpt-image-2.6",
            "generated_at": "2026-11-28T10:00:00Z",
        },
        {"type": "synthid", "outcome": "not_detected"},
    ],
}


async def test_what_is_sent_is_the_file_under_no_name_of_its_own_and_once() -> None:
    file = signed(Authority())
    async with server(ANSWER) as (client, there):
        answer = await client.check_provenance(file, "image/png")

    assert 1 == there.posts
    assert there.visits[0].head.startswith("POST /v1/content_provenance_checks ")
    assert file in there.visits[0].body
    assert b'filename="image"' in there.visits[0].body
    first, second = answer.signals
    assert Signal("c2pa", True, "trusted", "OpenAI OpCo, LLC", "gpt-image-2.6", "2026-11-28T10:00:00Z") == first
    assert ("SynthID", "Not detected") == (second.label, second.answer)


def test_not_detected_is_never_called_made_by_a_person() -> None:
    said = Signal("synthid", detected=False).why

    assert "does not show that a person made it" in said
    assert "stripped" in said


@pytest.mark.parametrize("results", [None, [], "c2pa", [1, None]])
async def test_an_answer_without_a_result_is_no_verdict(results: Any) -> None:
    async with server(ANSWER | {"results": results}) as (client, _):
        with pytest.raises(BadAnswer, match="no result"):
            await client.check_provenance(plain(), "image/png")


async def test_an_outcome_that_nobody_knows_is_no_detection() -> None:
    async with server({"results": [{"type": "nova", "outcome": {"detected": True}, "issuer": ["x"]}]}) as (client, _):
        answer = await client.check_provenance(plain(), "image/png")

    assert (Signal("nova", detected=False),) == answer.signals


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        ("404 Not Found", {"error": {"message": "Unknown URL"}}, WrongAddress),
        ("500 Internal Server Error", {"error": {"message": "sorry"}}, ServerFailed),
        ("200 OK", b"<html>", BadAnswer),
    ],
)
async def test_what_went_wrong_is_said_and_the_file_is_not_sent_again(
    status: str, body: Any, kind: type[TriptychError]
) -> None:
    async with server(body, status) as (client, there):
        with pytest.raises(kind) as failed:
            await client.check_provenance(plain(), "image/png")

    assert 1 == there.posts
    assert KEY not in str(failed.value)


async def test_a_key_that_a_server_repeats_is_taken_out() -> None:
    told = ANSWER | {"results": [{"type": "c2pa", "outcome": "detected", "issuer": f"who has {KEY}"}]}
    async with server(told) as (client, _):
        answer = await client.check_provenance(plain(), "image/png")

    assert KEY not in str(answer)
