"""The connections of an account that a tab uses no more are closed, and not before what they serve has ended."""

from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.services import Services
from tests.pages.form import PATIENCE
from tests.pages.kept import kept
from tests.pages.tabs import save
from tests.triptych.test_jobs import job, until_stopped
from triptych.client import ImageClient


def is_closed(client: ImageClient, process: Services) -> bool:
    process.jobs.run(nothing()).result(PATIENCE)
    assert client._sdk is not None
    return client._sdk.is_closed()


async def nothing() -> None:
    """Runs on the loop after all that is on it already."""


def test_an_account_that_is_changed_leaves_no_connection_open(app: AppTest, process: Services) -> None:
    kept(app, Connection).client = client = process.client(kept(app, Connection).account)
    client.check()

    save(app.switch_page("pages/settings.py").run(), engine="openai", api_key="sk-test-of-another")

    assert is_closed(client, process)
    assert kept(app, Connection).client is None


def test_what_is_being_drawn_for_it_ends_first(app: AppTest, process: Services) -> None:
    kept(app, Connection).client = client = process.client(kept(app, Connection).account)
    client.check()
    running = process.jobs.start(job("t", "local"), until_stopped)

    save(app.switch_page("pages/settings.py").run(), engine="openai", api_key="sk-test-of-another")
    assert not is_closed(client, process)
    running.cancel()
    while not running.done:
        running.wait(running.version, PATIENCE)

    assert is_closed(client, process)
