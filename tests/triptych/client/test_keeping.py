"""An answer's bytes are on the disk before anything reads them, whatever becomes of them (issue 11, A)."""

import asyncio
import json
import threading
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import COMPLETED, PARTIAL, PATIENCE, Visit, b64, event, head, png, raw, says, whole
from triptych import errors
from triptych.client import ImageClient, Pace, answers, bounds, call, reading
from triptych.client.spool import Body, Head
from triptych.engine.serve import Engine
from triptych.errors import NotSaved
from triptych.results import Event, Failed, Finished, Partial

pytestmark = pytest.mark.usefixtures("fast")

STREAM = event("image_generation.partial_image", PARTIAL) + event("image_generation.completed", COMPLETED)


@dataclass
class Kept:
    """The body of one answer, as a store would have it."""

    head: Head
    room: int
    came: asyncio.Event
    data: bytearray = field(default_factory=bytearray)
    closed: int = 0
    thread: int = 0

    def write(self, chunk: bytes) -> None:
        assert not self.closed
        if len(self.data) + len(chunk) > self.room:
            raise NotSaved("The disk is full.")
        self.data += chunk
        self.came.set()

    def close(self) -> None:
        self.closed += 1
        self.thread = threading.get_ident()


@dataclass
class Shelf:
    """Keeps answers in memory; ``room`` is how many bytes of each fit, None for a place that takes none at all."""

    room: int | None = 1 << 30
    bodies: list[tuple[int, Kept]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self, part: int, head: Head) -> Body:
        if self.room is None:
            raise NotSaved("There is no place.")
        self.bodies.append((part, Kept(head, self.room, self.came)))
        return self.bodies[-1][1]

    @property
    def last(self) -> Kept:
        return self.bodies[-1][1]


async def kept(client: ImageClient, shelf: Shelf, **values: Any) -> list[Event]:
    return [one async for one in client.draw(asking(**values), spool=shelf)]


GOOD = json.dumps({"data": [{"b64_json": b64()}]}).encode()


@pytest.mark.parametrize(
    ("body", "kind", "asked"),
    [(GOOD, "application/json", 0), (STREAM, "text/event-stream; charset=utf-8", 1), (GOOD, "text/event-stream", 1)],
)
async def test_an_answer_is_kept_byte_for_byte(make: Make, body: bytes, kind: str, asked: int) -> None:
    shelf = Shelf()
    async with raw(says(whole(body, kind=kind))) as server:
        events = await kept(make(server.base_url), shelf, partial_images=asked)

    assert isinstance(events[-1], Finished)
    assert body == bytes(shelf.last.data)
    assert Head(200, kind, "req_raw") == shelf.last.head
    assert [(0, shelf.last)] == shelf.bodies


@pytest.mark.parametrize("streamed", [False, True])
async def test_nothing_reads_the_final_image_before_it_is_on_the_disk(
    make: Make, monkeypatch: pytest.MonkeyPatch, *, streamed: bool
) -> None:
    shelf, closed_then = Shelf(), []

    def looking(data: bytes) -> Any:
        closed_then.append(shelf.last.closed)
        return answers.picture(data)

    monkeypatch.setattr(call, "picture", looking)
    monkeypatch.setattr(reading, "picture", looking)
    async with raw(says(whole(STREAM if streamed else GOOD))) as server:
        events = await kept(make(server.base_url), shelf, partial_images=int(streamed))

    assert isinstance(events[-1], Finished)
    assert ([0, 1] if streamed else [1]) == closed_then
    assert threading.get_ident() != shelf.last.thread


async def test_the_next_request_goes_out_while_the_disk_still_takes_an_answer(make: Make) -> None:
    second, shelf = threading.Event(), Shelf()
    begun = Kept.close

    async def answer(visit: Visit) -> None:
        if visit.number > 1:
            second.set()
        await visit.say(whole(GOOD))

    def close(self: Kept) -> None:
        assert second.wait(PATIENCE)  # a disk that takes until then
        begun(self)

    async with raw(answer) as server, asyncio.timeout(2 * PATIENCE):
        client = make(server.base_url, pace=Pace(1))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Kept, "close", close)
            ends = [events[-1] for events in await asyncio.gather(*(kept(client, shelf) for _ in range(2)))]

    assert [Finished, Finished] == [type(end) for end in ends]
    assert [1, 1] == [body.closed for _, body in shelf.bodies]


async def test_a_slow_disk_holds_back_what_is_sent() -> None:
    """Answers that are not on it yet are lost with the process, so they are few."""
    here, waits = Pace(1), asyncio.Event()

    async def third() -> bool:
        async with here.turn("ann", 1, lambda *_: waits.set()):
            return True

    async with AsyncExitStack() as landing:
        for _ in range(2):
            (await landing.enter_async_context(here.turn("ann", 1, lambda *_: None))).leave()
        sent = asyncio.create_task(third())
        await waits.wait()
        assert not sent.done()
    assert await sent


BROKEN = [b"", b"<html>", b'{"data": []}', GOOD[:-9], STREAM[:-60], b"\xff" * 300]


@pytest.mark.parametrize("body", BROKEN, ids=range(6))
async def test_an_answer_that_cannot_be_read_is_kept(make: Make, body: bytes) -> None:
    shelf = Shelf()
    async with raw(says(whole(body))) as server:
        events = await kept(make(server.base_url), shelf, partial_images=1)

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.OutcomeUnknown)
    assert (body, 1) == (bytes(shelf.last.data), shelf.last.closed)


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
async def test_a_kept_answer_does_not_hold_the_account_s_key(make: Make, size: int) -> None:
    key, body = "GATEWAY-KEY-GOES-HERE", b"<p>GATEWAY-GATEWAY-KEY-GOES-HERE is not known; GATEWAY-KEY"

    async def answer(visit: Visit) -> None:
        await visit.say(head(200, f"text/html; of={key}", length=len(body)))
        for start in range(0, len(body), size):
            await visit.say(body[start : start + size])
            await asyncio.sleep(0)

    shelf = Shelf()
    async with raw(answer) as server:
        await kept(make(server.base_url, key), shelf)

    assert body.replace(key.encode(), b"*" * len(key)) == bytes(shelf.last.data)
    assert key not in shelf.last.head.media_type


@pytest.mark.parametrize("reset", [False, True])
async def test_what_came_of_an_answer_that_broke_off_is_kept(make: Make, *, reset: bool) -> None:
    async def answer(visit: Visit) -> None:
        await visit.say(head(length=len(GOOD)) + GOOD[:-20])
        if reset:
            await asyncio.wait_for(shelf.came.wait(), PATIENCE)
            visit.reset()

    shelf = Shelf()
    async with raw(answer) as server:
        events = await kept(make(server.base_url), shelf)

    assert isinstance(events[-1], Failed)
    assert errors.OutcomeUnknown is type(events[-1].error)
    assert (GOOD[:-20], 1) == (bytes(shelf.last.data), shelf.last.closed)


async def test_a_cancelled_answer_is_kept_as_far_as_it_came(make: Make) -> None:
    async def answer(visit: Visit) -> None:
        await visit.say(head(kind="text/event-stream") + STREAM[:-20])
        await visit.gone()

    shelf, stop = Shelf(), asyncio.Event()
    async with raw(answer) as server:
        events = []
        async for one in make(server.base_url).draw(asking(partial_images=1), spool=shelf, stop=stop):
            events.append(one)
            if isinstance(one, Partial):
                stop.set()

    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, errors.Cancelled)
    assert STREAM.startswith(shelf.last.data)
    assert PARTIAL["b64_json"].encode() in shelf.last.data
    assert 1 == shelf.last.closed


async def test_an_error_is_not_kept(client: ImageClient, engine: Engine) -> None:
    engine.faults.plan("server_error")
    shelf = Shelf()

    events = await kept(client, shelf)

    assert isinstance(events[-1], Finished)
    assert 1 == len(shelf.bodies)


async def test_each_part_has_a_place_of_its_own(client: ImageClient) -> None:
    shelf = Shelf()

    await kept(client, shelf, n=3, partial_images=1, stream_each=True)

    assert [0, 1, 2] == sorted(part for part, _ in shelf.bodies)
    assert all(body.closed == 1 for _, body in shelf.bodies)


@pytest.mark.parametrize("room", [None, 0, 70_000])
async def test_a_full_disk_costs_no_image(make: Make, room: int | None) -> None:
    image = png() + b"\0" * 300_000
    shelf = Shelf(room)
    async with raw(says(whole({"data": [{"b64_json": b64(image)}]}))) as server:
        events = await kept(make(server.base_url), shelf)

    assert isinstance(events[-1], Finished)
    assert image == events[-1].pictures[0].data
    assert [1] * (room is not None) == [body.closed for _, body in shelf.bodies]


@pytest.mark.parametrize("body", [GOOD, STREAM, png()], ids=["JSON", "stream", "image"])
async def test_a_kept_answer_is_read_again_without_a_request(make: Make, body: bytes) -> None:
    async with raw(says(GOOD)) as server:
        finished = await make(server.base_url).read(asking(), 3, Head(200, "text/plain", "req_kept"), body)

    assert [] == server.visits
    assert (3, "req_kept") == (finished.part, finished.request_id)
    assert [png()] == [picture.data for picture in finished.pictures]


async def test_a_link_in_a_kept_answer_is_fetched(make: Make) -> None:
    async with raw(says(whole(png(), kind="image/png"))) as server:
        body = json.dumps({"data": [{"url": "/v1/images/7"}]}).encode()
        finished = await make(server.base_url).read(asking(), 0, Head(200, "application/json", None), body)

    assert ["GET"] == [visit.method for visit in server.visits]
    assert png() == finished.pictures[0].data


async def test_a_kept_answer_without_end_is_given_up_as_it_was_at_first(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_EVENT", 1 << 16)
    body = b"data: " + b"x" * (1 << 17)

    with pytest.raises(errors.BadAnswer, match="one event of the stream is longer"):
        await make("http://127.0.0.1:9/v1").read(asking(), 0, Head(200, "text/event-stream", None), body)


@pytest.mark.parametrize("body", [b"", b"OK", GOOD[:-20], STREAM[:-60], b'{"error": {"message": "no"}}'])
async def test_a_kept_answer_that_cannot_be_read_says_so_as_it_did_at_first(make: Make, body: bytes) -> None:
    async with raw(says(whole(body))) as server:
        client = make(server.base_url)
        (*_, failed) = await drawn(client)
        with pytest.raises(errors.TriptychError) as again:
            await client.read(asking(), 0, Head(200, "application/json", "req_raw"), body)

    assert isinstance(failed, Failed)
    assert (type(failed.error), failed.error.message) == (type(again.value), again.value.message)
