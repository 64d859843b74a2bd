"""The conversations of the Converse page: found, opened, named, deleted, folded, exported and imported."""

import io
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

from components.state.services import services
from tests.pages.converse_tab import FOX, PATIENCE, click, look, say, shown, thread, turns
from tests.pages.made import drawn
from tests.serving import ROOT


@pytest.fixture
def talked(app: AppTest) -> AppTest:
    """The page after one turn."""
    return say(look(app), FOX)


def test_conversations_are_found_renamed_and_deleted_with_a_way_back(talked: AppTest) -> None:
    own = thread(talked)
    talked.text_input(key="thread_name").set_value("Foxes").run()
    click(talked, "thread_new")
    assert "" == talked.session_state["thread"]
    click(talked, "continue_last")
    assert own.id == talked.session_state["thread"]
    click(talked, "thread_new")
    talked.text_input(key="thread_words").set_value("fox snow").run()
    click(talked, f"thread_open_{own.id}")
    assert "Foxes" == thread(talked).name

    click(talked, "thread_delete")
    assert "" == talked.session_state["thread"]
    click(talked, "thread_restore")
    assert own.id == talked.session_state["thread"]


def test_two_conversations_of_one_name_are_told_apart(talked: AppTest) -> None:
    click(talked, "thread_new")
    say(talked, FOX)

    assert ["New conversation", FOX, f"{FOX} (2)"] == list(talked.selectbox(key="thread").options)
    assert 1 == len(turns(talked))


def test_the_address_opens_the_conversation_in_another_tab(talked: AppTest) -> None:
    own, other = thread(talked), AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    other.query_params["thread"] = talked.query_params["thread"]
    other.run()

    assert own.id == look(other).session_state["thread"]
    assert [FOX] == shown(other)


def test_an_image_sent_here_begins_a_conversation_that_changes_it(app: AppTest) -> None:
    record = drawn(services().store, "a red boat")
    history = app.switch_page("pages/history.py").run()
    click(click(history, f"open_{record.id}"), f"converse_details_{record.id}")
    assert "Converse" == history.title[0].value
    assert ["The image to change"] == [image.proto.imgs[0].alt for image in history.get("image")]

    say(history, "add a tree")

    assert record.stored
    assert [record.stored.sha256] == [one.sha256 for one in turns(history)[0].request.images]


def test_a_conversation_that_was_exported_is_imported_with_its_images(talked: AppTest) -> None:
    say(talked, "the same at night")
    packed = services().threads.export(thread(talked))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert any(name.endswith(".md") for name in archive.namelist())
    first = thread(talked).id

    talked.file_uploader(key="thread_file_0").set_value(("foxes.zip", packed, "application/zip")).run()

    assert first != thread(talked).id
    assert [FOX, "the same at night"] == shown(talked)
    assert all(turn.records for turn in turns(talked))


def test_of_a_long_conversation_the_last_turns_are_shown_and_the_others_folded(talked: AppTest) -> None:
    for number in range(5):
        say(talked, f"flurb the zibble {number}")

    assert 4 == len(shown(talked))
    click(talked, "turns_earlier")
    assert 6 == len(shown(talked))
