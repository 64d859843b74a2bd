"""A prompt checked by the server's moderation: the demo's answer, and odd ones of others."""

import json
from typing import Any

import pytest

from tests.triptych.client.conftest import Make
from tests.triptych.client.raw import raw, says, whole
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.errors import BadAnswer, RateLimited, ServerFailed, TriptychError, WrongAddress
from triptych.prompts import PromptCheck
from triptych.servers import DEMO, KINDS, OPENAI

KEY = "sk-canary-of-the-moderation"


def test_openai_and_the_demo_are_the_servers_that_moderate() -> None:
    assert {"openai", "demo"} == {each.id for each in (OPENAI, DEMO, *KINDS.values()) if each.moderates}


@pytest.mark.parametrize(
    ("prompt", "categories"),
    [("a fox in the snow", ()), ("a gory battle", ("violence", "violence/graphic")), ("여우", ()), ("x" * 32_000, ())],
    ids=["harmless", "graphic", "Korean", "long"],
)
async def test_the_demo_flags_a_few_words_by_the_apis_categories(
    client: ImageClient, engine: Engine, prompt: str, categories: tuple[str, ...]
) -> None:
    answer = await client.check_prompt(prompt)

    assert (bool(categories), categories) == (answer.flagged, answer.categories)
    assert (answer.request_id or "").startswith("req_")
    assert ["/v1/moderations"] == [entry.path for entry in engine.log]


async def test_an_empty_prompt_is_refused_as_the_api_does(client: ImageClient) -> None:
    with pytest.raises(TriptychError, match="Missing required parameter: 'input'"):
        await client.check_prompt("")


async def test_the_prompt_goes_to_the_newest_model_once_and_nothing_else_goes(make: Make) -> None:
    told = {"id": "m", "model": "m", "results": [{"flagged": True, "categories": {"hate": True, f"has {KEY}": True}}]}
    async with raw(says(whole(told))) as server:
        answer = await make(server.base_url, KEY).check_prompt("a fox")

    (visit,) = server.visits
    assert {"model": "omni-moderation-latest", "input": "a fox"} == json.loads(visit.body)
    assert answer.flagged
    assert "hate" in answer.categories
    assert KEY not in str(answer)


@pytest.mark.parametrize("results", [None, [], "x", [None], [{"flagged": "no"}], [{"categories": {"hate": True}}]])
async def test_an_answer_without_a_result_is_no_verdict(make: Make, results: Any) -> None:
    async with raw(says(whole({"id": "m", "model": "m", "results": results}))) as server:
        with pytest.raises(BadAnswer, match="no result"):
            await make(server.base_url).check_prompt("a fox")


async def test_a_category_that_is_not_plainly_true_is_none(make: Make) -> None:
    told = {"results": [{"flagged": False, "categories": {"hate": "yes", "sexual": 1, "violence": None}}]}
    async with raw(says(whole(told))) as server:
        assert PromptCheck(False, (), "req_raw") == await make(server.base_url).check_prompt("a fox")


@pytest.mark.parametrize(
    ("status", "kind"), [(404, WrongAddress), (429, RateLimited), (500, ServerFailed)], ids=[404, 429, 500]
)
async def test_a_check_that_fails_is_said_and_not_sent_again(
    make: Make, status: int, kind: type[TriptychError]
) -> None:
    async with raw(says(whole({"error": {"message": f"sorry {KEY}"}}, status))) as server:
        with pytest.raises(kind) as failed:
            await make(server.base_url, KEY).check_prompt("a fox")

    assert 1 == server.posts
    assert KEY not in str(failed.value)
