"""The Compare page with input pictures: each is edited along the other axes."""

from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages.compare_tab import TWO, compared, sheet, states
from tests.pages.edit_tab import LARGE, edit, png, upload
from tests.pages.form import more
from tests.pages.tabs import label, press, ran, words
from tests.serving import ROOT
from triptych.engine.serve import Engine

VARY = ["images", "model"]
UPLOADER = "compare_pictures_0"


def sent(engine: Engine) -> list[str]:
    return [entry.path for entry in engine.log if entry.method == "POST"]


def varied(app: AppTest, *pictures: bytes) -> AppTest:
    compared(app, compare_vary=VARY)
    return upload(app, *pictures, key=UPLOADER)


def test_each_input_picture_is_edited_by_each_model(app: AppTest, engine: Engine) -> None:
    varied(app, png(LARGE), png((1536, 1024), "maroon"))
    assert "Compare · 4 images" in label(app)
    assert ["1024x1024 png", "1536x1024 png"] == [row.rpartition(" ")[0] for row in sheet(app)["rows"]]

    press(app)

    assert ["done"] * 4 == states(app)
    assert ["/v1/images/edits"] * 4 == sent(engine)


def test_a_new_tab_finds_the_input_pictures_again_and_draws_them_with_another_model(
    app: AppTest, engine: Engine, process: Services
) -> None:
    press(varied(app, png()))

    again = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run().switch_page("pages/compare.py").run()
    compared(again, compare_vary=VARY, compare_values_model=[*TWO, "gpt-image-2.6-flare"])
    press(again)

    assert ["done"] * 3 == states(again)
    assert 3 == len(sent(engine))


def test_pictures_of_the_edit_page_and_of_the_history_become_inputs(app: AppTest, process: Services) -> None:
    press(compared(app, compare_values_model=[TWO[0]]))
    (record,) = process.store.history.search("local").records
    upload(app.switch_page("pages/edit.py").run(), png())
    app.switch_page("pages/compare.py").run()
    compared(app, compare_vary=VARY)

    press(app, "compare_take_edited")
    press(app, "take_history")
    press(app, f"take_{record.id}")
    press(app, "inputs_done")

    assert 2 == len(app.session_state["compare_values_images"])
    assert 2 == len(sheet(app)["rows"])


def test_a_file_that_is_no_picture_is_refused_in_words_and_a_picture_goes_again(app: AppTest) -> None:
    varied(app, b"no picture", png())
    assert "1.png" in words(app)
    (one,) = app.session_state["compare_values_images"]

    press(app, f"compare_without_{one.sha256}")

    assert () == app.session_state["compare_values_images"]
    assert "images are made from the prompt alone" in words(app)
    ran(app)


def test_compare_this_brings_the_picture_along_that_was_edited(app: AppTest, engine: Engine) -> None:
    page = upload(app.switch_page("pages/edit.py").run(), png())
    edit(page, "a red boat")
    button = next(one for one in more(page).button if one.label == "Compare this")

    button.click().run()
    compared(page.switch_page("pages/compare.py").run(), prompt="a red boat")
    assert "images" in page.session_state["compare_vary"]
    press(page)

    assert ["done", "done"] == states(page)
    assert ["/v1/images/edits"] * 3 == sent(engine)
