"""An answer that comes at once is drawn by the click's own run of the page, as if it had been there before."""

import pytest
from streamlit.testing.v1 import AppTest

from components.form import prompt_box
from components.inputs.inputs import Inputs
from components.run import live_view, submit
from components.state.services import Services
from tests.pages.edit_tab import look, png, upload
from tests.pages.form import chosen, metrics, press
from tests.pages.kept import kept
from tests.pages.test_generate_gallery import alts, texts
from triptych.engine.serve import Engine
from triptych.jobs import Job
from triptych.request import ImageRequest

PATIENCE = 60.0  # seconds, that an answer may take and still comes at once here


@pytest.fixture
def in_progress(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Every job that a page has shown while it ran; whatever ``engine`` answers comes at once."""
    monkeypatch.setattr(submit, "AT_ONCE", PATIENCE)
    found: list[Job] = []
    monkeypatch.setattr(live_view, "_progress", found.append)
    return found


def test_the_click_draws_the_image_and_nothing_of_the_run_comes_and_goes(app: AppTest, in_progress: list[Job]) -> None:
    chosen(app, prompt="a red square", quality="low")

    press(app)

    assert ["a red square"] == alts(app)
    assert "Actual cost" in metrics(app)
    assert not app.button(key="run").disabled
    assert not [one for one in app.button if one.key == "cancel"]
    assert [] == in_progress


def test_what_history_answers_is_drawn_by_the_click_too(app: AppTest, engine: Engine, in_progress: list[Job]) -> None:
    chosen(app, prompt="a red square", quality="low")
    press(app)

    press(app)

    assert "Reused from history" in texts(app)
    assert 1 == sum(entry.method == "POST" for entry in engine.log)
    assert [] == in_progress


def test_an_answer_that_says_no_is_told_by_the_click_too(
    app: AppTest, process: Services, engine: Engine, in_progress: list[Job]
) -> None:
    engine.faults.plan("quota")
    chosen(app, prompt="a red square", quality="low")

    press(app)

    (job,) = process.jobs.of("local")
    assert 1 == len(job.errors)
    assert [job.errors[0].next_move] == [error.proto.title for error in app.error]
    assert [] == in_progress


def test_an_edit_that_ends_while_the_page_is_drawn_has_its_result_on_the_stage(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = chosen(upload(look(app), png()), prompt="a red square", quality="low")
    box = prompt_box.prompt_box

    def ends_meanwhile(*asked: ImageRequest) -> None:
        box(*asked)
        for job in process.jobs.of("local"):
            assert job.wait_for_end(PATIENCE)

    monkeypatch.setattr(prompt_box, "prompt_box", ends_meanwhile)
    press(page)

    assert [] == list(page.exception)
    assert ["Result"] == [each.value for each in page.get("button_group") if str(each.key).startswith("edit_view_")]


def empty_field() -> None:
    """The Edit page's field, which says that it is empty, as a browser does when it has just drawn it."""
    from components.inputs.input_column import _uploaded, image_input

    image_input()
    _uploaded()


@pytest.mark.usefixtures("process")
def test_an_empty_field_that_says_so_is_not_begun_anew_under_a_file_on_its_way_to_it() -> None:
    page = AppTest.from_function(empty_field, default_timeout=PATIENCE).run()

    assert [] == list(page.exception)
    assert 0 == kept(page, Inputs).uploads
