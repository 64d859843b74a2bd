"""Files and batches through the real SDK, by the demo engine and by servers that answer oddly."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.triptych.client.raw import Answer, Visit, raw
from triptych.client import ImageClient, bounds
from triptych.client.batches import Line, Told, Wrong
from triptych.engine.serve import Engine
from triptych.errors import BadAnswer, Blocked, OutcomeUnknown, RequestRejected, WrongAddress
from triptych.servers import LIKE_OPENAI, Account

BODY = {"model": "gpt-image-2", "prompt": "a red square", "size": "1024x640", "quality": "low", "output_format": "jpeg"}


def line(name: str, **body: Any) -> str:
    return json.dumps({"custom_id": name, "method": "POST", "url": "/v1/images/generations", "body": {**BODY, **body}})


@pytest.fixture
async def client(engine: Engine) -> AsyncIterator[ImageClient]:
    client = ImageClient(Account(engine.base_url, engine.token, server=LIKE_OPENAI))
    yield client
    await client.aclose()


async def begun(client: ImageClient, *lines: str) -> Told:
    file = await client.batches.upload("requests.jsonl", "\n".join(lines).encode(), "batch", "application/jsonl")
    return await client.batches.create(file, "generations", {"triptych": "one"})


async def ended(client: ImageClient, told: Told) -> Told:
    while told.status in {"validating", "in_progress", "finalizing", "cancelling"}:
        told = await client.batches.retrieve(told.id)
    return told


async def lines(client: ImageClient, file: str | None) -> dict[str, Line]:
    return {line.custom_id: line async for line in client.batches.lines(file)} if file else {}


async def test_a_batch_comes_back_line_by_line(client: ImageClient, tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text("\n".join([line("a"), line("b", prompt="[fault:moderation_input] x"), line("c", quality="max")]))
    file = await client.batches.upload(path.name, path, "batch", "application/jsonl")

    told = await ended(client, await client.batches.create(file, "generations", {"triptych": "one"}))

    assert ("completed", file, 3, 1, 2) == (told.status, told.input_file, told.total, told.completed, told.failed)
    good, bad = await lines(client, told.output_file), await lines(client, told.error_file)
    assert ["a"] == list(good)
    assert good["a"].body
    assert good["a"].request_id
    assert {"b": Blocked, "c": RequestRejected} == {name: type(one.error) for name, one in bad.items()}
    for name in (file, told.output_file, told.error_file, file):  # the last is gone already
        assert name
        await client.batches.delete(name)
    with pytest.raises(WrongAddress):
        await lines(client, told.output_file)


async def test_a_file_that_is_refused_says_which_line(client: ImageClient, engine: Engine) -> None:
    engine.faults.plan("batch_invalid", line=2)

    told = await ended(client, await begun(client, line("a"), line("b")))

    assert ("failed", (Wrong(2, "This line is not parseable as valid JSON."),)) == (told.status, told.wrong)


async def test_lines_whose_turn_did_not_come_are_told_from_those_that_failed(
    client: ImageClient, engine: Engine
) -> None:
    engine.faults.plan("batch_expired")

    told = await ended(client, await begun(client, line("a"), line("b"), line("c", prompt="")))

    assert "expired" == told.status
    assert {"a", "b", "c"} == {*await lines(client, told.output_file), *await lines(client, told.error_file)}
    assert 2 == sum(one.never_run for one in (await lines(client, told.error_file)).values())


async def test_a_batch_whose_answer_was_lost_is_found_by_its_file(client: ImageClient, engine: Engine) -> None:
    engine.faults.plan("batch_lost")
    file = await client.batches.upload("a.jsonl", line("a").encode(), "batch", "application/jsonl")
    since = time.time() - 60
    with pytest.raises(OutcomeUnknown):
        await client.batches.create(file, "generations", {})
    for name in ("b", "c"):
        await begun(client, line(name))

    found = await client.batches.find(file, {"triptych": "lost"}, since)

    assert found
    assert file == found.input_file
    marked = await client.batches.find("file-none", {"triptych": "one"}, since)
    assert marked
    assert file != marked.input_file
    assert None is await client.batches.find("file-none", {"triptych": "two"}, since)


async def test_a_batch_is_cancelled(client: ImageClient, engine: Engine) -> None:
    engine.faults.plan("batch_stuck")

    told = await client.batches.cancel((await begun(client, line("a"))).id)

    assert "cancelling" == told.status
    assert "cancelled" == (await ended(client, told)).status


def said(body: bytes) -> Answer:
    """An answer in small pieces."""

    async def answer(visit: Visit) -> None:
        await visit.say(
            f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        )
        for at in range(0, len(body), 7):
            await visit.say(body[at : at + 7])

    return answer


ODD = {
    "no JSON": b"<html>",
    "a list": b"[]",
    "a text": b'"batch"',
    "nothing of a batch": b"{}",
    "an unknown status": b'{"id": "b", "status": "dreaming", "input_file_id": "f"}',
    "counts of texts": b'{"id": 3, "status": "completed", "request_counts": "many"}',
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
async def test_an_answer_that_is_no_batch_is_said_to_be_none(body: bytes) -> None:
    async with raw(said(body)) as server:
        client = ImageClient(Account(server.base_url, "sk-canary-0123456789", server=LIKE_OPENAI))
        with pytest.raises(BadAnswer) as caught:
            await client.batches.retrieve("batch_1")
        await client.aclose()

    assert "canary" not in str(caught.value)


async def test_lines_of_a_file_that_are_none_are_left_out() -> None:
    told = [
        b'{"custom_id": "a", "response": {"status_code": 200, "request_id": "r", "body": {"data": []}}}',
        b"no line",
        b'{"custom_id": 3}',
        b"[]",
        b'{"custom_id": "b", "response": {"status_code": 500, "body": "broken"}}',
        b'{"custom_id": "c", "response": null, "error": null}',
        b'{"custom_id": "d", "error": {"code": "batch_expired", "message": "over"}}',
    ]
    body = b"\n".join(told)

    async with raw(said(body)) as server:
        client = ImageClient(Account(server.base_url, "sk-canary-0123456789", server=LIKE_OPENAI))
        found = await lines(client, "file-1")
        await client.aclose()

    assert {"a": None, "b": OutcomeUnknown, "c": OutcomeUnknown, "d": True} == {
        name: one.never_run or (type(one.error) if one.error else None) for name, one in found.items()
    }


async def test_a_file_may_be_longer_than_any_answer_as_it_is_read_by_lines(
    client: ImageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await ended(client, await begun(client, line("a")))
    monkeypatch.setattr(bounds, "MOST_BYTES", 10)

    assert ["a"] == list(await lines(client, told.output_file))
    with pytest.raises(OutcomeUnknown, match="longer than 10"):
        await client.batches.retrieve(told.id)


async def test_a_line_is_read_before_the_next_one_comes() -> None:
    first, told = asyncio.Event(), b'{"custom_id": "%b", "error": {"code": "batch_expired"}}\n'

    async def answer(visit: Visit) -> None:
        await visit.say(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (2 * len(told % b"a")) + told % b"a")
        await first.wait()
        await visit.say(told % b"b")

    found = []
    async with raw(answer) as server:
        client = ImageClient(Account(server.base_url, "k", server=LIKE_OPENAI))
        async for one in client.batches.lines("file-1"):
            found.append(one.custom_id)
            first.set()
        await client.aclose()

    assert ["a", "b"] == found
