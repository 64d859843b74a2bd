"""A grid beside what its calls alone would take."""

import time
from pathlib import Path

from components.services import spare_what_stays
from tests.bench.conftest import ImageServer, Table
from triptych.budget import Budget
from triptych.client import ImageClient, Pace
from triptych.experiment import Axis, Experiment, Grids
from triptych.experiment.forecast import makespan
from triptych.jobs import Jobs
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI, Account
from triptych.store import Store
from triptych.studio import Studio

CELLS, FLYING, SECONDS = 100, 16, 0.2
ROUNDS = 3
BASE = ImageRequest(model="gpt-image-2.5-flare", prompt="a lighthouse", size="1024x1024", output_format="jpeg")


def test_a_grid_takes_hardly_longer_than_its_calls(table: Table, image_server: ImageServer, tmp_path: Path) -> None:
    spare_what_stays()  # as the server does
    store, jobs = Store(tmp_path / "images"), Jobs()
    grids = Grids(jobs, Studio(store, Budget(store, {})))

    def seconds(address: str, prompt: str) -> float:
        account = Account(address, "none", server=LIKE_OPENAI)
        client = ImageClient(account, Pace(FLYING))
        axes = (Axis("prompt", (prompt,)), Axis("quality", ("low", "medium", "high", "xhigh", "max")),
                Axis("output_compression", tuple(range(80, 100))))  # fmt: skip
        grid = grids.keep("local", Experiment("bench", BASE, axes), account)
        started = time.perf_counter()
        grids.start(grid, client)
        while grid.running:
            grid.wait(grid.version, 1.0)
        took = time.perf_counter() - started
        assert CELLS == grid.progress.count("done")
        jobs.run(client.aclose()).result(10)
        return took

    with image_server(3_000, SECONDS) as address:
        seconds(address, "warm")
        mine = [seconds(address, f"round {number}") * 1000 for number in range(ROUNDS)]
    ideal = makespan([SECONDS] * CELLS, FLYING) * 1000  # seven rounds of 16, the last one not full
    bound = 1.10
    assert table.add("100 cells of 200 ms, 16 in flight / their calls", mine, [ideal] * ROUNDS, bound) <= bound
    store.close()
