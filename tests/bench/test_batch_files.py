"""The page of a batch of a thousand rows beside that of ten, the memory of its files, and the time of the most rows."""

import resource
import sys
import time
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from components.frame import lifecycle, streamed
from components.state.services import PLACE, Services, services
from tests.bench.conftest import ImageServer, Table
from tests.pages.conftest import configured
from tests.serving import ROOT, in_thread
from triptych.batch import lines
from triptych.batch.batch import Batch, BatchInput
from triptych.batch.exports import zip_of
from triptych.batch.table import MOST_ROWS
from triptych.request import ImageRequest
from triptych.servers import OPENAI
from triptych.settings import settings

__all__ = ["configured"]  # a fixture, which says who may read

FEW, MANY = 10, 1000
TURNS = 9
BOUND = 2.0
MOST_GROWTH = 50.0  # MB
PIECE = 1 << 18  # bytes that the reader takes at once
BYTES = 300_000  # of an image: all of them are six times what memory may grow by
BASE = ImageRequest(model="gpt-image-2.5-flare", prompt="", size="1024x1024", quality="low")
PATIENCE = 60.0  # seconds
AT_MOST = 4.0  # seconds of the processor from the most prompts that can be pasted to what they cost


@pytest.fixture
def process(image_server: ImageServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """The services of a process of the test's own, on a server that answers at once."""
    monkeypatch.setattr(lifecycle, "WARM_AFTER", 3600.0)
    sys.modules.pop(PLACE, None)
    with image_server(BYTES, 0.0) as address:
        for name, value in {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "none"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("TRIPTYCH_SERVER_KIND", "like-openai")
        monkeypatch.setenv("TRIPTYCH_MAX_CONCURRENCY", "16")
        settings.cache_clear()
        yield services()
    services().store.close()
    sys.modules.pop(PLACE)


def ran(process: Services, rows: int) -> Batch:
    """A batch of so many rows that has ended."""
    client = process.own_client
    made_of = BatchInput(lines("\n".join(f"{rows}, fox {number}" for number in range(rows))), "", BASE, name=f"{rows}")
    batch = process.batches.keep("local", made_of, made_of.plan(client.account.server), client.account)
    process.batches.start(batch, client)
    while batch.running:
        batch.wait(batch.version + 50, 1.0)
    assert rows == batch.progress.count("done")
    process.batches.refresh(batch)
    return batch


def tab_of(batch: Batch) -> AppTest:
    """A tab that shows it."""
    tab = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    tab.switch_page("pages/batch.py").run()
    if not tab.button(key=f"batch_open_{batch.id}").disabled:
        tab.button(key=f"batch_open_{batch.id}").click().run()
    assert not tab.exception
    assert len(batch.requests) == len(next(one.value for one in tab.dataframe if "State" in one.value.columns))
    return tab


def rerun(tab: AppTest) -> float:
    """Milliseconds of one run of the page."""
    started = time.perf_counter()
    tab.run()
    return (time.perf_counter() - started) * 1000


def held() -> float:
    """MB of memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / (1 << 20)


def downloaded(batch: Batch, process: Services, to: Path) -> tuple[float, float]:
    """MB of its ZIP, read to a file from the process that serves it, and by how many that one grew at most."""
    offer = streamed.offered(streamed.Offer("local", "all.zip", partial(zip_of, batch, process.store)))
    before = most = held()
    with (
        in_thread(Starlette(routes=[streamed.route("")])) as address,
        urlopen(f"{address}{streamed.PATH}{offer.token}") as answer,
        to.open("wb") as out,
    ):
        while piece := answer.read(PIECE):
            out.write(piece)
            most = max(most, held())
    return to.stat().st_size / (1 << 20), most - before


def test_a_batch_of_a_thousand_rows_is_as_quick_to_look_at_and_small_to_take_away(
    process: Services, table: Table, tmp_path: Path
) -> None:
    few, many = ran(process, FEW), ran(process, MANY)
    tabs = tab_of(few), tab_of(many)
    turns = [(rerun(tabs[1]), rerun(tabs[0])) for _ in range(TURNS)]

    mine, other = map(list, zip(*turns, strict=True))
    ratio = table.add(f"a rerun of the page of {MANY:,} finished rows / of {FEW}", mine, other, BOUND)

    size, grown = downloaded(many, process, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert 2 * MANY == len(archive.namelist())
    what = f"MB that sending a ZIP of {MANY:,} images ({size:.0f} MB) grows the server by / 50 MB"
    kept = table.add(what, [grown], [MOST_GROWTH], 1.0)
    assert (ratio <= BOUND, kept <= 1.0) == (True, True)


def test_the_most_rows_are_planned_and_priced_in_seconds(table: Table) -> None:
    text = "\n".join(f"A red fox number {number} in the snow, studio light" for number in range(MOST_ROWS))
    began = time.process_time()
    plan = BatchInput(lines(text), "", BASE).plan(OPENAI)
    coming = plan.forecasts()[""]
    taken = time.process_time() - began

    assert MOST_ROWS == coming.drawings
    what = f"processor time from {MOST_ROWS:,} pasted prompts to what they cost / {AT_MOST:g} s"
    assert table.add(what, [taken * 1000], [AT_MOST * 1000], 1.0) <= 1.0
