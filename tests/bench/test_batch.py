"""A batch of a thousand rows beside what its calls alone take, and its page beside that of ten rows."""

import asyncio
import resource
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from components.frame.lifecycle import spare_what_stays
from tests.bench.conftest import ImageServer, Table
from tests.bench.test_client import bare, timed
from tests.serving import PATIENCE
from triptych.batch import lines
from triptych.batch.batch import BatchInput
from triptych.batch.batches import Batches
from triptych.budget import Budget
from triptych.client import ImageClient, Pace
from triptych.jobs import Jobs
from triptych.many import Runs
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Store
from triptych.studio import Studio

ROWS, FLYING = 1000, 16
QUICK = 0.05  # seconds of an answer: 3.1 ms a row
USUAL, SOME = 0.2, 320  # seconds, and so many rows, of which the bound can be kept
ROUNDS = 3
BOUND = 1.10
# Times the SDK's processor time that a row takes which is journalled, kept as it came, saved and settled: 3.5 measured.
WORK = 5.0
MOST_GROWTH = 50.0  # MB
BASE = ImageRequest(model="gpt-image-2.5-flare", prompt="", size="1024x1024", quality="low")


def of_the_sdk(address: str, rows: int) -> float:
    """Milliseconds of the calls alone: a notebook's `gather`, so many in flight."""

    async def calls() -> float:
        turns = asyncio.Semaphore(FLYING)
        async with bare(address, replace(BASE, prompt="a fox")) as draw:

            async def call() -> int:
                async with turns:
                    return await draw()

            async def every() -> int:
                return sum(await asyncio.gather(*(call() for _ in range(rows))))

            return await timed(every)

    return asyncio.run(calls())


def of_the_batch(batches: Batches, jobs: Jobs, address: str, name: str, rows: int) -> float:
    """Milliseconds from the start of the batch until every row is run, saved and settled."""
    account = Account(address, "none", server=LIKE_OPENAI)
    client = ImageClient(account, Pace(FLYING))
    made_of = BatchInput(lines("\n".join(f"{name}, fox {number}" for number in range(rows))), "", BASE)
    batch = batches.keep("local", made_of, made_of.plan(LIKE_OPENAI), account)
    started = time.perf_counter()
    batches.start(batch, client)
    ended(batch)
    took = (time.perf_counter() - started) * 1000
    assert rows == batch.progress.count("done")
    jobs.run(client.aclose()).result(10)
    return took


def ended(runs: Runs[Any]) -> None:
    """Wait until all of them have ended, and be woken once: a thread that looks at each event works beside them."""
    jobs, over, done = runs.jobs(), list[None](), threading.Event()

    def one_more() -> None:
        over.append(None)
        if len(over) == len(jobs):
            done.set()

    for job in jobs:
        job.afterwards(one_more)
    assert done.wait(PATIENCE * 10)


def test_a_batch_takes_hardly_longer_than_its_calls(table: Table, image_server: ImageServer, tmp_path: Path) -> None:
    spare_what_stays()  # as the server does
    store, jobs = Store(tmp_path / "images"), Jobs()
    batches = Batches(jobs, Studio(store, Budget(store, {})))

    with image_server(3_000, USUAL) as address:
        of_the_sdk(address, FLYING), of_the_batch(batches, jobs, address, "warm", FLYING)
        usual = [
            (of_the_batch(batches, jobs, address, f"round {number}", SOME), of_the_sdk(address, SOME))
            for number in range(ROUNDS)
        ]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with image_server(3_000, QUICK) as address:
        quick, work = worked(lambda: of_the_batch(batches, jobs, address, "quick", ROWS))
        bare_quick, bare_work = worked(lambda: of_the_sdk(address, ROWS))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    store.close()

    mine, sdk = map(list, zip(*usual, strict=True))
    ratio = table.add(f"{SOME} rows of 200 ms, {FLYING} in flight / the bare SDK", mine, sdk, BOUND)
    what = f"{ROWS:,} rows of 50 ms, {FLYING} in flight"
    table.add(f"{what} / the bare SDK", [quick], [bare_quick], None)
    table.impossible(
        f"{BOUND:.2f} for {what}",
        f"an answer comes every {QUICK / FLYING * 1000:.1f} ms, and a row takes {work:.1f} ms of one process, which "
        f"Python does one after the other: {bare_work:.1f} are the SDK's own.",
    )
    busy = table.add("processor time of such a row / the bare SDK", [work], [bare_work], WORK)
    held = table.add(f"MB that memory grows by {ROWS:,} rows / 50 MB", [grown], [MOST_GROWTH], 1.0)
    assert (ratio <= BOUND, busy <= WORK, held <= 1.0) == (True,) * 3


def worked(rows: Callable[[], float]) -> tuple[float, float]:
    """What ``rows`` gives, and the milliseconds of processor that each of ROWS took this process meanwhile."""
    before = time.process_time()
    return rows(), (time.process_time() - before) * 1000 / ROWS
