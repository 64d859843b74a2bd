"""A run that ends while the page is drawn: nothing on the page goes on saying that it is running."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from types import ModuleType
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.batch import run_row as batch_row
from components.compare import run_row as compare_row
from components.state.services import Services
from tests.pages.batch_tab import opened, wrote
from tests.pages.compare_tab import compared
from tests.pages.converse_tab import FOX, look
from tests.pages.tabs import PATIENCE, has, label, ran, words
from triptych.conversation import Turn
from triptych.conversation.threads import Threads
from triptych.jobs import Jobs
from triptych.many.runs import Runs
from triptych.results import Event, Sent
from triptych.store.values import UNENDED


def batch(app: AppTest) -> AppTest:
    return wrote(opened(app), "a red square", "a blue circle", quality="low")


@pytest.mark.parametrize(("described", "row", "starts"), [(compared, compare_row, "draw"), (batch, batch_row, "run")])
def test_a_page_whose_run_ends_behind_its_buttons_is_drawn_with_the_end(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, described: Callable[[AppTest], AppTest], row: ModuleType, starts: str
) -> None:
    is_running, start, metrics = Runs.running, getattr(row, starts), row._metrics
    held: list[object] = []

    def begun(runs: Runs[Any], *places: object) -> None:
        start(runs, *places)
        held.append(runs)

    def behind(*what: Any) -> None:
        """The buttons are drawn."""
        metrics(*what)
        while held:
            runs = held.pop()
            while is_running.fget(runs):
                runs.wait(runs.version, PATIENCE)

    monkeypatch.setattr(Runs, "running", property(lambda runs: bool(held) or is_running.fget(runs)))
    monkeypatch.setattr(row, starts, begun)
    monkeypatch.setattr(row, "_metrics", behind)
    described(app)

    app.button(key="run").click()
    ran(app)

    assert not held
    assert not label(app).startswith("Running")
    assert not has(app, "cancel")


def test_a_turn_that_ends_behind_the_look_at_its_conversation_is_drawn_with_its_answer(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_sent, looked, start_all, turns = threading.Event(), threading.Event(), Jobs.start_all, Threads.turns

    async def late(events: AsyncIterator[Event]) -> AsyncIterator[Event]:
        async for event in events:
            yield event
            if isinstance(event, Sent):
                is_sent.set()
                await asyncio.to_thread(looked.wait, PATIENCE)

    def held(jobs: Jobs, orders: Sequence[Any]) -> Any:
        return start_all(jobs, [(job, lambda stop, begin=begin: late(begin(stop))) for job, begin in orders])

    def and_then_it_ends(threads: Threads, *of: Any) -> tuple[Turn, ...]:
        if process.jobs.running("local"):
            assert is_sent.wait(PATIENCE)
        found = turns(threads, *of)
        if any(turn.state in UNENDED for turn in found):
            looked.set()
            process.jobs.drain(PATIENCE)
        return found

    monkeypatch.setattr(Jobs, "start_all", held)
    monkeypatch.setattr(Threads, "turns", and_then_it_ends)
    page = look(app)

    page.chat_input(key="message").set_value(FOX)
    ran(page)

    told = words(page)
    assert looked.is_set()
    assert told == words(ran(page))
