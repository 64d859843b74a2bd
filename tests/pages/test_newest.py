"""Which run a page shows: the newest, however much else the process has run since."""

from collections.abc import AsyncIterator

from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages.kept import came_back
from tests.pages.made import drawn
from tests.pages.test_generate_gallery import alts, draw
from triptych.jobs import KEPT, Job
from triptych.request import ImageRequest
from triptych.results import Event
from triptych.servers import DEMO
from triptych.studio import Saved

PATIENCE = 60.0  # seconds


async def said(_stop: object) -> AsyncIterator[Event]:
    """An answer without an image, at once."""
    yield Saved(0, (), {}, None, None, None, 1.0)


def run_many_others(process: Services) -> None:
    """So many runs of another page that the process remembers none that ended before."""
    for number in range(KEPT + 1):
        other = process.jobs.start(
            Job(f"other {number}", "local", "compare", ImageRequest(model="gpt-image-2", prompt="x"), DEMO), said
        )
        while not other.done:
            other.wait(other.version, PATIENCE)


def test_this_tabs_own_run_is_shown_after_fifty_others_and_not_the_one_before(app: AppTest, process: Services) -> None:
    drawn(process.store, "a green square", colour=9)
    assert ["a green square"] == alts(came_back(app))
    draw(app, process, "a red square")

    run_many_others(process)

    assert ["a red square"] == alts(app.run())


def test_what_another_tab_of_the_owner_ran_is_shown_after_fifty_others(app: AppTest, process: Services) -> None:
    assert [] == alts(came_back(app))
    drawn(process.store, "a green square", colour=9)
    assert ["a green square"] == alts(app.run())
    drawn(process.store, "a red square", colour=3)

    run_many_others(process)

    assert ["a red square"] == alts(app.run())
