"""One request to each kind of server that people run: it gets what it takes, and nothing that it refuses."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.triptych.client.conftest import Make, drawn
from tests.triptych.client.raw import Visit, b64, raw, whole
from triptych.results import Finished
from triptych.servers import KINDS, LIKE_OPENAI, OPENAI, PRESETS

Refuses = Callable[[dict[str, Any]], object]
EVERYTHING = {"quality": "high", "background": "opaque", "moderation": "low"}


def openai(sent: dict[str, Any]) -> object:
    return "response_format" in sent


def local(sent: dict[str, Any]) -> object:
    """Sizes are WIDTHxHEIGHT there, and without being asked for bytes it sends an address or nothing."""
    return sent.get("response_format") != "b64_json" or "x" not in sent.get("size", "x") or None in sent.values()


def litellm(sent: dict[str, Any]) -> object:
    """It refuses what it does not know of a model's parameters."""
    known = {"background", "moderation", "n", "output_compression", "output_format", "quality", "size", "user"}
    return set(sent) - known - {"model", "prompt"}


def lemonade(sent: dict[str, Any]) -> object:
    return local(sent) or sent.get("n", 1) != 1


REFUSES: dict[str, Refuses] = {
    "openai": openai,
    "like-openai": openai,
    "azure": lambda sent: openai(sent) or sent.get("output_format") == "webp",
    "localai": local,
    "sd-cpp": local,
    "vllm-omni": local,
    "sglang": local,
    "litellm": litellm,
    "lemonade": lemonade,
    "generic": local,
}


@pytest.mark.parametrize("kind", REFUSES)
async def test_each_kind_of_server_draws_what_a_form_full_of_settings_asks_for(kind: str, make: Make) -> None:
    async def answer(visit: Visit) -> None:
        sent = json.loads(visit.body)
        if REFUSES[kind](sent):
            await visit.say(whole({"error": {"message": f"refused: {sent}"}}, 400))
        else:
            await visit.say(whole({"data": [{"b64_json": b64()}]}))

    async with raw(answer) as server:
        *_, last = await drawn(make(server.base_url, server=PRESETS[kind]), **EVERYTHING)

    assert isinstance(last, Finished), last
    assert 1 == server.posts


def test_every_kind_that_can_be_chosen_is_tried_here() -> None:
    assert set(KINDS) | {OPENAI.id} == set(REFUSES)


async def test_a_proxy_before_openai_that_lists_nothing_is_what_it_is_said_to_be(make: Make) -> None:
    """Said in Settings or by TRIPTYCH_SERVER_KIND=like-openai: it gets what OpenAI gets."""

    async def answer(visit: Visit) -> None:
        is_list = visit.method == "GET"
        await visit.say(whole({"error": "no"}, 403) if is_list else whole({"data": [{"b64_json": b64()}]}))

    async with raw(answer) as server:
        *_, last = await drawn(make(server.base_url, server=LIKE_OPENAI), quality="high", background="transparent")

    assert isinstance(last, Finished)
    (sent,) = [json.loads(visit.body) for visit in server.visits if visit.method == "POST"]
    assert ("high", "transparent", False) == (sent["quality"], sent["background"], "response_format" in sent)
