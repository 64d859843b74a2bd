"""A process that ends finishes what is in flight and sends nothing new (TRUST.md M6)."""

import asyncio
from dataclasses import replace
from decimal import Decimal

from tests.triptych.client.raw import PATIENCE, Raw, Visit, b64, raw, whole
from tests.triptych.studio.conftest import begun
from triptych.client import ImageClient, Pace
from triptych.jobs import Job, Jobs
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI, Account
from triptych.studio import Studio

REQUEST = ImageRequest(model="gpt-image-2", prompt="a red square", size="1024x1024", quality="low")
IMAGE = whole({"created": 1, "data": [{"b64_json": b64()}], "usage": {"input_tokens": 9, "output_tokens": 196}})
LIMIT = whole({"error": {"message": "slow", "code": "rate_limit_exceeded"}}, 429, retry_after="0")


async def drained(
    studio: Studio, jobs: Jobs, requests: int, flying: int, answer: bytes, **more: object
) -> tuple[Raw, list[Job]]:
    """So many runs, of which ``flying`` are in flight as the process is told to end; then the server answers."""
    go, arrived = asyncio.Event(), asyncio.Semaphore(0)

    async def park(visit: Visit) -> None:
        arrived.release()
        await go.wait()
        await visit.say(answer)

    async with raw(park) as server:
        account = Account(server.base_url, "sk-test", server=LIKE_OPENAI)
        client = ImageClient(account, Pace(flying))
        asked = [replace(REQUEST, prompt=f"t{n}", **more) for n in range(requests)]  # type: ignore[arg-type]
        made = await begun(studio, jobs, client, asked)
        for _ in range(flying):
            await asyncio.wait_for(arrived.acquire(), PATIENCE)
        studio.gate.closed = True
        draining = asyncio.create_task(asyncio.to_thread(jobs.drain, PATIENCE, studio.gate.waits))
        go.set()
        assert 0 == await draining
        await asyncio.wrap_future(jobs.run(client.aclose()))
        return server, made


async def test_a_drain_finishes_what_is_in_flight_and_gives_the_rest_back(studio: Studio, jobs: Jobs) -> None:
    server, made = await drained(studio, jobs, 17, 2, IMAGE)

    assert 2 == server.posts
    statuses = list(studio.store.journal.statuses([job.ticket for job in made]).values())
    assert (2, 15) == (statuses.count("done"), statuses.count("cancelled"))
    assert Decimal(0) == studio.store.journal.money("run", "r").reserved
    told = {error.message for job in made for error in job.errors}
    assert {"Triptych was shutting down, so it was not sent; nothing is charged."} == told
    assert 15 == len(studio.store.journal.unsent("local", "compare"))


async def test_a_drain_sends_nothing_again(studio: Studio, jobs: Jobs) -> None:
    server, made = await drained(studio, jobs, 3, 1, LIMIT)

    assert 1 == server.posts
    assert {"cancelled"} == set(studio.store.journal.statuses([job.ticket for job in made]).values())
    assert Decimal(0) == studio.store.journal.money("run", "r").reserved


async def test_of_a_run_of_several_requests_only_those_in_flight_are_finished(studio: Studio, jobs: Jobs) -> None:
    server, (job,) = await drained(studio, jobs, 1, 1, IMAGE, n=3, partial_images=1, stream_each=True)

    assert 1 == server.posts
    assert 1 == len(job.saved)
    assert [False, False] == [error.may_be_charged for error in job.errors]
    assert {job.ticket: "done"} == studio.store.journal.statuses([job.ticket])
