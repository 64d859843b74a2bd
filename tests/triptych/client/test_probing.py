"""Free questions about a server: what its answers say of it, against stubs with the traits of those people run."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.triptych.client.raw import Visit, raw, says, whole
from triptych.capabilities import REFUSED, Fact, How, applied, rows
from triptych.client.probing import probe
from triptych.servers import GENERIC, LIKE_OPENAI, LOCALAI, SGLANG, VLLM, Account, Server

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
POSTS = {"images/generations": 405, "images/edits": 405}


NO_VARIATIONS, NO_RESPONSES, NO_BATCHES = {"variations": False}, {"responses": False}, {"batches": False}
NOTHING_ELSE = NO_VARIATIONS | NO_RESPONSES | NO_BATCHES
EDITS = {"edits": True}

# How a server with the endpoints of each kind may answer a GET, where it is no 404, and what that says. The endpoints
# are those of the kinds; the statuses are what their frameworks send, not recorded from them.
TRAITS: dict[str, tuple[Mapping[str, int], Mapping[str, bool]]] = {
    "openai": ({**POSTS, "images/variations": 405, "responses": 405, "batches": 200}, EDITS),
    "azure": ({**POSTS, "responses": 405, "batches": 401}, EDITS | NO_VARIATIONS),
    "localai": ({"images/generations": 405}, {"edits": False} | NOTHING_ELSE),
    "sd-cpp": ({}, NO_BATCHES),  # a GET of what takes POST is a 404 there
    "vllm-omni": ({**POSTS, "responses": 405}, EDITS | NO_VARIATIONS | NO_BATCHES),
    "sglang": (POSTS, EDITS | NOTHING_ELSE),
    "litellm": ({**POSTS, "responses": 405, "batches": 200}, EDITS | NO_VARIATIONS),
    "lemonade": ({**POSTS, "images/variations": 405}, EDITS | NO_RESPONSES | NO_BATCHES),
    "corporate proxy": ({**POSTS, "images/variations": 405, "responses": 403, "batches": 403}, EDITS),
}


@pytest.mark.parametrize("name", TRAITS)
async def test_endpoints_are_told_by_how_they_refuse_a_get(name: str) -> None:
    statuses, expected = TRAITS[name]

    async def answer(visit: Visit) -> None:
        path = visit.head.split()[1].removeprefix("/v1/")
        await visit.say(whole({"error": {"message": "no"}}, statuses.get(path, 404)))

    async with raw(answer) as server:
        answers = await probe(Account(server.base_url, "a-key", server=GENERIC))

    assert expected == answers
    assert {"GET"} == {visit.method for visit in server.visits}
    assert all("authorization: bearer a-key" in visit.head.lower() for visit in server.visits)


@pytest.mark.parametrize("status", [200, 401, 403, 500, 405])
async def test_a_server_that_answers_everything_alike_says_nothing(status: int) -> None:
    async with raw(says(whole({}, status))) as server:
        assert {} == await probe(Account(server.base_url, server=GENERIC))


async def test_a_server_that_is_not_there_says_nothing() -> None:
    async with raw(says(b"")) as server:
        gone = server.base_url

    assert {} == await probe(Account(gone, server=GENERIC))


async def test_a_server_in_our_own_network_is_not_asked_for_somebody_who_may_not_go_there() -> None:
    async with raw(says(whole({}, 405))) as server:
        await probe(Account(server.base_url, server=GENERIC, public_only=True))

    assert [] == server.visits


@pytest.mark.parametrize("kind", [GENERIC, LIKE_OPENAI, LOCALAI, VLLM, SGLANG], ids=lambda kind: kind.id)
def test_a_server_that_says_nothing_new_is_its_preset(kind: Server) -> None:
    assert applied(kind, {}, {}) is kind
    assert {"kind"} == {row.source for row in rows(kind, {}, {})}


def found(how: How = "probe", days: float = 0, **values: Any) -> dict[str, Fact]:
    return {name: Fact(value, how, NOW + timedelta(days=days)) for name, value in values.items()}


def test_an_answer_beats_the_kind_and_a_choice_beats_both() -> None:
    facts, choices = found(edits=True, variations=False), {"mask": "white", "edits": False}

    server = applied(LOCALAI, facts, choices)

    assert (False, "white", False) == (server.edits, server.mask, server.variations)
    sources = {row.capability.field: row.source for row in rows(LOCALAI, facts, choices)}
    assert ("choice", "choice", "probe", "kind") == tuple(
        sources[name] for name in ("edits", "mask", "variations", "streams")
    )


@pytest.mark.parametrize(
    ("before", "after", "is_news"),
    [
        ({}, found("probe", edits=None), False),
        ({}, found("probe", edits=True), True),
        (found("probe", edits=True), found("probe", 0.5, edits=True), False),
        (found("probe", edits=True), found("probe", 2, edits=True), True),
        (found("probe", edits=True), found("probe", 0.5, edits=None), True),
        (found("probe", edits=False), found("answer", 0.1, edits=True), True),
        (found("answer", edits=True), found("probe", 0.5, edits=False), False),
        (found("answer", edits=True), found("probe", 2, edits=False), True),
        (found("answer", edits=True), found("refusal", 0.1, edits=False), False),
        (found("answer", edits=True), found("refusal", 2, edits=False), True),
    ],
)
def test_a_fact_gives_way_to_what_says_more_or_is_a_day_newer(
    before: Mapping[str, Fact], after: Mapping[str, Fact], is_news: bool
) -> None:
    assert is_news is after["edits"].replaces(before.get("edits"))


def test_sizes_and_usage_are_not_known_before_an_image_came_and_refused_sizes_are_named() -> None:
    facts = found("refusal", **{f"{REFUSED}2048x2048": True, f"{REFUSED}1024x1536": True})
    facts |= found("answer", sizes=True, usage=False)

    said = {row.capability.field: row.said for row in rows(GENERIC, {}, {})}
    assert ("Not known yet", "Not known yet") == (said["sizes"], said["usage"])

    said = {row.capability.field: row.said for row in rows(GENERIC, facts, {})}
    assert ("As requested; refused: 1024x1536, 2048x2048", "No") == (said["sizes"], said["usage"])
