"""A living process settles what dead ones left, every half minute (TRUST.md M12)."""

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from components.frame import lifecycle as here
from components.frame.lifecycle import look, look_without_visitors, watch
from components.state.services import PLACE, Services, services
from tests.triptych.store.drawn import entry
from tests.triptych.studio.conftest import forget_process
from triptych.engine.serve import Engine
from triptych.request import ImageRequest, TurnOptions
from triptych.results import Finished
from triptych.store import Recovery
from triptych.studio import Saved

PATIENCE = 60.0  # seconds


@pytest.fixture
def process() -> Iterator[Services]:
    """The services of a process of the test's own, with a run that a dead one left."""
    sys.modules.pop(PLACE, None)
    made = services()
    made.store.journal.open(entry("t"))
    made.store.journal.sent("t", 0, 1)
    forget_process(made.store)
    yield made
    if watching := getattr(sys.modules[PLACE], "watch", None):
        watching.set()
    sys.modules.pop(PLACE)
    made.store.close()


def test_a_look_settles_what_a_dead_process_left(process: Services) -> None:
    look(process)

    assert {"t": "unknown"} == process.store.journal.statuses(["t"])


def test_it_looks_even_where_nobody_opens_a_page(process: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "LOOK", 0.01)

    look_without_visitors().join(PATIENCE)

    assert {"t": "unknown"} == process.store.journal.statuses(["t"])
    assert hasattr(sys.modules[PLACE], "watch")


def test_a_process_that_lives_looks_again_and_again(process: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "LOOK", 0.01)
    looked = threading.Semaphore(0)
    recover = process.store.journal.recover

    def told() -> Recovery:
        found = recover()
        looked.release()
        return found

    monkeypatch.setattr(process.store.journal, "recover", told)
    watch()
    assert all(looked.acquire(timeout=PATIENCE) for _ in range(2))
    process.store.journal.open(entry("later"))
    process.store.journal.sent("later", 0, 1)
    forget_process(process.store)
    while looked.acquire(blocking=False):
        pass

    assert all(looked.acquire(timeout=PATIENCE) for _ in range(2))
    assert "unknown" == process.store.journal.statuses(["later"])["later"]


def test_who_holds_the_home_says_so_in_its_name(process: Services) -> None:
    assert process.store.journal.presence.home


@pytest.fixture
def lost(process: Services) -> Iterator[Engine]:
    """The engine that has answered a turn, and the records of a dead process that never got the answer."""
    request = ImageRequest(model="gpt-image-2", prompt="a red fox", size="1024x1024", quality="low", turn=TurnOptions())
    process.__dict__["engine"] = engine = Engine.start(pace=0)
    answer = process.jobs.run(answered(process, request)).result(PATIENCE)
    process.store.journal.open(replace(entry("turn"), request=request, engine="demo", charged=False))
    process.store.journal.sent("turn", 0, 1)
    process.store.journal.response_id("turn", 0, answer.got["response_id"])
    forget_process(process.store)
    yield engine
    engine.stop()


async def answered(process: Services, request: ImageRequest) -> Finished:
    (found,) = [one async for one in process.own_client.draw(request) if isinstance(one, Finished)]
    return found


@pytest.fixture
def fetched(process: Services, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when an answer has come late."""
    came, late = threading.Event(), process.jobs.late

    def told(ticket: str, saved: Saved) -> None:
        late(ticket, saved)
        came.set()

    monkeypatch.setattr(process.jobs, "late", told)
    return came


def test_a_look_fetches_the_answer_to_a_turn_that_a_dead_process_sent(
    process: Services, lost: Engine, fetched: threading.Event
) -> None:
    look(process)

    assert fetched.wait(PATIENCE)
    assert {"turn": "done"} == process.store.journal.statuses(["turn"])
    assert ["POST", "GET"] == [one.method for one in lost.log]


def tab() -> None:
    from components.state.account import session
    from triptych.servers import DEMO, Account, Listing

    session().account = Account("", server=DEMO)
    session().has_read(Listing())


def test_a_tab_with_a_key_that_works_fetches_what_its_server_still_owes(
    process: Services, lost: Engine, fetched: threading.Event
) -> None:
    process.store.journal.recover()

    assert not AppTest.from_function(tab, default_timeout=PATIENCE).run().exception

    assert fetched.wait(PATIENCE)
    assert {"turn": "done"} == process.store.journal.statuses(["turn"])
