"""The Compare page with a hundred finished pictures beside the same with ten: how long it takes to draw it again."""

import time

from streamlit.testing.v1 import AppTest

from components.services import Services
from tests.bench.conftest import Table
from tests.pages.compare_tab import PATIENCE, TWO, compared, press, sheet
from tests.pages.conftest import address, engine, process
from tests.serving import ROOT

__all__ = ["address", "engine", "process"]  # fixtures, used by their names

FEW, MANY = 10, 100
PAIRS = 15
BOUND = 2.0


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
        process.jobs.run(tab.session_state["_client"].aclose()).result(PATIENCE)
    assert table.add("compare: 100 pictures to 10", *map(list, zip(*pairs, strict=True)), bound=BOUND) <= BOUND
