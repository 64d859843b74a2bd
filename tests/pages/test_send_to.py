"""From an image to the page that goes on with it: what is sent waits for that page, and is taken up once."""

import pytest
from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages.edit_tab import inputs
from tests.pages.history_tab import click, look
from tests.pages.made import drawn
from triptych.store import Record, Store


@pytest.fixture
def store(process: Services) -> Store:
    """Where the pages of this test keep what was made."""
    return process.store


@pytest.fixture
def record(store: Store) -> Record:
    """A run with its image."""
    return drawn(store, "a red boat")


@pytest.fixture
def details(app: AppTest, record: Record) -> AppTest:
    """The History page with its details open."""
    return click(look(app), f"open_{record.id}")


def test_an_image_sent_to_edit_is_its_only_input(details: AppTest, record: Record) -> None:
    click(details, f"edit_details_{record.id}")

    assert record.stored
    assert ("Edit", "Paint") == (details.title[0].value, details.session_state["edit_mode"])
    assert [record.stored.sha256] == [one.sha256 for one in inputs(details)]


def test_an_image_sent_to_be_varied_opens_the_variations(details: AppTest, record: Record) -> None:
    click(details, f"vary_details_{record.id}")

    assert ("Variations", 1) == (details.session_state["edit_mode"], len(inputs(details)))


def test_what_was_sent_is_taken_up_once(details: AppTest, record: Record) -> None:
    click(details, f"edit_details_{record.id}")
    assert record.stored
    click(details, f"remove_{record.stored.sha256}")

    look(details)
    back = details.switch_page("pages/edit.py").run()

    assert () == inputs(back)


def test_an_image_whose_file_is_gone_is_said_where_it_was_sent(details: AppTest, record: Record, store: Store) -> None:
    assert record.stored
    sha256 = record.stored.sha256
    store.files.place.remove(f"originals/{sha256[:2]}/{sha256}.png")

    click(details, f"edit_details_{record.id}")

    said = " ".join(info.value for info in details.info).replace("\\", "")
    assert "is missing" in said
    assert ("Edit", ()) == (details.title[0].value, inputs(details))


def test_an_image_sent_to_compare_brings_its_prompt_and_settings(details: AppTest, record: Record) -> None:
    click(details, f"compare_details_{record.id}")

    assert ("Compare", "a red boat") == (details.title[0].value, details.session_state["prompt"])
    assert record.request.model == details.session_state["model"]
