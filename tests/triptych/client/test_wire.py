"""What goes out and what does not: redirects, the environment, keys (TRUST.md N1, N5, K1, K5)."""

import asyncio
import logging
from typing import Any

import httpx2
import pytest

from tests.triptych.client.conftest import Make, drawn
from tests.triptych.client.raw import PATIENCE, Visit, b64, head, raw, says, whole
from triptych import errors
from triptych.client import wire
from triptych.errors import InvalidSetting
from triptych.results import Failed, Finished
from triptych.settings import clean_key

pytestmark = pytest.mark.usefixtures("fast")

GOOD = whole({"data": [{"b64_json": b64()}]})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(make: Make, status: int) -> None:
    async with raw(says(GOOD)) as elsewhere:
        moved = whole(b"", status, location=f"{elsewhere.base_url}/images/generations")
        async with raw(says(moved)) as server:
            events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.WrongAddress)
    assert 1 == server.posts
    assert [] == elsewhere.visits


async def test_a_redirect_to_itself_is_asked_once(make: Make) -> None:
    async with raw(says(whole(b"", 307, location="/v1/images/generations"))) as server:
        await drawn(make(server.base_url))

    assert 1 == len(server.visits)


async def test_a_picture_behind_a_redirect_stays_there(make: Make) -> None:
    async with raw(says(GOOD)) as elsewhere:

        async def answer(visit: Visit) -> None:
            moved = whole(b"", 302, location=elsewhere.base_url)
            await visit.say(whole({"data": [{"url": "/v1/images/7"}]}) if visit.method == "POST" else moved)

        async with raw(answer) as server:
            events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert events[-1].error.may_be_charged
    assert [] == elsewhere.visits


THEIRS = ("X-Theirs: a", "Authorization: Bearer sk-theirs", "api-key: theirs", "OpenAI-Project: theirs", "Host: theirs")


async def test_the_environment_changes_nothing(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw(says(GOOD)) as server:
        await drawn(make(server.base_url, "sk-mine"))
        for name, value in {
            "OPENAI_API_KEY": "sk-theirs",
            "OPENAI_ORG_ID": "org-theirs",
            "OPENAI_PROJECT_ID": "proj-theirs",
            "OPENAI_CUSTOM_HEADERS": "\n".join(THEIRS),
            "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
            "OPENAI_LOG": "debug",
            "HTTP_PROXY": "http://127.0.0.1:9",
            "ALL_PROXY": "http://127.0.0.1:9",
        }.items():
            monkeypatch.setenv(name, value)
        await drawn(make(server.base_url, "sk-mine"))

    before, after = (visit.head for visit in server.visits)
    assert before == after
    assert "theirs" not in after.lower()
    assert "Bearer sk-mine" in after


async def test_white_space_around_a_key_does_not_go_out(make: Make) -> None:
    async with raw(says(GOOD)) as server:
        await drawn(make(server.base_url, " sk-mine\n"))

    assert "authorization: Bearer sk-mine\r\n" in server.visits[0].head


async def test_without_a_key_no_key_is_sent(make: Make) -> None:
    async with raw(says(GOOD)) as server:
        await drawn(make(server.base_url, ""))

    assert "authorization" not in server.visits[0].head.lower()


async def test_organization_and_project_are_the_accounts_own(make: Make) -> None:
    async with raw(says(GOOD)) as server:
        await drawn(make(server.base_url, organization="org-1", project="proj-1"))

    said = server.visits[0].head.lower()
    assert "openai-organization: org-1" in said
    assert "openai-project: proj-1" in said


async def test_nothing_about_this_machine_is_told(make: Make) -> None:
    async with raw(says(GOOD)) as server:
        await drawn(make(server.base_url))

    said = server.visits[0].head.lower()
    assert "x-stainless-os" not in said
    assert "x-stainless-arch" not in said


BAD_KEYS = (
    "",
    "   ",
    "sk-canary\nx",
    "sk-canary\r\nX-Evil: 1",
    "sk canary",
    "sk-canary\x00",
    "sk-canary\t1",
    "sk-canaryé",
    "sk-canary“",
    "sk-canary\u200b",
    "sk-canary\x7f",
    "sk-canary" * 200,
    "Bearer sk-canary",
)


@pytest.mark.parametrize("key", BAD_KEYS, ids=range(len(BAD_KEYS)))
def test_a_bad_key_is_refused_without_being_repeated(key: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        clean_key(key)

    assert "canary" not in f"{refused.value} {refused.value!r} {refused.value.__cause__!r}"


@pytest.mark.parametrize("key", [" sk-good ", "sk-good\n", "\tsk-good\r\n"])
def test_white_space_around_a_key_is_trimmed(key: str) -> None:
    assert "sk-good" == clean_key(key)


@pytest.mark.parametrize("key", ["sk-canary\nX-Evil: 1", "sk-canaryé", "sk-canary\x00"])
async def test_a_bad_key_that_got_this_far_is_still_never_told(
    make: Make, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    caplog.set_level(logging.DEBUG)
    async with raw(says(GOOD)) as server:
        client = make(server.base_url, key)
        with pytest.raises(InvalidSetting) as refused:
            await drawn(client)
        with pytest.raises(InvalidSetting):
            await client.models()

    assert "canary" not in f"{refused.value!r} {refused.value.__cause__!r} {client.account!r} {caplog.text}"
    assert [] == server.visits


@pytest.mark.parametrize("answer", [whole({}, 500), whole({}, 429, retry_after="0"), whole({}, 404), whole(b"")])
async def test_a_link_that_fails_is_not_paid_for_twice(make: Make, answer: bytes) -> None:
    async def linked(visit: Visit) -> None:
        await visit.say(whole({"data": [{"url": "/v1/images/7"}]}) if visit.method == "POST" else answer)

    async with raw(linked) as server:
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.BadAnswer)
    assert 1 == server.posts


async def test_a_key_and_a_prompt_never_reach_the_log(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with raw(says(GOOD)) as server:
        await drawn(make(server.base_url, "sk-canary-key"), prompt="canary prompt")

    assert "canary" not in caplog.text
    assert "req_raw" in caplog.text


async def one_byte_at_a_time(visit: Visit) -> None:
    for byte in GOOD:
        await visit.say(bytes([byte]))


async def closed_late(visit: Visit) -> None:
    await visit.say(GOOD)
    await visit.gone()


async def in_chunks(visit: Visit) -> None:
    body = GOOD.partition(b"\r\n\r\n")[2]
    await visit.say(head(transfer_encoding="chunked"))
    for start in range(0, len(body), 7):
        piece = body[start : start + 7]
        await visit.say(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    await visit.say(b"0\r\n\r\n")


@pytest.mark.parametrize("answer", [one_byte_at_a_time, closed_late, in_chunks], ids=lambda answer: answer.__name__)
async def test_a_slow_wire_still_brings_the_picture(make: Make, answer: object) -> None:
    async with raw(answer) as server:  # type: ignore[arg-type]
        events = await drawn(make(server.base_url))

    assert isinstance(events[-1], Finished)


async def silent(visit: Visit) -> None:
    await visit.gone()


async def silent_after_the_head(visit: Visit) -> None:
    await visit.say(head(length=1000))
    await visit.gone()


async def silent_in_the_body(visit: Visit) -> None:
    await visit.say(GOOD[:-20])
    await visit.gone()


async def cut_in_the_head(visit: Visit) -> None:
    await visit.say(b"HTTP/1.1 200 O")


async def cut_in_the_body(visit: Visit) -> None:
    await visit.say(GOOD[:-20])


async def reset_in_the_body(visit: Visit) -> None:
    await visit.say(GOOD[:-20])
    visit.reset()


async def garbage(visit: Visit) -> None:
    await visit.say(bytes(range(256)) * 8)


async def closed(visit: Visit) -> None:
    visit.writer.close()


TOXIC = (
    silent,
    silent_after_the_head,
    silent_in_the_body,
    cut_in_the_head,
    cut_in_the_body,
    reset_in_the_body,
    garbage,
    closed,
)


KINDS: dict[str, dict[str, Any]] = {
    "generation": {},
    "stream": {"partial_images": 1},
    "edit": {"masked": True, "mask": None},
    "masked edit": {"masked": True},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answer", TOXIC, ids=lambda answer: answer.__name__)
async def test_a_broken_wire_after_sending_is_told_as_such(
    make: Make, monkeypatch: pytest.MonkeyPatch, answer: object, kind: str
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT", httpx2.Timeout(PATIENCE, read=0.3))
    async with raw(answer) as server:  # type: ignore[arg-type]
        async with asyncio.timeout(PATIENCE):
            events = await drawn(make(server.base_url), **KINDS[kind])

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.OutcomeUnknown)
    assert events[-1].error.may_be_charged
    assert 1 == server.posts


@pytest.mark.parametrize(
    "said", [b"[]", b"{}", b'{"data": 5}', b'{"data": [5]}', b'{"data": [{"id": 5}]}', b"<p>", b""]
)
async def test_a_model_list_that_is_none_is_told(make: Make, said: bytes) -> None:
    async with raw(says(whole(said))) as server:
        client = make(server.base_url)
        try:
            listed = await client.models()
        except errors.TriptychError as error:
            assert error.message  # noqa: PT017 - either is an answer; a traceback is not
        else:
            assert () == listed.ids
