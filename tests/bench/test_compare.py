"""The Compare page: drawn again with many finished pictures beside few, and how often it changes while they come."""

import itertools
import time
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.services import Services
from tests.bench.conftest import ImageServer, Table
from tests.browser.test_compare import compare, ready
from tests.pages.compare_tab import TWO, compared, sheet
from tests.pages.conftest import configured, engine, process
from tests.pages.kept import kept
from tests.pages.tabs import PATIENCE, press
from tests.serving import ROOT, playground
from triptych.experiment import Axis, Experiment
from triptych.request import ImageRequest
from triptych.request.link import packed

__all__ = ["configured", "engine", "process"]  # fixtures, used by their names

FEW, MANY = 10, 100
PAIRS = 15
BOUND = 2.0

FLYING, SECONDS = 16, 0.2
LONGEST = 1000.0  # milliseconds without a change
WAITING = 60_000  # milliseconds
BASE = ImageRequest(model="gpt-image-2.5-flare", prompt="a lighthouse", size="1024x1024", output_format="jpeg")
AXES = (
    Axis("output_compression", tuple(range(80, 100))),
    Axis("quality", ("low", "medium", "high", "xhigh", "max")),
)
# Looked at once a frame, what can be read and seen counts as a change: the number of pictures, their facts, the counts.
WATCH = """() => {
  const table = [...document.querySelectorAll('*')].map(e => e.shadowRoot?.querySelector('[role=region]')).find(t => t);
  const words = () => [...document.querySelectorAll('[data-testid="stProgress"]')].map(e => e.innerText).join();
  const seen = () => table.textContent + table.querySelectorAll('img').length + words();
  const changes = window.changes = [];
  document.addEventListener('click', () => {
    let last = seen();
    changes.push(performance.now());
    const look = () => {
      const now = seen();
      if (now !== last) changes.push(performance.now());
      last = now;
      if (!window.enough) requestAnimationFrame(look);
    };
    look();
  }, {capture: true, once: true});
}"""
# Asked by itself: while `expect` waits, it reads the whole page anew for its message, half of the browser's time.
READ = "words => document.querySelector('[data-testid=stMain]').textContent.includes(words)"


def finished(count: int) -> AppTest:
    """A tab with so many finished pictures, as many of them in view as the page shows."""
    tab = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    numbers = "|".join(str(number) for number in range(count // len(TWO)))
    compared(tab, prompt=f"square {{{numbers}}}")
    press(tab)
    tab.session_state["compare_down"], tab.session_state["compare_across"] = "prompt", "model"
    tab.run()
    return tab


def milliseconds(tab: AppTest) -> float:
    start = time.perf_counter()
    tab.run()
    return (time.perf_counter() - start) * 1000


def test_a_hundred_finished_pictures_take_at_most_twice_as_long_as_ten(process: Services, table: Table) -> None:
    few, many = finished(FEW), finished(MANY)
    assert FEW == sum(len(row) for row in sheet(few)["cells"])
    assert FEW < sum(len(row) for row in sheet(many)["cells"])
    assert MANY == process.grids.open("local", process.grids.every("local")[0].id).progress.count("done")

    pairs = [(milliseconds(many), milliseconds(few)) for _ in range(PAIRS)]

    for tab in (few, many):
        process.jobs.run(kept(tab, Connection).client.aclose()).result(PATIENCE)
    assert table.add("compare: 100 pictures to 10", *map(list, zip(*pairs, strict=True)), bound=BOUND) <= BOUND


def opened(page: Page, address: str, experiment: Experiment, in_view: int) -> None:
    """Open the page by a link to a comparison, of which so many places are in view."""
    page.goto(f"{address}/compare?settings={packed(experiment.to_json())}")
    expect(page.locator("figure")).to_have_count(in_view, timeout=WAITING)


def test_the_page_changes_at_least_once_a_second_while_a_hundred_pictures_come(
    browser: Browser, table: Table, image_server: ImageServer, tmp_path: Path
) -> None:
    with image_server(3_000, SECONDS) as engine:
        told = {"OPENAI_BASE_URL": engine, "OPENAI_API_KEY": "x", "TRIPTYCH_MAX_CONCURRENCY": str(FLYING)}
        with playground(tmp_path, is_cold=True, **told) as address:
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            opened(page, address, Experiment("warm", replace(BASE, prompt="a warm stove"), (AXES[1],)), FEW // 2)
            compare(page, FEW // 2)
            expect(page.get_by_text(ready(FEW // 2))).to_be_visible(timeout=WAITING)
            opened(page, address, Experiment("bench", BASE, AXES), 70)  # 14 rows of the 20
            page.evaluate(WATCH)
            compare(page, MANY)
            page.wait_for_function(READ, arg=ready(MANY), polling=100, timeout=WAITING)
            changes: list[float] = page.evaluate("(window.enough = true, window.changes)")
            page.context.close()

    gaps = [later - sooner for sooner, later in itertools.pairwise(changes)]
    assert len(gaps) > 1
    assert table.add("compare: longest pause while 100 come", [max(gaps)], [LONGEST], bound=1.0) <= 1.0
