"""A rewrite is a run like any other: its money is reserved, settled, counted, and in doubt when its answer is lost."""

from decimal import Decimal

import pytest

from tests.triptych.studio.conftest import drawn
from triptych.budget import promise
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.errors import OverBudget, UnknownPrice
from triptych.prompts import rewriting
from triptych.servers import LIKE_OPENAI
from triptych.store.db.units import micro
from triptych.studio import Saved, Studio

FOX = rewriting("a red fox", "gpt-5.6-luna")


async def test_what_a_rewrite_cost_is_counted_as_the_records_count_images(
    studio: Studio, client: ImageClient, engine: Engine
) -> None:
    engine.log.clear()
    saved = (await drawn(studio, client, FOX, page="rewrite"))[-1]

    promised, held = promise(FOX, LIKE_OPENAI), studio.store.journal.money("day")
    assert isinstance(saved, Saved)
    assert saved.dollars
    assert promised
    assert (micro(saved.dollars), Decimal(0)) == (micro(held.spent), held.reserved)
    assert promised.low <= saved.dollars <= promised.high
    assert saved.got["answer"].startswith("a red fox, ")
    assert 1 == sum(entry.method == "POST" for entry in engine.log)


async def test_a_cap_that_cannot_hold_it_refuses_it_before_it_is_sent(
    studio: Studio, client: ImageClient, engine: Engine
) -> None:
    engine.log.clear()
    studio.store.limits.set({"day": Decimal("0.000001")})
    with pytest.raises(OverBudget):
        await drawn(studio, client, FOX)

    with pytest.raises(UnknownPrice):
        await drawn(studio, client, rewriting("a red fox", "gpt-6-luna"), "u")

    assert [] == [entry.path for entry in engine.log if entry.method == "POST"]


async def test_an_answer_that_was_lost_is_held_and_waits_for_a_word_on_it(
    studio: Studio, client: ImageClient, engine: Engine
) -> None:
    engine.faults.plan("bad_gateway")
    await drawn(studio, client, FOX)

    (record,) = studio.store.history.unsettled("local", 10).records
    assert ("a red fox", "gpt-5.6-luna", True) == (
        record.request.prompt,
        record.request.model,
        bool(studio.store.journal.money("day").reserved),
    )
