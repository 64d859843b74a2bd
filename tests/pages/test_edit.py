"""The Edit page by AppTest on the real demo engine: what is put in, what is sent, and what is asked back."""

import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages.edit_tab import LARGE, bomb, edit, errors, inputs, look, newest, paint, painted, png, sent, upload
from tests.pages.form import values, warnings
from triptych.engine.serve import Engine


@pytest.fixture
def tab(app: AppTest) -> AppTest:
    return look(app)


def posts(engine: Engine) -> list[str]:
    return [entry.path for entry in engine.log if entry.method == "POST"]


def test_the_empty_page_says_what_it_is_for_and_sends_nothing_without_a_picture(tab: AppTest, engine: Engine) -> None:
    assert "Change part of an image" in tab.markdown[1].value + tab.markdown[0].value

    edit(tab)

    assert "Add an image to edit first." in errors(tab)
    assert [] == posts(engine)


def test_the_sample_picture_is_edited_with_the_prompt_that_comes_with_it(tab: AppTest, engine: Engine) -> None:
    tab.button(key="try_sample").click().run()
    edit(tab, tab.text_area(key="prompt").value)

    assert ["/v1/images/edits"] == posts(engine)
    assert ("edits", 1, None) == (sent().endpoint, len(sent().images), sent().mask)
    assert "1024x1024" == sent().size


def test_what_is_painted_at_the_click_is_the_mask_that_is_sent(tab: AppTest, process: Services) -> None:
    upload(tab, png((1536, 1024)))
    layer = paint(tab, (100, 200, 499, 599))

    edit(tab)

    mask = sent().mask
    assert mask is not None
    data = process.store.attached(mask.sha256, "png", "local")
    alpha = np.asarray(Image.open(io.BytesIO(data)).getchannel("A"))
    assert (mask.size, "1536x1024") == ("1536x1024", sent().size)
    assert np.array_equal(255 - alpha, np.asarray(layer))
    assert (0, 255) == (alpha.min(), alpha.max())


def test_the_painting_survives_an_edit_another_page_and_another_mode(tab: AppTest) -> None:
    upload(tab, png())
    layer = paint(tab, (10, 10, 200, 200))

    edit(tab)
    tab.switch_page("pages/generate.py").run()
    look(tab)
    tab.session_state["edit_mode"] = "Variations"
    tab.run()
    tab.session_state["edit_mode"] = "Paint"
    tab.run()

    assert layer.tobytes() == painted(tab).tobytes()


@pytest.mark.parametrize(("level", "words"), [(0, "The mask is empty"), (255, "covers the whole image")])
def test_an_empty_or_a_full_mask_is_a_question_and_the_whole_picture_its_answer(
    tab: AppTest, engine: Engine, level: int, words: str
) -> None:
    upload(tab, png())
    paint(tab, (0, 0, 1023, 1023), 255 if level else 9)

    edit(tab)
    asked = [warning for warning in warnings(tab) if words in warning]
    before = posts(engine)
    edit(tab, key="whole_picture")

    assert ([], 1) == (before, len(asked))
    assert (1, None) == (len(posts(engine)), sent().mask)
    assert not [warning for warning in warnings(tab) if words in warning]


def test_a_question_on_the_mask_goes_with_its_cause_and_not_before(tab: AppTest, engine: Engine) -> None:
    upload(tab, png())
    paint(tab, (0, 0, 1023, 1023))
    edit(tab)
    asked = "The mask covers the whole image"
    tab.run()
    assert [warning for warning in warnings(tab) if asked in warning]

    paint(tab, (0, 0, 500, 500))

    assert not [warning for warning in warnings(tab) if asked in warning]
    assert "whole_picture" not in {button.key for button in tab.button}
    assert [] == posts(engine)


def test_pictures_are_reordered_and_removed_and_the_answer_follows_the_first(tab: AppTest) -> None:
    square, wide = png(LARGE), png((1536, 1024), "navy")
    upload(tab, square, wide)
    first, second = inputs(tab)
    assert "1024x1024" == values(tab)["size"]

    tab.button(key=f"move_-1_{second.sha256}").click().run()
    assert ((second, first), "1536x1024") == (inputs(tab), values(tab)["size"])

    tab.button(key=f"remove_{second.sha256}").click().run()
    assert ((first,), "1024x1024") == (inputs(tab), values(tab)["size"])


def test_a_removed_image_and_one_that_a_result_took_the_place_of_come_back_with_their_paint(tab: AppTest) -> None:
    square, wide = png(), png((1536, 1024), "navy")
    upload(tab, square, wide)
    layer = paint(tab, (10, 10, 200, 200))
    before = inputs(tab)
    for one in before:
        tab.button(key=f"remove_{one.sha256}").click().run()
    assert () == inputs(tab)

    tab.button(key="inputs_undo").click().run()
    assert before[1:] == inputs(tab)
    assert "inputs_undo" not in {button.key for button in tab.button}

    upload(tab, square)
    tab.button(key=f"move_-1_{before[0].sha256}").click().run()
    edit(tab)
    tab.button(key="continue").click().run()
    tab.button(key="inputs_undo").click().run()

    assert before == inputs(tab)
    assert layer.tobytes() == painted(tab).tobytes()
    assert 2 == len(sent().images)


def test_the_uploader_is_empty_again_once_its_files_are_taken_in(tab: AppTest) -> None:
    upload(tab, png())
    upload(tab, png(colour="navy"))
    upload(tab, png(colour="navy"))

    assert 2 == len(inputs(tab))
    assert [] == tab.file_uploader(key="images").value


def test_a_17th_picture_is_refused_in_words_and_the_others_and_the_painting_are_kept(tab: AppTest) -> None:
    upload(tab, png())
    layer = paint(tab, (5, 5, 50, 50))

    upload(tab, *(png((64, 64 + number)) for number in range(16)))

    assert 16 == len(inputs(tab))
    assert "16.png can't be added: an edit takes at most 16 images." in errors(tab)
    assert layer.tobytes() == painted(tab).tobytes()


def eps() -> bytes:
    return b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("truncated.png", png()[:900]),
        ("really-an.png", eps()),
        ("empty.png", b""),
        ("text.jpg", b"hello"),
        ("bomb.png", bomb()),
    ],
    ids=["truncated", "eps", "empty", "text", "bomb"],
)
def test_what_is_no_picture_is_refused_by_name_and_nothing_is_lost(tab: AppTest, name: str, data: bytes) -> None:
    upload(tab, png())
    layer = paint(tab, (5, 5, 50, 50))

    upload(tab, (name, data), ("good.png", png(colour="olive")))

    assert f"{name}: " in errors(tab)
    assert "Choose another file" in errors(tab)
    assert 2 == len(inputs(tab))
    assert layer.tobytes() == painted(tab).tobytes()


def test_a_picture_of_the_history_becomes_an_input_and_stays_what_it_was(tab: AppTest) -> None:
    upload(tab, png())
    edit(tab)
    record = newest()
    assert record.stored

    tab.button(key="take_history").click().run()
    tab.button(key=f"take_{record.id}").click().run()
    tab.button(key="inputs_done").click().run()

    assert record.stored.sha256 == inputs(tab)[1].sha256


def test_edit_this_makes_a_picture_the_only_input_of_the_edit_page(tab: AppTest) -> None:
    upload(tab, png(), png(colour="navy"))
    edit(tab)
    record = newest()
    assert record.stored

    tab.button(key="continue").click().run()

    assert (record.stored.sha256, 2) == (inputs(tab)[0].sha256, len(inputs(tab)))


def test_the_form_offers_what_an_edit_takes(tab: AppTest) -> None:
    assert "moderation" not in values(tab)
    assert "input_fidelity" not in values(tab)

    tab.session_state["model"] = "gpt-image-1.5"
    tab.run()

    assert "input_fidelity" in values(tab)
    assert "moderation" not in values(tab)
