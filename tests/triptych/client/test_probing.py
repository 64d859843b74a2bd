"""Free questions about a server: what its answers say of it, against stubs with the traits of those people run."""

from collections.abc import Mapping

import pytest

from tests.triptych.client.raw import Visit, raw, says, whole
from triptych.capabilities import applied, rows
from triptych.client.probing import probe
from triptych.servers import GENERIC, LIKE_OPENAI, LOCALAI, SGLANG, VLLM, Account, Server

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


def test_an_answer_beats_the_kind_and_a_choice_beats_both() -> None:
    server = applied(LOCALAI, {"edits": True, "variations": False}, {"mask": "white", "edits": False})

    assert (False, "white", False) == (server.edits, server.mask, server.variations)
    sources = {
        row.capability.field: row.source
        for row in rows(LOCALAI, {"edits": True, "variations": False}, {"mask": "white", "edits": False})
    }
    assert ("choice", "choice", "answer", "kind") == tuple(
        sources[name] for name in ("edits", "mask", "variations", "streams")
    )
