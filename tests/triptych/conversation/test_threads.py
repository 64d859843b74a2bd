"""Threads as trees: branches, pins, what a turn says and costs, and what it goes on from."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.triptych.conversation.conftest import Talk, error, turn
from triptych.conversation import Threads, Turn, compose, path
from triptych.conversation.composing import ANEW, MISSING
from triptych.engine.serve import Engine
from triptych.errors import Duplicate
from triptych.inputs import Attachment
from triptych.servers import LIKE_OPENAI
from triptych.store import Store
from triptych.store.ledger.receipts import receipts


def posts(engine: Engine) -> list[str]:
    return [entry.path for entry in engine.log if entry.method == "POST"]


def _attached(turn: Turn) -> Attachment:
    stored = turn.records[0].stored
    assert stored
    return Attachment(stored.sha256, stored.format, stored.width, stored.height, stored.bytes)


async def test_a_thread_branches_from_any_turn_and_its_images_keep_their_lineage(talk: Talk) -> None:
    fox = await talk.say("a red fox in the snow")
    night = await talk.say("the same at night", fox.id)
    boat = await talk.say("add a boat", fox.id)

    assert [fox.response_id, fox.response_id] == [night.request.turn.previous, boat.request.turn.previous]  # type: ignore[union-attr]
    turns = talk.threads.turns(talk.thread)
    assert [fox.id, boat.id] == [turn.id for turn in path(turns, boat.id)]
    (first,), (second,) = fox.records, night.records
    assert first.stored
    assert (first.stored.sha256,) == second.parents
    assert "a red fox in the snow" == talk.threads.get("local", talk.thread.id).name  # type: ignore[union-attr]


async def test_a_turn_says_its_answer_and_both_of_its_costs(talk: Talk, engine: Engine) -> None:
    fox = await talk.say("a red fox in the snow")
    engine.faults.plan("turn_refused")
    words = await talk.say("What is the capital of France?", fox.id)

    assert "done" == fox.state == words.state
    assert fox.answer
    assert fox.revised_prompt
    assert fox.text_cost
    assert fox.image_cost
    assert fox.text_cost + fox.image_cost == fox.records[0].dollars
    assert () == words.records
    assert words.answer
    assert words.text_cost
    assert Decimal(0) == words.image_cost
    money = talk.studio.store.journal.money("day")
    assert (fox.text_cost + fox.image_cost + words.text_cost, 0) == (money.spent, money.reserved)
    assert () == talk.studio.store.journal.imbalance()
    # No sidecar tells what an answer without an image cost: a receipt does, should the records be lost.
    assert [words.text_cost] == [receipt and receipt.dollars for _, receipt in receipts(talk.studio.store.files)]


async def test_a_pinned_style_and_image_go_with_every_turn(talk: Talk) -> None:
    fox = await talk.say("a red fox")
    reference = _attached(fox)

    talk.threads.pin("local", talk.thread.id, " in  ink ", reference)
    talk.thread = talk.threads.all("local")[0]
    turn = await talk.say("a boat")

    assert (reference,) == turn.request.images
    assert "in ink" == turn.request.turn.instructions  # type: ignore[union-attr]
    assert turn.records


async def test_a_refused_turn_keeps_the_thread_and_its_words(talk: Talk, engine: Engine) -> None:
    fox = await talk.say("a red fox")
    engine.faults.plan("moderation_input")

    refused = await talk.say("something bad", fox.id)

    assert ("failed", "something bad", fox.id) == (refused.state, refused.message, refused.parent)
    assert refused.error
    again = talk.composed("something better", refused.id)
    assert fox.response_id == again.order.request.turn.previous  # type: ignore[union-attr]


async def test_of_two_sends_at_once_one_is_sent(talk: Talk, threads: Threads, engine: Engine) -> None:
    first, second = talk.composed("a red fox", None), talk.composed("a red fox", None)
    threads.add(talk.thread, first)
    threads.add(talk.thread, first)

    with pytest.raises(Duplicate):
        threads.add(talk.thread, second)

    await talk.draw(first)
    assert ["/v1/responses"] == posts(engine)
    threads.add(talk.thread, second)  # once it is answered, the same words are another turn
    threads.forget(talk.thread, second)
    assert [first.order.ticket] == [turn.id for turn in threads.turns(talk.thread)]


async def test_an_id_that_the_server_has_forgotten_is_said_and_the_image_sent_again(talk: Talk, engine: Engine) -> None:
    fox = await talk.say("a red fox")
    engine.faults.plan("turn_expired")
    composed = talk.composed("at night", fox.id)
    talk.threads.add(talk.thread, composed)
    assert "ThreadForgotten" == error(await talk.draw(composed))

    again = talk.composed("at night", fox.id, by_image=True)

    assert ANEW == again.note
    assert (_attached(fox),) == again.order.request.images
    assert again.order.request.turn.previous is None  # type: ignore[union-attr]


async def test_what_a_server_cannot_go_on_from_is_sent_as_an_image_and_said(talk: Talk) -> None:
    fox = await talk.say("a red fox")
    account = talk.client.account
    cases = {
        "Another server": replace(account, base_url="http://127.0.0.1:1/v1"),
        "does not keep": replace(account, server=replace(LIKE_OPENAI, stores=False)),
        MISSING: replace(account, server=replace(LIKE_OPENAI, responses=False)),
    }
    for said, other in cases.items():
        talk.client.account = other
        composed = talk.composed("at night", fox.id)
        assert composed.note
        assert said in composed.note
        assert 1 == len(composed.order.request.images)
        assert not composed.order.request.problems(other.server)
    talk.client.account = account


async def test_a_mask_lies_over_the_image_it_was_painted_on_whatever_else_goes_with_it(talk: Talk) -> None:
    fox = await talk.say("a red fox")
    boat = await talk.say("a boat", fox.id)
    first, last = (_attached(turn) for turn in (fox, boat))
    mask = replace(first, sha256="f" * 64)

    over_last = talk.composed("here", boat.id, mask=mask, attachments=[first]).order.request
    over_first = talk.composed("here", boat.id, mask=mask, base=first).order.request

    assert ((last, first), mask) == (over_last.images, over_last.mask)
    assert ((first,), mask) == (over_first.images, over_first.mask)
    assert boat.response_id == over_first.turn.previous  # type: ignore[union-attr]
    assert not over_last.problems(talk.client.account.server)


def test_each_owner_has_one_random_safety_identifier_that_names_nobody(threads: Threads, tmp_path: Path) -> None:
    ann, alone = (threads.identifier(owner) for owner in ("ann@example.org", "local"))
    other = Store(tmp_path / "other" / "images")

    assert re.fullmatch("[0-9a-f]{64}", alone)
    assert (ann, alone) == tuple(Threads(threads.store).identifier(owner) for owner in ("ann@example.org", "local"))
    assert 3 == len({ann, alone, Threads(other).identifier("local")})
    other.close()


async def test_every_turn_names_its_owner_by_the_safety_identifier_and_a_typed_one_wins(talk: Talk) -> None:
    identifier = talk.threads.identifier("local")
    first = await talk.say("a red fox", identifier=identifier)
    typed = replace(turn(""), safety_identifier="typed")

    composed = compose(talk.thread, (), "a boat", typed, talk.client.account, ticket="", identifier=identifier)

    assert identifier == first.request.safety_identifier
    assert "typed" == composed.order.request.safety_identifier


async def test_without_a_responses_api_a_thread_goes_over_edits_and_says_so(talk: Talk, engine: Engine) -> None:
    engine.faults.plan("turn_unserved")

    fox = await talk.say("a red fox")
    night = await talk.say("at night", fox.id)

    assert ["/v1/responses", "/v1/images/generations", "/v1/images/edits"] == posts(engine)
    assert [MISSING, MISSING] == [fox.note, night.note]
    assert (_attached(fox),) == night.request.images
    assert (Decimal(0), fox.records[0].dollars) == (fox.text_cost, fox.image_cost)
    assert fox.image_cost


def test_threads_are_named_found_thrown_away_and_brought_back(threads: Threads) -> None:
    fox, boat = threads.begin("local", "Red fox"), threads.begin("local", "Boat")
    threads.begin("somebody", "Fox of another")
    threads.rename("local", fox.id, "  A silver\nfox ")

    assert ["A silver fox"] == [one.name for one in threads.all("local", "FOX silver")]
    threads.trash("local", boat.id)
    assert [fox.id] == [one.id for one in threads.all("local")]
    assert [boat.id] == [one.id for one in threads.all("local", trashed=True)]
    threads.restore("local", boat.id)
    assert {fox.id, boat.id} == {one.id for one in threads.all("local")}
    with pytest.raises(KeyError):
        threads.rename("somebody", fox.id, "mine")
