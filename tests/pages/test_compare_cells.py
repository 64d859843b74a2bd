"""One cell of a comparison: raised to the next tier, cancelled alone, seen in stages, looked at large."""

import asyncio
import threading
import time
from threading import Event

import pytest
from streamlit.testing.v1 import AppTest

from components.compare.pivot import View
from components.compare.plan import Plan
from components.compare.rows import Addresses, matrix_of
from components.frame import server_probe
from components.state.account import Connection
from components.state.services import Services
from tests.pages.compare_tab import TWO, act, compared, shots, states
from tests.pages.kept import kept
from tests.pages.tabs import PATIENCE, press, ran, words
from tests.serving import ROOT
from triptych.engine.serve import Engine
from triptych.errors import Unreachable
from triptych.servers import GENERIC, LIKE_OPENAI, LITELLM, Account, Listing
from triptych.store import Stored

UNKNOWN = LITELLM  # sends nothing that the demo engine does not take
SLOW = 40.0  # of the engine's pace: a minute a picture, so that nothing ends before it is cancelled


def texts(app: AppTest) -> list[str]:
    return [str(text.value) for text in app.text]


def finish(app: AppTest, process: Services) -> AppTest:
    process.jobs.drain(PATIENCE)
    return ran(app)


def test_a_draft_is_promoted_and_only_it_is_drawn_at_the_next_tier(
    app: AppTest, engine: Engine, process: Services
) -> None:
    press(compared(app))
    draft = shots(app)[0]
    assert "promote" in draft["can"]

    finish(act(app, "promote", draft["key"]), process)

    assert 3 == states(app).count("done")
    assert 3 == sum(entry.method == "POST" for entry in engine.log)
    assert "medium" in app.session_state["compare_values_quality"]


def test_a_click_before_the_server_is_known_draws_on_what_it_turns_out_to_be(
    app: AppTest, engine: Engine, process: Services
) -> None:
    """Pictures drawn on a kind of server nobody knows yet would be gone from the page as soon as it is known."""

    waited_for = Event()

    async def late() -> Listing:
        await asyncio.to_thread(waited_for.wait, PATIENCE)
        return Listing.of({"id": model} for model in TWO)

    def result(_seconds: float) -> Listing:
        waited_for.set()
        return wait(PATIENCE)

    kept(app, Connection).account = Account(engine.base_url, engine.token, server=GENERIC)
    kept(app, Connection).reading = reading = process.jobs.run(late())
    wait, reading.result = reading.result, result  # type: ignore[method-assign]
    compared(app)

    press(app)

    assert ["done", "done"] == states(app)
    assert 2 == len(engine.log)


@pytest.mark.usefixtures("framed")
def test_what_was_drawn_before_the_server_was_known_stays_on_the_page(
    app: AppTest, engine: Engine, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_probe, "READING", 0.01)
    may_come = threading.Event()

    async def late() -> Listing:
        await asyncio.to_thread(may_come.wait, PATIENCE)
        return Listing.of({"id": model} for model in TWO)

    kept(app, Connection).account = Account(engine.base_url, engine.token, server=UNKNOWN)
    kept(app, Connection).reading = reading = process.jobs.run(late())
    press(compared(app, compare_vary=["model"]))
    before = states(app)

    may_come.set()
    reading.result(PATIENCE)
    ran(app)

    assert LIKE_OPENAI is kept(app, Connection).account.server
    assert before == states(app) == ["done"] * len(before)


def test_a_new_tab_that_cannot_read_the_model_list_shows_what_was_drawn(
    app: AppTest, engine: Engine, process: Services
) -> None:
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=LIKE_OPENAI)
    press(compared(app))

    tab = found_again(engine, Listing(error=Unreachable("The server did not list its models.")))

    assert ["done", "done"] == states(tab)
    assert ["low"] == tab.session_state["compare_values_quality"]
    informed = found_again(engine, Listing.of([{"id": "flux.1-dev"}]))  # another server has taken that address since
    assert GENERIC is kept(informed, Connection).account.server


def found_again(engine: Engine, listing: Listing) -> AppTest:
    """The Compare page of a new tab that has read this of the engine, and knows nothing else of it."""
    tab = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    kept(tab, Connection).account = Account(engine.base_url, engine.token, server=GENERIC)
    kept(tab, Connection).listing = listing
    tab.run()
    return ran(tab.switch_page("pages/compare.py"))


def test_one_cell_is_cancelled_and_the_other_goes_on(app: AppTest, engine: Engine, process: Services) -> None:
    engine.app.state.pace = SLOW
    compared(app).button(key="run").click().run()
    first, second = (shot["key"] for shot in shots(app))
    assert (True, "Running · 2 images") == (app.button(key="run").disabled, app.button(key="run").label)  # and why

    act(app, "cancel", first)
    (grid,) = process.grids.every("local")
    running = process.grids.open("local", grid.id)
    while {"queued", "drawing"} >= {state.status for state in running.states}:
        assert running.wait(running.version, PATIENCE)
    found = {shot["key"]: shot["state"] for shot in shots(ran(app))}
    app.button(key="cancel").click().run()
    finish(app, process)

    assert "cancelled" == found[first]
    assert found[second] in {"queued", "drawing"}
    assert ["cancelled", "cancelled"] == states(app)
    assert "0 of 2 ready · 2 canceled" in words(app)


def test_stages_of_a_picture_are_seen_in_its_cell(app: AppTest, engine: Engine, process: Services) -> None:
    engine.app.state.pace = 4.0
    compared(app, compare_values_model=[TWO[0]], partial_images=3).button(key="run").click().run()
    deadline = time.monotonic() + PATIENCE

    while not (shot := shots(ran(app))[0])["src"]:  # each run of the page waits for news itself
        assert time.monotonic() < deadline
    app.button(key="cancel").click().run()
    finish(app, process)

    assert "drawing" == shot["state"]
    assert shot["note"].startswith("stage ")
    assert not shot["opens"]


def test_the_large_view_turns_to_the_next_picture_and_back(app: AppTest) -> None:
    press(compared(app))
    first, second = (shot["key"] for shot in shots(app))
    act(app, "open", first)
    assert "1 of 2" in texts(app)
    assert app.button(key="large_previous").disabled

    press(app, "large_next")
    assert "2 of 2" in texts(app)
    assert second == app.query_params["image"]
    assert app.button(key="large_next").disabled
    press(app, "large_previous")

    assert "1 of 2" in texts(app)


def test_a_picture_that_is_shown_already_is_not_read_again_while_the_others_come(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(compared(app))
    (saved,) = process.grids.every("local")
    grid = process.grids.open("local", saved.id)
    plan, view = Plan(grid.experiment, grid, grid), View(None, None, (None,), (None,), dict(grid.cells[0].coordinates))
    read: list[Stored] = []
    monkeypatch.setattr(process.store, "preview", lambda stored, _: read.append(stored) or b"small")
    addresses: Addresses = {}

    drawn = [
        matrix_of(plan, view, picked=(), score=lambda _: "", rises=lambda _: False, addresses=addresses)
        for _ in range(3)
    ]

    assert list(grid.states[0].pictures) == read
    assert [drawn[0].cells[0][0][0].src] * 3 == [one.cells[0][0][0].src for one in drawn]
    assert drawn[0].cells[0][0][0].src.startswith("data:image/jpeg;base64,")
