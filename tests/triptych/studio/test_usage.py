"""What a server says it used is shown as it says, and counted only as far as it can be true (TRUST.md M13)."""

from decimal import Decimal

import pytest

from tests.triptych.client.raw import b64, raw, says, whole
from tests.triptych.studio.conftest import drawn
from triptych.budget import promise
from triptych.client import ImageClient
from triptych.pricing import estimate
from triptych.request import ImageRequest
from triptych.servers import GENERIC, LIKE_OPENAI, Account, Server
from triptych.sidecar import read_usage
from triptych.studio import Saved, Studio

REQUEST = ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024", quality="low")
IMAGE = [{"b64_json": b64()}]


async def answered(studio: Studio, server: Server, usage: object, request: ImageRequest = REQUEST) -> Saved:
    async with raw(says(whole({"created": 1, "data": IMAGE, "usage": usage}))) as there:
        client = ImageClient(Account(there.base_url, "sk-test", server=server))
        *_, last = await drawn(studio, client, request, any_price=True)
        await client.aclose()
    assert isinstance(last, Saved)
    return last


@pytest.mark.parametrize(
    "usage",
    [
        {"output_tokens": 10**12, "input_tokens": 9},
        {"output_tokens": 196, "output_tokens_details": {"text_tokens": 1_000_000}},
        {"output_tokens": 10**24, "input_tokens": 10**24},
        {"output_tokens": float("inf"), "input_tokens": 10**24},
        {"output_tokens": float("inf"), "input_tokens": 14},
        {"output_tokens": float("nan"), "input_tokens": 14},
        {"output_tokens": -196, "input_tokens": 14},
        {"output_tokens": 196.5, "input_tokens": 14},
        {"output_tokens": 10**30, "input_tokens": 14},
        {"output_tokens": 10**400, "input_tokens": 14},
        {"output_tokens": 196, "input_tokens": float("-inf")},
        {"output_tokens": 196, "input_tokens": 14, "output_tokens_details": {"text_tokens": -1_000_000}},
        {"output_tokens": float("inf")},
    ],
)
async def test_a_lying_server_books_what_was_promised_at_most_and_is_marked(
    studio: Studio, usage: dict[str, object]
) -> None:
    saved = await answered(studio, LIKE_OPENAI, usage)

    promised = promise(REQUEST, LIKE_OPENAI)
    assert promised
    assert estimate(REQUEST, LIKE_OPENAI).most == saved.dollars
    assert Decimal(0) < studio.store.journal.money("month").spent <= promised.high
    (record,) = studio.store.history.search("local").records
    assert record.got["doubt"] == saved.got["doubt"]
    assert record.got["doubt"].startswith("doubtful: the server said ")
    assert record.usage
    said = usage["output_tokens"]
    assert (said if said in {196, 10**12, 10**24} else None) == record.usage.output_tokens
    assert read_usage(record.usage.to_json()) == record.usage


async def test_what_cannot_be_a_count_is_shown_as_the_server_said_it(studio: Studio) -> None:
    counts = {"output_tokens": -196, "input_tokens": float("inf"), "input_tokens_details": {"text_tokens": 10**400}}
    saved = await answered(studio, LIKE_OPENAI, counts)

    digits = f"1{'0' * 39}…"
    untrue = f"input_tokens Infinity, input_text_tokens {digits}, output_tokens -196"
    assert f"doubtful: the server said {untrue}, which cannot be true" == saved.got["doubt"]


async def test_a_number_without_end_leaves_a_sidecar_that_can_be_read(studio: Studio) -> None:
    body = b'{"data": [{"b64_json": "%s"}], "svg_usage": {"tokens": [1e999, -1e999, NaN]}}' % b64().encode()
    async with raw(says(whole(body))) as there:
        client = ImageClient(Account(there.base_url, "sk-test", server=LIKE_OPENAI))
        await drawn(studio, client, REQUEST, any_price=True)
        await client.aclose()

    ((_, sidecar),) = studio.store.files.sidecars()
    assert sidecar
    assert sidecar.usage
    assert {"tokens": ["Infinity", "-Infinity", "NaN"]} == sidecar.usage.svg


@pytest.mark.parametrize("said", [None, "many", "196", True, [], {}])
async def test_what_is_no_number_is_no_count_and_its_price_is_unknown(studio: Studio, said: object) -> None:
    saved = await answered(studio, LIKE_OPENAI, {"output_tokens": said, "input_tokens": 14})

    assert saved.dollars is None
    assert "doubt" not in saved.got


async def test_a_server_that_is_not_priced_counts_on_no_cap_whatever_it_says(studio: Studio) -> None:
    saved = await answered(
        studio,
        GENERIC,
        {"output_tokens": 10**12},
        ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024"),
    )

    assert (Decimal(0), None) == (studio.store.journal.money("month").spent, saved.dollars)
    assert saved.usage
    assert 10**12 == saved.usage.output_tokens
