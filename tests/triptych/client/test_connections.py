"""What a connection that ends too soon, or never, means for the money (TRUST.md N9): unsent is not charged."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx2
import pytest

from tests.triptych.client.conftest import Make, asking, drawn
from tests.triptych.client.raw import PATIENCE, Visit, b64, head, raw, says, whole
from triptych import client as package
from triptych import errors
from triptych.client import Pace, listing, wire
from triptych.client.uploads import uploads
from triptych.errors import TriptychError
from triptych.results import Failed, Finished, Sent

pytestmark = pytest.mark.usefixtures("fast")

GOOD = whole({"data": [{"b64_json": b64()}]})
PAGE = b"<html><body><h1>413 Request Entity Too Large</h1></body></html>"
LARGE = "x" * 20_000_000  # bytes, far more than the buffers between the two ends hold


def failed(events: list[object]) -> TriptychError:
    assert isinstance(events[-1], Failed)
    return events[-1].error


@asynccontextmanager
async def early(answer: bytes | None) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that reads the head only, says ``answer`` (None: nothing) and closes with the body unread: a reset."""
    heads: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            if answer is not None:
                writer.write(answer)
                await writer.drain()
            else:
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort() if answer is None else writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 16)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", heads


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes every upload a large one."""

    async def swollen(*how: object) -> dict[str, object]:
        files = uploads(*how)  # type: ignore[arg-type]
        return {**files, "image": ("large.png", LARGE.encode(), "image/png")}

    monkeypatch.setattr(package, "uploads_aside", swollen)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("shown", [len(PAGE), len(PAGE) + 1000], ids=["whole", "cut"])
async def test_an_early_413_is_too_large_and_costs_nothing(make: Make, shown: int) -> None:
    async with early(head(413, "text/html", shown) + PAGE) as (url, heads):
        told = failed(await drawn(make(url), masked=True))

    assert errors.RequestRejected is type(told)
    assert 413 == told.status
    assert not told.may_be_charged
    assert "arge" in told.message
    assert 1 == len(heads)


@pytest.mark.parametrize("shown", [len(PAGE), len(PAGE) + 1000], ids=["whole", "cut"])
@pytest.mark.parametrize("prompt", ["a red square", "x" * 12_000], ids=["short", "long"])
async def test_an_early_413_is_heard_behind_a_small_request_too(make: Make, shown: int, prompt: str) -> None:
    async with early(head(413, "text/html", shown) + PAGE) as (url, heads):
        told = failed(await drawn(make(url), prompt=prompt))

    assert errors.RequestRejected is type(told)
    assert not told.may_be_charged
    assert 1 == len(heads)


@pytest.mark.usefixtures("large")
async def test_a_connection_cut_while_a_large_request_goes_out_costs_nothing(make: Make) -> None:
    async with early(None) as (url, heads):
        told = failed(await drawn(make(url), masked=True))

    assert isinstance(told, errors.RequestRejected | errors.Unreachable)
    assert not told.may_be_charged
    assert "nothing was charged" in told.message
    assert len(heads) == (1 if isinstance(told, errors.RequestRejected) else 4)


@pytest.mark.usefixtures("large")
async def test_an_early_word_to_go_on_is_no_answer(make: Make) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = next((int(n.split(":")[1]) for n in said.split("\r\n") if n.startswith("content-length")), 0)
        await reader.readexactly(length)
        writer.write(GOOD)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 16) as server:
        events = await drawn(make(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"), masked=True)

    assert isinstance(events[-1], Finished)


async def test_a_server_that_closes_idle_connections_never_meets_a_request_on_one(make: Make) -> None:
    kept = GOOD.replace(b"connection: close\r\n", b"connection: keep-alive\r\n")
    async with raw(says(kept)) as server:  # it promises to keep each connection, and closes it
        client = make(server.base_url)
        runs = [await drawn(client) for _ in range(5)]

    assert all(isinstance(run[-1], Finished) for run in runs)
    assert all(1 == sum(isinstance(event, Sent) for event in run) for run in runs)
    assert 5 == server.posts


async def test_each_request_has_a_connection_of_its_own(make: Make) -> None:
    connections: list[str] = []
    kept = GOOD.replace(b"connection: close\r\n", b"connection: keep-alive\r\n")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append("")
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                said = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                connections[-1] += said
                await reader.readexactly(int(said.split("content-length:")[1].split("\r\n")[0]))
                writer.write(kept)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        client = make(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
        for _ in range(3):
            assert isinstance((await drawn(client))[-1], Finished)

    assert [1, 1, 1] == [said.count("post /v1/") for said in connections]


async def test_an_answer_that_trickles_for_ever_ends_at_the_deadline_and_is_unknown(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "LONGEST", 0.5)
    closed = asyncio.Event()

    async def trickle(visit: Visit) -> None:
        gone = asyncio.create_task(visit.gone())
        with suppress(ConnectionError):
            await visit.say(head(length=1 << 20))
            while not gone.done():
                await visit.say(b" ")
                await asyncio.wait({gone}, timeout=0.02)
        await gone
        closed.set()

    async with raw(trickle) as server, asyncio.timeout(PATIENCE):
        told = failed(await drawn(make(server.base_url)))
        await closed.wait()

    assert errors.OutcomeUnknown is type(told)
    assert "connection was closed" in told.message
    assert 1 == server.posts


async def test_a_trickling_answer_gives_its_place_back(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = asyncio.Event()

    async def answer(visit: Visit) -> None:
        await (visit.say(GOOD) if is_over.is_set() else visit.gone())

    async with raw(answer) as server, asyncio.timeout(PATIENCE):
        client = make(server.base_url, pace=package.Pace(1))
        with monkeypatch.context() as hurried:
            hurried.setattr(wire, "LONGEST", 0.5)
            first = await drawn(client)
        is_over.set()
        second = await drawn(client)

    assert errors.OutcomeUnknown is type(failed(first))
    assert isinstance(second[-1], Finished)


async def test_a_first_byte_that_does_not_come_in_time_is_unknown(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "TIMEOUT", httpx2.Timeout(PATIENCE, read=0.3))

    async def silent(visit: Visit) -> None:
        await visit.gone()

    async with raw(silent) as server, asyncio.timeout(PATIENCE):
        told = failed(await drawn(make(server.base_url)))

    assert errors.OutcomeUnknown is type(told)
    assert 1 == server.posts


async def test_a_model_list_that_trickles_ends(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LONGEST", 0.3)

    async def silent(visit: Visit) -> None:
        await visit.gone()

    async with raw(silent) as server, asyncio.timeout(PATIENCE):
        with pytest.raises(errors.Unreachable):
            await make(server.base_url).models()


async def test_of_many_requests_the_first_has_come_before_the_last_is_made_up(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    seen: list[int] = []
    last_touch = wire._OnlyOurs.__call__

    async def counted(self: wire._OnlyOurs, request: object) -> None:
        made.append(request)
        await last_touch(self, request)

    async def answer(visit: Visit) -> None:
        seen.append(len(made))
        await visit.say(GOOD)

    monkeypatch.setattr(wire._OnlyOurs, "__call__", counted)
    async with raw(answer) as server:
        client = make(server.base_url, pace=Pace(32))
        events = await asyncio.gather(*(drawn(client) for _ in range(32)))

    assert all(isinstance(each[-1], Finished) for each in events)
    assert 32 == len(made)
    assert seen[0] < 32 / 2


async def test_a_request_that_ends_before_it_is_made_up_lets_the_next_one_go_on(make: Make) -> None:
    async with raw(says(GOOD)) as server:
        client = make(server.base_url, pace=Pace(32))
        stops = [asyncio.Event() for _ in range(4)]
        runs = [asyncio.create_task(anext(client.draw(asking(), stop=stop))) for stop in stops]
        for stop in stops:
            stop.set()
        await asyncio.gather(*runs)

        assert isinstance((await drawn(client))[-1], Finished)
