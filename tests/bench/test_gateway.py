"""The gateway beside the server that it asks, by the same SDK: what its caps, journal and bytes on disk add."""

import asyncio
import base64
import time
from pathlib import Path

from openai import AsyncOpenAI

from tests.bench.conftest import ImageServer, Table
from tests.serving import playground

TOKEN = "a-token-of-the-bench"
FIELDS = {"model": "gpt-image-2", "prompt": "a lighthouse", "size": "1024x1024", "quality": "medium"}
ANSWERS_IN = 3.0  # seconds of the server: half of what the fastest real image that is known took
PAIRS, REQUESTS, IN_FLIGHT = 8, 200, 32


def sdk(base_url: str, key: str) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=base_url, api_key=key, max_retries=0)


async def draw(client: AsyncOpenAI) -> None:
    answer = await client.images.generate(**FIELDS)  # type: ignore[call-overload]
    assert base64.b64decode(answer.data[0].b64_json)


async def one(client: AsyncOpenAI) -> float:
    start = time.perf_counter()
    await draw(client)
    return (time.perf_counter() - start) * 1000


async def many(client: AsyncOpenAI) -> float:
    limit = asyncio.Semaphore(IN_FLIGHT)

    async def within() -> None:
        async with limit:
            await draw(client)

    start = time.perf_counter()
    await asyncio.gather(*(within() for _ in range(REQUESTS)))
    return (time.perf_counter() - start) * 1000


def measured(base_url: str, address: str, what: object, pairs: int) -> tuple[list[float], list[float]]:
    """Milliseconds of pairs in turn, through the gateway and without."""

    async def both() -> list[tuple[float, float]]:
        async with sdk(f"{address}/v1", TOKEN) as through, sdk(base_url, "k") as direct:
            await what(through), await what(direct)
            return [(await what(through), await what(direct)) for _ in range(pairs)]

    taken = asyncio.run(both())
    return [pair[0] for pair in taken], [pair[1] for pair in taken]


def surroundings(base_url: str) -> dict[str, str]:
    known = {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": "k", "TRIPTYCH_API_TOKEN": TOKEN}
    return {**known, "TRIPTYCH_MAX_CONCURRENCY": str(IN_FLIGHT)}


def test_the_gateway_adds_little_to_the_time_of_one_image(
    table: Table, image_server: ImageServer, tmp_path: Path
) -> None:
    with (
        image_server(1_500_000, ANSWERS_IN) as base_url,
        playground(tmp_path, is_cold=True, **surroundings(base_url)) as address,
    ):
        ours, theirs = measured(base_url, address, one, PAIRS)
    assert table.add("gateway, one 1.5 MB image / the server itself", ours, theirs, 1.15) <= 1.15


def test_200_images_with_32_in_flight_go_through_the_gateway_as_fast(
    table: Table, image_server: ImageServer, tmp_path: Path
) -> None:
    bound = 1 / 0.95  # a throughput of at least 0.95
    with (
        image_server(3_000, ANSWERS_IN) as base_url,
        playground(tmp_path, is_cold=True, **surroundings(base_url)) as address,
    ):
        ours, theirs = measured(base_url, address, many, 2)
    assert table.add("gateway, 200 images, 32 in flight / the server itself", ours, theirs, bound) <= bound
