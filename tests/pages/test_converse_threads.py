"""The conversations of the Converse page: found, opened, named, deleted, folded, exported and imported."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit.testing.v1 import AppTest

from components.state.account import Connection
from components.state.services import services
from tests.pages.converse_tab import FOX, PATIENCE, captions, click, heard, look, say, shown, talk, thread, turns
from tests.pages.kept import kept
from tests.pages.made import drawn
from tests.serving import ROOT, in_thread
from tests.triptych.client.raw import b64
from tests.triptych.client.raw import png as square
from tests.triptych.client.turns import CALL, WORDS, response
from triptych.servers import LIKE_OPENAI, Account


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


def test_a_new_conversation_stays_open_in_a_run_that_was_asked_for_before_the_browser_heard_of_it(
    talked: AppTest,
) -> None:
    before = talked.query_params["thread"]
    look(talked)  # with the address of the conversation: the browser has heard of it
    click(talked, "thread_new")
    assert "thread" not in talked.query_params

    talked.query_params["thread"] = before
    look(talked)

    assert "" == talked.session_state["thread"]


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


def test_every_image_of_a_turn_is_shown_paid_used_and_exported(app: AppTest) -> None:
    calls = [{**CALL, "id": f"ig_{edge}", "result": b64(square(edge))} for edge in (64, 96)]
    with answering(response("completed", WORDS, *calls)) as base_url:
        kept(app, Connection).account = Account(base_url, "key", server=LIKE_OPENAI, recognised=False)
        page = say(look(app), "two foxes")

    (turn,) = turns(page)
    assert 2 == len([one for one in page.get("image") if "fox" in str(one.proto)])
    assert "2 images" in captions(page)
    assert "2 images ready" == heard(turn)
    assert sum(record.dollars or 0 for record in turn.records) == (turn.image_cost or 0) + (turn.text_cost or 0)
    click(page, f"use_{turn.id}_1")
    first, second = (record.stored for record in turn.records)
    base = talk(page).next.base
    assert second
    assert base
    assert second.sha256 == base.sha256
    taken = services().threads.take_in("local", services().threads.export(thread(page)))
    assert [first, second] == [record.stored for one in services().threads.turns(taken) for record in one.records]


@contextmanager
def answering(said: Mapping[str, Any]) -> Iterator[str]:
    """A server that answers every turn so; its base URL."""

    async def answer(_request: Request) -> JSONResponse:
        return JSONResponse(said)

    with in_thread(Starlette(routes=[Route("/v1/responses", answer, methods=["POST"])])) as address:
        yield f"{address}/v1"
