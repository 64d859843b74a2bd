"""The table of what the tab's server can do: found out for free, corrected by a person."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.services import Services
from tests.pages.kept import kept
from tests.pages.servers import Stub, listing
from tests.pages.tabs import PATIENCE, environment, read, save, tab
from triptych.request import ImageRequest
from triptych.results import Finished

if TYPE_CHECKING:
    from triptych.client import ImageClient

pytestmark = pytest.mark.usefixtures("framed")

UNDATED = {"Preset", "Your choice"}


@pytest.fixture
def proxy() -> Iterator[Stub]:
    """A proxy that lists no models and has edits; it tells by the status of a GET what is there."""
    there = {"/v1/images/generations": 405, "/v1/images/edits": 405}
    with listing(status=404, statuses=there) as stub:
        yield stub


def table(page: AppTest) -> dict[str, tuple[str, str]]:
    """By capability what the server can do and how that is known."""
    (found,) = [one.value for one in page.table if "Known from" in one.value.columns]
    known = {row["What"]: (row["This server"], row["Known from"].partition(",")[0]) for _, row in found.iterrows()}
    assert all("," in row["Known from"] for _, row in found.iterrows() if known[row["What"]][1] not in UNDATED)
    return known


def can(page: AppTest, field: str) -> object:
    return getattr(kept(page, Connection).account.server, field)


def test_the_table_of_the_demo_engine_is_not_to_be_corrected(process: Services) -> None:
    page = tab()

    (shown,) = [one.value for one in page.table if "This server" in one.value.columns]
    assert ["What", "This server"] == [*shown.columns]  # all of it is known in advance
    assert "Yes" == dict(zip(shown["What"], shown["This server"], strict=True))["Edits"]
    assert "can_edits" not in [box.key for box in page.selectbox]


def test_what_a_proxy_without_a_model_list_has_is_found_out_and_corrected(process: Services, proxy: Stub) -> None:
    page = read(save(tab(), engine="compatible", base_url=proxy.base_url))
    assert ("Yes", "Detected") == table(page)["Edits"]
    assert ("No", "Preset") == table(page)["Streaming"]
    assert "/v1/images/edits" in [path for path, _ in proxy.probed]

    page.selectbox(key="can_mask").set_value("Transparent = change").run()
    page.selectbox(key="can_edits").set_value("No").run()

    assert (("Transparent = change", "Your choice"), ("No", "Your choice")) == (
        table(page)["Masks"],
        table(page)["Edits"],
    )
    assert ("alpha", False) == (can(page, "mask"), can(page, "edits"))

    page.selectbox(key="can_edits").set_value("As found").run()

    assert (True, "alpha") == (can(page, "edits"), can(page, "mask"))


def test_another_account_begins_without_the_choices_for_the_last(process: Services, proxy: Stub) -> None:
    page = read(save(tab(), engine="compatible", base_url=proxy.base_url))
    page.selectbox(key="can_mask").set_value("White = change").run()

    page = read(save(page))

    assert ("No", "As found") == (table(page)["Masks"][0], page.selectbox(key="can_mask").value)


def test_what_the_environment_says_the_server_is_counts_more_than_its_answers(
    process: Services, proxy: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(monkeypatch, OPENAI_BASE_URL=proxy.base_url, TRIPTYCH_SERVER_KIND="localai")

    page = read(tab())

    assert ("No", "Preset") == table(page)["Edits"]


def restarted(process: Services) -> None:
    """Let the process know of servers what its records say, and nothing else."""
    vars(process.store).pop("known_servers").close()


def test_what_was_found_is_known_after_a_restart_without_asking_and_is_asked_anew_by_a_button(
    process: Services, proxy: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    process.store.answers()  # the records are begun
    environment(monkeypatch, OPENAI_BASE_URL=proxy.base_url)
    assert ("Yes", "Detected") == table(read(tab()))["Edits"]
    asked = len(proxy.probed)
    restarted(process)

    page = read(tab())

    assert ("Yes", "Detected") == table(page)["Edits"]
    assert asked == len(proxy.probed)

    page = page.button(key="detect_again").click().run()
    page = read(page)

    assert ("Yes", "Detected") == table(page)["Edits"]
    assert 2 * asked == len(proxy.probed)


async def drawn(client: "ImageClient") -> None:
    request = ImageRequest(model="gpt-image-2", prompt="a lighthouse", size="1024x1024", quality="low")
    assert any([isinstance(event, Finished) async for event in client.draw(request)])


def test_the_first_image_tells_whether_usage_comes_and_in_whose_size(process: Services) -> None:
    own = {"base_url": process.engine.base_url, "api_key": process.engine.token}
    page = read(save(tab(), engine="compatible", **own))
    rows = [table(page)[name] for name in ("Token usage", "Image sizes")]
    assert [("Not known yet", "Preset")] * 2 == rows

    process.jobs.run(drawn(process.client(kept(page, Connection).account))).result(PATIENCE)

    rows = [table(page.run())[name] for name in ("Token usage", "Image sizes")]
    assert [("Yes", "Seen in an image"), ("As requested", "Seen in an image")] == rows
    page.selectbox(key="can_usage").set_value("No").run()
    assert ("No", "Your choice") == table(page)["Token usage"]
