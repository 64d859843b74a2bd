"""A grid beside what its calls alone take, drawn by the bare SDK with as many in flight.

Calls ÷ concurrency × latency is 1.25 s, and nobody comes within 1.10 of it: 100 calls of 200 ms go through 16 lanes in
seven rounds, 1.4 s, and the SDK's own processor time comes on top. So the grid is held against the SDK in the same run;
what both take of the 1.25 s and of the seven rounds is shown beside it.
"""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

from components.frame.lifecycle import spare_what_stays
from tests.bench.conftest import ImageServer, Table
from tests.bench.test_batch import ended
from tests.bench.test_client import bare, timed
from triptych.budget import Budget
from triptych.client import ImageClient, Pace
from triptych.experiment import Axis, Experiment, Grids
from triptych.jobs import Jobs
from triptych.many.forecast import makespan
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Store
from triptych.studio import Studio

CELLS, FLYING, SECONDS = 100, 16, 0.2
ROUNDS = 5
BOUND = 1.10
BASE = ImageRequest(model="gpt-image-2.5-flare", prompt="a lighthouse", size="1024x1024", output_format="jpeg")


def of_the_sdk(address: str, prompt: str) -> float:
    """Milliseconds of the calls alone: a notebook's `gather`, so many in flight."""

    async def calls() -> float:
        turns = asyncio.Semaphore(FLYING)
        async with bare(address, replace(BASE, prompt=prompt)) as draw:

            async def call() -> int:
                async with turns:
                    return await draw()

            async def every() -> int:
                return sum(await asyncio.gather(*(call() for _ in range(CELLS))))

            return await timed(every)

    return asyncio.run(calls())


def of_the_grid(grids: Grids, jobs: Jobs, address: str, prompt: str) -> float:
    """Milliseconds from the start of the grid until all is drawn, saved and settled."""
    account = Account(address, "none", server=LIKE_OPENAI)
    client = ImageClient(account, Pace(FLYING))
    axes = (
        Axis("prompt", (prompt,)),
        Axis("quality", ("low", "medium", "high", "xhigh", "max")),
        Axis("output_compression", tuple(range(80, 100))),
    )
    grid = grids.keep("local", Experiment("bench", BASE, axes), account)
    started = time.perf_counter()
    grids.start(grid, client)
    ended(grid)
    took = (time.perf_counter() - started) * 1000
    assert CELLS == grid.progress.count("done")
    jobs.run(client.aclose()).result(10)
    return took


def test_a_grid_takes_hardly_longer_than_its_calls(table: Table, image_server: ImageServer, tmp_path: Path) -> None:
    spare_what_stays()  # as the server does
    store, jobs = Store(tmp_path / "images"), Jobs()
    grids = Grids(jobs, Studio(store, Budget(store, {})))

    with image_server(3_000, SECONDS) as address:
        of_the_sdk(address, "warm"), of_the_grid(grids, jobs, address, "warm")
        figures = [
            (of_the_grid(grids, jobs, address, f"round {number}"), of_the_sdk(address, f"round {number}"))
            for number in range(ROUNDS)
        ]
    store.close()

    mine, sdk = map(list, zip(*figures, strict=True))
    ideal = [CELLS / FLYING * SECONDS * 1000] * ROUNDS
    name = f"{CELLS} cells of 200 ms, {FLYING} in flight"
    table.add(f"{name} / calls ÷ concurrency × latency", mine, ideal, None)
    table.add(f"{name}: the bare SDK / calls ÷ concurrency × latency", sdk, ideal, None)
    rounds = [makespan([SECONDS] * CELLS, FLYING) * 1000] * ROUNDS
    table.add(f"{name} / seven rounds", mine, rounds, None)
    table.add(f"{name}: the bare SDK / seven rounds", sdk, rounds, None)
    assert table.add(f"{name} / the bare SDK", mine, sdk, BOUND) <= BOUND
