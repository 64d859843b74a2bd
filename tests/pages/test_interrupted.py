"""Runs that were queued when their process was killed: offered where they stood, sent by one click and only once."""

import json
from collections import Counter

import pytest
from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.services import Services
from tests import forks
from tests.pages.form import captions, press, refusals
from tests.pages.kept import kept
from tests.pages.test_budget import restart
from tests.pages.test_queue import posts
from tests.serving import ROOT
from triptych.engine.serve import Engine
from triptych.request import ImageRequest
from triptych.servers import LIKE_OPENAI, Account
from triptych.settings import settings
from triptych.store import Entry, Record

PATIENCE = 60.0  # seconds
REQUEST = ImageRequest(model="gpt-image-2.6-flare", prompt="a red square", size="1024x1024", quality="low")


def tab() -> AppTest:
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    assert not opened.exception
    return opened


def heard(app: AppTest) -> str:
    return "\n".join(one.value for one in app.markdown) + captions(app)


def made(process: Services) -> tuple[Record, ...]:
    return process.store.history.search("local").records


def queue_and_kill(process: Services, engine: Engine) -> None:
    """Queue three runs in a process that is killed when the first is out and the others wait."""
    engine.app.state.pace = 60
    where = {"images": str(settings().images), "database": settings().database}
    order = json.dumps({**where, "url": engine.base_url, "token": engine.token})
    with forks.talking("-m", "tests.pages.queuer", order) as child:
        told: Counter[str] = Counter()
        while told["Sent"] < 1 or told["Queued"] < 2:
            line = child.stdout.readline()
            assert line, told
            told[line.strip()] += 1
        child.kill()
    engine.app.state.pace = 0


def test_what_was_queued_when_its_process_was_killed_is_sent_by_one_click_and_what_was_out_is_not(
    process: Services, engine: Engine
) -> None:
    queue_and_kill(process, engine)
    app, other = tab(), tab()

    assert "**2 queued runs were not sent**" in heard(app)
    assert "low · about $" in captions(app)
    assert app.button(key="send_interrupted").label.startswith("Send 2 queued runs · about $")
    assert ["a red square"] == [one.request.prompt for one in made(process)]

    press(app, "send_interrupted")
    process.jobs.drain(PATIENCE)
    assert "not sent" not in heard(app.run())
    sent = [("a blue square", "done"), ("a green square", "done"), ("a red square", "unknown")]
    assert sent == sorted((one.request.prompt, one.status) for one in made(process))

    press(other, "send_interrupted")
    process.jobs.drain(PATIENCE)
    said = [("Look at the run you already started", "This run was sent or discarded in another tab.")]
    assert said == refusals(other.run())
    assert sent == sorted((one.request.prompt, one.status) for one in made(process))


@pytest.fixture
def interrupted(process: Services) -> None:
    """A queued run of a process that is gone."""
    process.store.journal.open(Entry(ticket="t", request=REQUEST, engine="demo", charged=False))
    restart(process)


@pytest.mark.usefixtures("interrupted")
def test_queued_runs_can_be_discarded_and_stay_so(process: Services, engine: Engine) -> None:
    app = tab()
    assert "**1 queued run was not sent**" in heard(app)

    press(app, "discard_interrupted")
    assert "not sent" not in heard(app)
    press(app, "undo_discard")
    assert "**1 queued run was not sent**" in heard(app)
    press(app, "discard_interrupted")

    assert "not sent" not in heard(app)
    assert "not sent" not in heard(tab())
    assert 0 == posts(engine)


@pytest.mark.usefixtures("interrupted")
def test_queued_runs_of_another_engine_wait_for_it(process: Services, engine: Engine) -> None:
    app = tab()
    kept(app, Connection).account = Account(engine.base_url, engine.token, server=LIKE_OPENAI, recognised=False)

    app.run()

    assert "1 for Demo: choose that engine to send." in captions(app)
    assert "send_interrupted" not in [button.key for button in app.button]
    assert ["Open Settings"] == [link.proto.label for link in app.get("page_link")]
