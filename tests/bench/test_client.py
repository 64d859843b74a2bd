"""The client beside the bare SDK, against one loopback server that knows nothing of us."""

import asyncio
import base64
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from openai import AsyncOpenAI

from tests.bench.conftest import ImageServer, Table
from tests.serving import ROOT
from triptych.client import Account, ImageClient, Pace
from triptych.request import ImageRequest, TurnOptions
from triptych.results import Finished
from triptych.servers import LIKE_OPENAI

Draw = Callable[[], Awaitable[int]]
PLAIN = ImageRequest(model="gpt-image-2", prompt="a lighthouse", size="1024x1024", quality="medium")
STREAMED = ImageRequest(**{**PLAIN.to_json(), "partial_images": 3})
TURN = ImageRequest(**{**STREAMED.to_json(), "turn": TurnOptions()})
PAIRS = 40


@asynccontextmanager
async def ours(base_url: str, request: ImageRequest, pace: Pace | None = None) -> AsyncIterator[Draw]:
    client = ImageClient(Account(base_url, "none", server=LIKE_OPENAI), pace)

    async def draw() -> int:
        return sum([len(e.pictures[0].data) async for e in client.draw(request) if isinstance(e, Finished)])

    yield draw
    await client.aclose()


@asynccontextmanager
async def bare(base_url: str, request: ImageRequest) -> AsyncIterator[Draw]:
    """What a notebook does: the SDK, and the picture's bytes out of the answer."""
    async with AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0) as client:

        async def draw() -> int:
            if not request.streams:
                answer = await client.images.generate(**request.api_kwargs(LIKE_OPENAI))
                return len(base64.b64decode(answer.data[0].b64_json))
            last = b""
            async for event in await client.images.generate(**request.api_kwargs(LIKE_OPENAI)):
                last = base64.b64decode(event.b64_json)
            return len(last)

        yield draw


@asynccontextmanager
async def bare_turn(base_url: str, request: ImageRequest) -> AsyncIterator[Draw]:
    """The same for a turn: the image is in the output of the completed response."""
    async with AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0) as client:

        async def draw() -> int:
            size = 0
            async for event in await client.responses.create(**request.api_kwargs(LIKE_OPENAI)):
                if event.type == "response.image_generation_call.partial_image":
                    size = len(base64.b64decode(event.partial_image_b64))
                elif event.type == "response.completed":
                    size = len(base64.b64decode(event.response.output[0].result))
            return size

        yield draw


async def timed(draw: Draw) -> float:
    start = time.perf_counter()
    assert await draw()
    return (time.perf_counter() - start) * 1000


@pytest.mark.parametrize(
    ("name", "request_"), [("plain", PLAIN), ("streamed, three partials", STREAMED), ("a turn", TURN)]
)
def test_the_client_is_as_fast_as_the_sdk_it_stands_on(
    name: str, request_: ImageRequest, table: Table, image_server: ImageServer
) -> None:
    async def pairs(base_url: str) -> tuple[list[float], list[float]]:
        sdk = bare_turn if request_.turn else bare
        async with ours(base_url, request_) as mine, sdk(base_url, request_) as other:
            for _ in range(5):
                await timed(mine), await timed(other)
            measured = [(await timed(mine), await timed(other)) for _ in range(PAIRS)]
        return [pair[0] for pair in measured], [pair[1] for pair in measured]

    with image_server(1_500_000, 0.0) as base_url:
        mine, other = asyncio.run(pairs(base_url))
    assert table.add(f"one 1.5 MB picture, {name} / bare SDK", mine, other, 1.10) <= 1.10


def test_thirty_two_in_flight_are_as_fast_as_gather(table: Table, image_server: ImageServer) -> None:
    async def all_of(draw: Draw) -> float:
        limit = asyncio.Semaphore(32)

        async def one() -> int:
            async with limit:
                return await draw()

        start = time.perf_counter()
        assert all(await asyncio.gather(*(one() for _ in range(200))))
        return (time.perf_counter() - start) * 1000

    async def ours_at_once(draw: Draw) -> float:
        start = time.perf_counter()
        assert all(await asyncio.gather(*(draw() for _ in range(200))))
        return (time.perf_counter() - start) * 1000

    async def pairs(base_url: str) -> tuple[list[float], list[float]]:
        async with ours(base_url, PLAIN, Pace(32)) as mine, bare(base_url, PLAIN) as other:
            await ours_at_once(mine), await all_of(other)
            measured = [(await ours_at_once(mine), await all_of(other)) for _ in range(5)]
        return [pair[0] for pair in measured], [pair[1] for pair in measured]

    with image_server(3_000, 0.2) as base_url:
        mine, other = asyncio.run(pairs(base_url))
    bound = 1 / 0.95  # a throughput of at least 0.95
    assert table.add("200 requests of 200 ms, 32 in flight / gather", mine, other, bound) <= bound


MEASURE = """
import asyncio, json, re, sys
from pathlib import Path
from tests.bench.test_client import PLAIN, STREAMED, bare, ours
base_url, side, kind = sys.argv[1:]
small, large = base_url.split(",")
request = {"plain": PLAIN, "streamed": STREAMED}[kind]
make = {"ours": ours, "bare": bare}[side]

async def draw(url):
    async with make(url, request) as once:
        await once()

asyncio.run(draw(small))
status = lambda name: int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew here
before = status("VmRSS")
asyncio.run(draw(large))
print(json.dumps((status("VmHWM") - before) / 1024))
"""


@pytest.mark.parametrize("kind", ["plain", "streamed"])
def test_one_large_picture_takes_no_more_memory_than_the_sdk_itself(
    kind: str, table: Table, image_server: ImageServer
) -> None:
    def peak(side: str, urls: str) -> float:
        command = [sys.executable, "-c", MEASURE, urls, side, kind]
        output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        return float(json.loads(output))

    with image_server(3_000, 0.0) as small, image_server(20_000_000, 0.0) as large:
        pairs = [(peak("ours", f"{small},{large}"), peak("bare", f"{small},{large}")) for _ in range(3)]
    mine, other = [list(side) for side in zip(*pairs, strict=True)]
    assert table.add(f"peak memory of a 20 MB picture, {kind} / bare SDK", mine, other, 1.30, "MB") <= 1.30
