"""What answers to real requests show of a server, and are heard to show: usage, sizes, endpoints, refusals."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.triptych.client.conftest import asking
from tests.triptych.client.raw import b64, png, raw, says, whole
from tests.triptych.masked import FILES
from triptych.capabilities import REFUSED
from triptych.client import ImageClient
from triptych.servers import LIKE_OPENAI, Account

USAGE = {"usage": {"input_tokens": 3, "output_tokens": 9, "total_tokens": 12}}
ZEROS = {"usage": {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}}  # as LocalAI sends it
SIZE = {"error": {"message": "Invalid size", "type": "invalid_request_error", "param": "size", "code": "invalid_value"}}
SMALL = {"data": [{"b64_json": b64(png(8))}]}
ASKED = {"data": [{"b64_json": b64(png(1024))}]}


async def learned(said: bytes, **asked: Any) -> list[tuple[str, str, Mapping[str, Any]]]:
    """By whom it was asked, how it is known, and what, of one request that is answered so."""
    heard: list[tuple[str, str, Mapping[str, Any]]] = []
    async with raw(says(said)) as server:
        account = Account(server.base_url, "sk-test", server=LIKE_OPENAI)
        client = ImageClient(account, learn=lambda _, owner, facts, how: heard.append((owner, how, facts)))
        _ = [event async for event in client.draw(asking(**asked), files=FILES, owner="ann")]
        await client.aclose()
    return heard


@pytest.mark.parametrize(
    ("said", "asked", "facts"),
    [
        (ASKED | USAGE, {}, {"usage": True, "sizes": True, f"{REFUSED}1024x1024": None}),
        (ASKED | ZEROS, {}, {"usage": False, "sizes": True, f"{REFUSED}1024x1024": None}),
        (SMALL, {}, {"usage": False, "sizes": False, f"{REFUSED}1024x1024": None}),
        (SMALL | USAGE, {"size": "auto"}, {"usage": True, "auto_size": True}),
        (SMALL | USAGE, {"masked": True}, {"usage": True, "edits": True}),
    ],
)
async def test_an_image_shows_whether_usage_comes_and_whose_size_it_has(
    said: dict[str, Any], asked: dict[str, Any], facts: dict[str, Any]
) -> None:
    assert [("ann", "answer", facts)] == await learned(whole(said), **asked)


@pytest.mark.parametrize(
    ("size", "facts"), [("auto", {"auto_size": False}), ("1024x1536", {f"{REFUSED}1024x1536": True})]
)
async def test_a_size_that_the_server_says_no_to_is_heard(size: str, facts: dict[str, Any]) -> None:
    assert [("ann", "refusal", facts)] == await learned(whole(SIZE, 400), size=size)


async def test_a_refusal_for_another_reason_shows_nothing() -> None:
    assert [("ann", "refusal", {})] == await learned(whole({"error": {"message": "Not today"}}, 400))
