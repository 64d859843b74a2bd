"""Nothing is sent that was not looked up, reserved and written down first, and all of it is settled (TRUST.md M9)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.triptych.studio.conftest import REQUEST, drawn
from triptych.budget import Budget, promise
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.errors import DatabaseDown, Duplicate, OverBudget, UnknownPrice
from triptych.request import ImageRequest
from triptych.results import Event, Failed, Sent
from triptych.servers import LIKE_OPENAI, LOCALAI, Account
from triptych.store import Caps, Query, Store
from triptych.studio import Order, Saved, Studio


async def test_an_equal_request_is_answered_from_history_without_paying(
    studio: Studio, client: ImageClient, engine: Engine
) -> None:
    first = (await drawn(studio, client))[-1]

    (second,) = await drawn(studio, client, ticket="u")

    assert isinstance(first, Saved)
    assert isinstance(second, Saved)
    assert (False, True, Decimal(0)) == (first.cached, second.cached, second.dollars)
    assert [piece.stored for piece in first.pieces] == [piece.stored for piece in second.pieces]
    assert first.got == second.got
    assert first.usage == second.usage
    assert 1 == len(engine.log)


async def test_several_calls_are_answered_by_what_one_call_drew(
    studio: Studio, client: ImageClient, engine: Engine
) -> None:
    (*_, first) = await drawn(studio, client)
    each = replace(REQUEST, partial_images=1, stream_each=True)

    found = await drawn(studio, client, each, ticket="u")

    assert isinstance(first, Saved)
    assert [0, 1] == [saved.part for saved in found]
    assert [piece.stored for piece in first.pieces] == [saved.pieces[0].stored for saved in found]  # type: ignore[attr-defined]
    assert 1 == len(engine.log)


@pytest.mark.parametrize(
    "other", [replace(REQUEST, prompt="a blue square"), replace(REQUEST, n=3), replace(REQUEST, quality="medium")]
)
async def test_another_request_is_drawn(
    studio: Studio, client: ImageClient, engine: Engine, other: ImageRequest
) -> None:
    await drawn(studio, client)

    (*_, saved) = await drawn(studio, client, other, ticket="u")

    assert isinstance(saved, Saved)
    assert not saved.cached
    assert 2 == len(engine.log)


async def test_asking_to_draw_again_draws_again(studio: Studio, client: ImageClient, engine: Engine) -> None:
    await drawn(studio, client)

    (*_, saved) = await drawn(studio, client, ticket="u", redraw=True)

    assert isinstance(saved, Saved)
    assert not saved.cached
    assert 2 == len(engine.log)


async def test_nobody_is_answered_with_anothers_pictures(studio: Studio, client: ImageClient, engine: Engine) -> None:
    await drawn(studio, client, owner="ann")

    await drawn(studio, client, ticket="u", owner="bob")

    assert 2 == len(engine.log)


async def test_what_is_old_or_gone_is_drawn_again(studio: Studio, client: ImageClient, engine: Engine) -> None:
    await drawn(studio, client)
    studio.cache_ttl = 0
    await drawn(studio, client, ticket="u")
    studio.cache_ttl = 60
    for path in (studio.store.root / "originals").rglob("*.png"):
        path.unlink()

    await drawn(studio, client, ticket="v")

    assert 3 == len(engine.log)


async def test_the_same_ticket_is_not_sent_twice(studio: Studio, client: ImageClient, engine: Engine) -> None:
    await drawn(studio, client)

    with pytest.raises(Duplicate):
        await drawn(studio, client, redraw=True)

    assert 1 == len(engine.log)


async def test_what_was_drawn_is_in_the_records_with_its_price(studio: Studio, client: ImageClient) -> None:
    (*_, saved) = await drawn(studio, client, owner="ann", page="edit")

    found = studio.store.history.search("ann").records
    assert isinstance(saved, Saved)
    assert [0, 1] == sorted(record.index for record in found)
    assert {("done", "edit", REQUEST)} == {(one.status, one.page, one.request) for one in found}
    assert saved.dollars == sum(one.dollars for one in found if one.dollars is not None)
    assert saved.dollars == studio.store.journal.money("day").spent
    assert 0 == studio.store.journal.money("day").reserved


class Watching(ImageClient):
    """Looks into the books just before the request goes out."""

    async def draw(self, request: ImageRequest, *, witness: Any = None, **order: Any) -> AsyncIterator[Event]:
        async for event in super().draw(request, witness=witness, **order):
            if isinstance(event, Sent):
                journal = witness.journal
                self.seen = (journal.statuses([witness.ticket]), journal.money("day").reserved)
            yield event


async def test_the_money_is_reserved_and_the_sending_noted_before_the_answer(studio: Studio, engine: Engine) -> None:
    client = Watching(Account(engine.base_url, engine.token, server=LIKE_OPENAI))
    await drawn(studio, client)
    await client.aclose()

    promised = promise(REQUEST, LIKE_OPENAI)
    assert promised
    statuses, reserved = client.seen
    assert {"t": "sent"} == statuses
    assert 0 <= reserved - promised.high < Decimal("0.000001")


@pytest.mark.parametrize(
    ("fault", "status", "kept"),
    [("moderation_input", "failed", False), ("moderation_output", "unknown", True), ("cut", "unknown", True)],
)
async def test_a_failure_releases_the_money_unless_it_may_have_been_charged(
    studio: Studio, client: ImageClient, engine: Engine, *, fault: str, status: str, kept: bool
) -> None:
    engine.faults.plan(fault)

    await drawn(studio, client)

    assert {"t": status} == studio.store.journal.statuses(["t"])
    assert kept == bool(studio.store.journal.money("day").reserved)
    (record,) = studio.store.history.search("local", Query(status=status)).records  # type: ignore[arg-type]
    assert record.stored is None
    assert record.error


async def test_a_cancelled_drawing_keeps_its_money_once_it_was_sent(studio: Studio, engine: Engine) -> None:
    engine.faults.plan("timeout")
    client = ImageClient(Account(engine.base_url, engine.token, server=LIKE_OPENAI))
    stop = asyncio.Event()
    async for event in studio.draw(client, Order(REQUEST, "t"), stop):
        if isinstance(event, Sent):
            stop.set()
    await client.aclose()

    assert {"t": "cancelled"} == studio.store.journal.statuses(["t"])
    assert studio.store.journal.money("day").reserved


async def test_over_budget_is_refused_before_paying(studio: Studio, client: ImageClient, engine: Engine) -> None:
    studio.store._caps = Caps(day=Decimal("0.001"))

    with pytest.raises(OverBudget) as refused:
        await drawn(studio, client)

    assert "day" == refused.value.cap
    assert 0 == len(engine.log)


@pytest.mark.parametrize("any_price", [False, True])
async def test_an_unknown_price_is_refused_under_a_cap_unless_a_person_says_otherwise(
    studio: Studio, engine: Engine, any_price: bool
) -> None:
    studio.store.limits.set({"day": Decimal(1)})
    client = ImageClient(Account(engine.base_url, engine.token, server=LOCALAI))
    plain = ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024")

    with pytest.raises(UnknownPrice) if not any_price else nullcontext():
        await drawn(studio, client, plain, any_price=any_price)
    await client.aclose()

    assert int(any_price) == len(engine.log)


async def test_without_a_cap_an_unknown_price_needs_no_word(studio: Studio, engine: Engine) -> None:
    client = ImageClient(Account(engine.base_url, engine.token, server=LOCALAI))
    await drawn(studio, client, ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024"))
    await client.aclose()

    assert 1 == len(engine.log)


async def test_a_database_that_is_down_is_refused_before_paying(
    tmp_path: Path, client: ImageClient, engine: Engine
) -> None:
    store = Store(tmp_path / "images", "postgresql://nobody@127.0.0.1:9/none")
    down = Studio(store, Budget(store, {}))

    with pytest.raises(DatabaseDown):
        await drawn(down, client)

    assert 0 == len(engine.log)


async def test_a_database_that_goes_down_keeps_the_next_request_from_going_out(
    studio: Studio, client: ImageClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise DatabaseDown("The database of the records does not answer.")

    await drawn(studio, client)
    monkeypatch.setattr(studio.store.journal, "sent_many", down)

    (failed,) = await drawn(studio, client, ticket="u", redraw=True)

    assert isinstance(failed, Failed)
    assert isinstance(failed.error, DatabaseDown)
    assert 1 == len(engine.log)
    assert {"u": "failed"} == studio.store.journal.statuses(["u"])
