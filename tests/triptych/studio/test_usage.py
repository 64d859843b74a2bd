"""What a server says it used is shown as it says, and counted only as far as it can be true (TRUST.md M13)."""

from decimal import Decimal

import pytest

from tests.triptych.client.raw import b64, raw, says, whole
from tests.triptych.studio.conftest import drawn
from triptych.budget import promise
from triptych.client import ImageClient
from triptych.request import ImageRequest
from triptych.servers import GENERIC, LIKE_OPENAI, Account, Server
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
    ],
)
async def test_a_lying_server_books_what_was_promised_at_most_and_is_marked(
    studio: Studio, usage: dict[str, object]
) -> None:
    saved = await answered(studio, LIKE_OPENAI, usage)

    promised = promise(REQUEST, LIKE_OPENAI)
    assert promised
    assert Decimal(0) < studio.store.journal.money("month").spent <= promised.high
    (record,) = studio.store.history.search("local").records
    assert record.got["doubt"] == saved.got["doubt"]
    assert record.got["doubt"].startswith("doubtful: the server said ")
    assert record.usage
    assert usage["output_tokens"] == record.usage.output_tokens


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
