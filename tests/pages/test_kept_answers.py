"""Answers without images on the pages: what was paid for is in sight until it is saved, whatever is clicked."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.frame.lifecycle import look as looked
from components.state.services import Services
from tests.pages.history_tab import click, look, total
from tests.pages.made import picture
from tests.pages.tabs import words
from tests.pages.test_generate_gallery import alts
from triptych.engine.serve import Engine
from triptych.errors import NotSaved
from triptych.results import Picture
from triptych.store import Answer, Store

PATIENCE = 60.0


def run(app: AppTest, process: Services, prompt: str = "a red square") -> None:
    app.session_state["quality"] = "low"
    app.text_area(key="prompt").set_value(prompt).run()
    app.button(key="run").click().run()
    process.jobs.drain(PATIENCE)
    app.run()
    assert not app.exception


def unreadable(app: AppTest, process: Services, engine: Engine, prompt: str = "a red square") -> Answer:
    """Run into an answer that holds no image."""
    engine.faults.plan("not_an_image")
    run(app, process, prompt)
    return process.store.spool.answers("local")[-1]


def learn(process: Services, answer: Answer) -> None:
    """Let the bytes be some that can be read, as if the reader had learned their format since."""
    body = {"data": [{"b64_json": base64.b64encode(picture(9).data).decode()}]}
    process.store.spool.body(answer.name).write_bytes(json.dumps(body).encode())


def listed(page: AppTest) -> list[str]:
    """What the list of kept answers is called, where there is one."""
    return [box.label for box in page.expander if "could not be read or saved" in box.label]


def toasts(app: AppTest) -> str:
    return " ".join(toast.value for toast in app.toast).replace("\\", "")


def test_an_answer_without_images_is_listed_with_its_reason_and_is_downloaded_as_it_came(
    app: AppTest, process: Services, engine: Engine
) -> None:
    answer = unreadable(app, process, engine)

    page = look(app)

    assert ["1 answer could not be read or saved"] == listed(page)
    assert "a red square" in [text.value for text in page.text]
    said = words(page).replace("\\", "")
    assert answer.reason in said
    assert f"request {answer.request_id}" in said
    (download,) = [one for one in page.get("download_button") if one.key == f"answer_download_{answer.name}"]
    assert ("Download", False) == (download.proto.label, download.proto.disabled)
    assert engine.log[0].request_id == answer.request_id
    assert answer.weight == len(process.store.spool.data(answer))


def test_an_answer_that_still_cannot_be_read_stays_and_one_that_can_is_in_the_history(
    app: AppTest, process: Services, engine: Engine
) -> None:
    answer = unreadable(app, process, engine)
    page = click(look(app), f"answer_read_{answer.name}")
    assert "It still cannot be read." in toasts(page)
    assert (answer.name,) == tuple(one.name for one in process.store.spool.answers("local"))

    learn(process, answer)
    page = click(page, f"answer_read_{answer.name}")

    assert "The image is in your history now." in toasts(page)
    assert ["a red square"] == alts(page)
    assert [] == listed(page)
    assert 1 == len(engine.log)


def test_several_kept_answers_are_folded_so_that_the_images_come_first(
    app: AppTest, process: Services, engine: Engine
) -> None:
    unreadable(app, process, engine)
    unreadable(app, process, engine, "a blue square")

    (box,) = look(app).expander[:1]

    assert ("2 answers could not be read or saved", False) == (box.label, box.proto.expanded)


def test_an_answer_kept_under_its_run_does_not_repeat_what_the_error_says(
    app: AppTest, process: Services, engine: Engine
) -> None:
    answer = unreadable(app, process, engine)

    assert "**The answer is kept here and in History.**" in [one.value for one in app.markdown]
    assert 1 == words(app).replace("\\", "").count(answer.reason)


def test_what_was_read_again_under_its_run_is_shown_there(app: AppTest, process: Services, engine: Engine) -> None:
    answer = unreadable(app, process, engine)
    assert "**The answer is kept here and in History.**" in [element.value for element in app.markdown]

    learn(process, answer)
    page = click(app, f"answer_read_{answer.name}")

    assert ["a red square"] == alts(page)
    assert [] == list(page.error)
    assert 1 == total(process.store)


def test_an_answer_is_deleted_when_that_is_confirmed(app: AppTest, process: Services, engine: Engine) -> None:
    answer = unreadable(app, process, engine)

    page = click(look(app), f"answer_remove_{answer.name}")

    assert [] == listed(page)
    assert [] == list(process.store.spool.files())
    assert 1 == total(process.store)  # the run itself, whose outcome is unknown


def test_an_answer_that_another_tab_removed_is_not_said_to_be_saved(
    app: AppTest, process: Services, engine: Engine
) -> None:
    answer = unreadable(app, process, engine)
    page = look(app)
    process.store.spool.remove(answer.name)

    page = click(page, f"answer_read_{answer.name}")

    assert "or it was removed in another tab" in toasts(page)
    assert [] == list(page.subheader)


def test_another_owners_answer_is_neither_shown_nor_removed(app: AppTest, process: Services, engine: Engine) -> None:
    answer = unreadable(app, process, engine)
    theirs = replace(answer, asked=replace(answer.asked, owner="ada@example.org"))
    page = look(app)
    process.store.spool.put(theirs)

    page = click(page, f"answer_remove_{answer.name}")

    assert [] == listed(page)
    assert (answer.name,) == tuple(one.name for one in process.store.spool.answers("ada@example.org"))


def test_an_image_that_waits_for_its_place_is_shown_from_its_kept_answer_and_saved_when_it_is_back(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise NotSaved("The image could not be written: No space left on device.")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "save", full)
        run(app, process, "the only copy")
    (answer,) = process.store.spool.answers("local")
    page = look(app)
    assert "Not saved yet. The image could not be written: No space left on device." in words(page)

    page.session_state[f"answer_show_{answer.name}"] = True
    page.run()

    assert not page.exception
    assert ["the only copy"] == alts(page)
    assert "answer_image_" in " ".join(str(one.key) for one in page.get("download_button"))
    page = click(page, f"answer_read_{answer.name}")
    assert [] == listed(page)
    assert ["the only copy"] == [one.request.prompt for one in process.store.history.search("local").records]


@pytest.mark.parametrize("by", ["the next start", "who looks every half minute"])
def test_what_waits_is_saved_without_anybody_asking_and_the_page_that_shows_it_knows(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    def full(*_: Any) -> None:
        raise NotSaved("The image could not be written: No space left on device.")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "save", full)
        run(app, process, "the only copy")
    assert "make room or make the folder writable" in words(app).lower()

    if by == "the next start":
        vars(process).pop("recovered", None)
        process.recovered  # noqa: B018 - what a process does first
    else:
        looked(process)
    app.run()

    assert [] == list(app.error)
    assert ["the only copy"] == alts(app)
    assert [] == list(process.store.spool.files())
    assert ["the only copy"] == [one.request.prompt for one in process.store.history.search("local").records]


@pytest.fixture
def unsaved(app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A tab that shows an image which could not be saved, and whose answer could not be kept either."""

    def full(*_: Any, **__: Any) -> None:
        raise NotSaved("The image could not be written: No space left on device.")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "save", full)
        patch.setattr(type(process.store.spool), "put", full)
        run(app, process, "the only copy")
    assert ["the only copy"] == alts(app)
    return app


def test_a_refused_click_does_not_hide_the_only_copy(unsaved: AppTest, process: Services) -> None:
    root = process.store.root
    root.rename(root.with_name("away"))
    root.write_bytes(b"")

    run(unsaved, process, "another")

    (job, before) = process.jobs.of("local")
    assert isinstance(job.errors[0], NotSaved)
    assert ["the only copy"] == alts(unsaved)
    assert "**Images of an earlier run that couldn't be saved**" in [one.value for one in unsaved.markdown]
    (piece,) = before.saved[0].pieces
    assert isinstance(piece.picture, Picture)


def test_the_only_copy_stays_in_sight_after_a_good_run_until_it_is_saved(unsaved: AppTest, process: Services) -> None:
    run(unsaved, process, "another")
    assert ["another", "the only copy"] == alts(unsaved)

    process.catch_up()
    unsaved.run()

    assert ["another"] == alts(unsaved)
    assert {"another", "the only copy"} == {
        one.request.prompt for one in process.store.history.search("local").records if one.stored
    }
