"""Streams by the standard (WHATWG HTML 9.2) and as servers write them: stages live, and the finished image always."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import COMPLETED, PARTIAL, PATIENCE, Visit, event, head, png, raw, says
from triptych import errors
from triptych.client import bounds
from triptych.client.sse import EventStream
from triptych.results import Failed, Finished, Partial

STREAM = head(kind="text/event-stream")
STAGE, LAST = (event(f"image_generation.{one['type'].partition('.')[2]}", one) for one in (PARTIAL, COMPLETED))
DATA = json.dumps(COMPLETED).encode()
UNTYPED = {name: value for name, value in COMPLETED.items() if name != "type"}


def stage(**changes: Any) -> bytes:
    return event("image_generation.partial_image", {**PARTIAL, **changes})


# What stands in the stream, and the indices of the stages that are shown.
STREAMS: dict[str, tuple[bytes, list[int]]] = {
    "retry alone": (b"retry: 3000\n\n" + LAST, []),
    "a ping without data": (b"event: ping\n\n" + STAGE + b"event: ping\n\n" + LAST, [0]),
    "a ping in words": (b"event: ping\ndata: still here\n\n" + STAGE + LAST, [0]),
    "empty data": (STAGE + b"data:\n\n" + b"data\n\n" + LAST, [0]),
    "an id and comments": (b": hi\nid: 1\n" + STAGE + b": ping\n\n:\n" + LAST, [0]),
    "a comment inside an event": (b": a\nevent: image_generation.completed\n: b\ndata: " + DATA + b"\n: c\n\n", []),
    "no space after the colon": (LAST.replace(b": ", b":", 1).replace(b"data: ", b"data:"), []),
    "CR alone": ((STAGE + LAST).replace(b"\n", b"\r"), [0]),
    "CRLF": ((STAGE + LAST).replace(b"\n", b"\r\n"), [0]),
    "data over many lines": (
        b"".join(b"data: " + line + b"\n" for line in json.dumps(COMPLETED, indent=1).encode().split(b"\n")) + b"\n",
        [],
    ),
    "a BOM": (b"\xef\xbb\xbf" + STAGE + LAST, [0]),
    "a name only in event": (
        event("image_generation.partial_image", {"b64_json": PARTIAL["b64_json"]})
        + event("image_generation.completed", UNTYPED),
        [0],
    ),
    "no name at all": (b"data: " + json.dumps(UNTYPED).encode() + b"\n\n", []),
    "fields nobody knows": (b"foo: bar\ndataset: 5\n\n" + STAGE + LAST, [0]),
    "no blank line at the end": (STAGE + LAST.rstrip(b"\n"), [0]),
    "DONE at the end": (STAGE + LAST + b"data: [DONE]\n\n", [0]),
    "an empty stage": (stage(b64_json="") + LAST, []),
    "a stage that is null": (stage(b64_json=None) + LAST, []),
    "a stage that is no base64": (stage(b64_json="%%%") + LAST, []),
    "a stage that is no image": (stage(b64_json="AAAA") + STAGE + LAST, [0]),
    "a stage that is no JSON": (b"event: image_generation.partial_image\ndata: {oops\n\n" + LAST, []),
    "a stage numbered in words": (stage(partial_image_index="zero") + stage(partial_image_index="one") + LAST, [0, 1]),
    "a stage numbered below zero": (stage(partial_image_index=-3) + LAST, [0]),
    "a stage numbered beyond all": (stage(partial_image_index=10**30) + LAST, [0]),
    "a stage numbered by halves": (stage(partial_image_index=0.5) + LAST, [0]),
    "a stage without a number": (event("x", {**PARTIAL, "partial_image_index": None}) + LAST, [0]),
    "an event that is a list": (b"data: [1, 2]\n\n" + LAST, []),
    "an event that is a number": (b"data: 5\n\n" + LAST, []),
    "the whole answer in one event": (b"data: " + json.dumps({"data": [UNTYPED]}).encode() + b"\n\n", []),
    "another name for completed": (STAGE + event("image.generated", {**UNTYPED, "type": "image.generated"}), [0]),
}


@pytest.mark.parametrize("name", STREAMS)
async def test_a_stream_brings_its_image(make: Make, name: str) -> None:
    said, stages = STREAMS[name]
    async with raw(says(STREAM + said)) as server:
        events = await drawn(make(server.base_url), partial_images=2)

    assert isinstance(events[-1], Finished)
    assert [png()] == [picture.data for picture in events[-1].pictures]
    assert stages == [one.index for one in events if isinstance(one, Partial)]
    assert 1 == server.posts


def read(pieces: Iterator[bytes]) -> list[tuple[str, bytes]]:
    stream = EventStream()
    found = [(one.name, bytes(one.data)) for piece in pieces for one in stream.feed(piece)]
    return found + [(one.name, bytes(one.data)) for one in stream.end()]


@pytest.mark.parametrize("ending", [b"\n", b"\r", b"\r\n"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_the_pieces_in_which_a_stream_comes_change_nothing(size: int, ending: bytes) -> None:
    lines = [b"\xef\xbb\xbf: hi", b"", b"event: a", b"data: 1", b"data:  2", b"", b"", b"data", b"data:x:y", b"id: 4"]
    data = ending.join([*lines, b"", b"event: b", b"", b"event:c", b"retry: 5", b"data:z"]) + ending
    wanted = [("a", b"1\n 2"), ("", b"\nx:y"), ("c", b"z")]

    assert wanted == read(data[at : at + size] for at in range(0, len(data), size))


async def test_a_stage_is_shown_before_the_next_is_sent(make: Make) -> None:
    seen = asyncio.Event()

    async def answer(visit: Visit) -> None:
        await visit.say(STREAM + STAGE)
        await asyncio.wait_for(seen.wait(), PATIENCE)
        await visit.say(LAST)
        await visit.gone()  # nothing ends the stream but its last event

    async with raw(answer) as server:
        events = []
        async for one in make(server.base_url).draw(asking(partial_images=1)):
            events.append(one)
            if isinstance(one, Partial):
                seen.set()

    assert isinstance(events[-1], Finished)


async def test_a_stream_that_nobody_asked_for_brings_all_its_images(make: Make) -> None:
    async with raw(says(STREAM + STAGE + LAST + STAGE + LAST)) as server:
        events = await drawn(make(server.base_url), n=2)

    assert isinstance(events[-1], Finished)
    assert 2 == len(events[-1].pictures)


async def test_a_stream_cut_after_its_last_event_is_a_success(make: Make) -> None:
    async def answer(visit: Visit) -> None:
        await visit.say(head(kind="text/event-stream", length=1 << 20) + STAGE + LAST.rstrip(b"\n"))

    async with raw(answer) as server:
        events = await drawn(make(server.base_url), partial_images=1)

    assert isinstance(events[-1], Finished)


async def test_only_stages_are_no_success(make: Make) -> None:
    async with raw(says(STREAM + STAGE + STAGE)) as server:
        events = await drawn(make(server.base_url), partial_images=2)

    assert isinstance(events[-1], Failed)
    assert errors.OutcomeUnknown is type(events[-1].error)
    assert "without the finished image" in events[-1].error.message


@pytest.mark.parametrize(
    "start",
    [b"data: ", b"data: x\n" * 10, b"foo", b": ", b"event: "],
    ids=["data", "lines", "other", "comment", "name"],
)
async def test_a_line_or_an_event_without_end_is_given_up(
    make: Make, monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(bounds, "MOST_EVENT", 1 << 20)
    monkeypatch.setattr(bounds, "MOST_BYTES", 8 << 20)
    comment = start == b": "

    async def endless(visit: Visit) -> None:
        await visit.say(STREAM + STAGE + start)
        while True:
            await visit.say((b"data: x\n" if start.endswith(b"\n") else b"xxxxxxxx") * (1 << 12))

    async with raw(endless) as server:
        events = await drawn(make(server.base_url), partial_images=1)

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.BadAnswer)
    assert ("the answer is longer" if comment else "one event of the stream is longer") in events[-1].error.message
    assert 1 == server.posts
