"""The Edit page by AppTest: tools for the whole mask, extending, varying, guides, and pixels put back."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from components.mask.easels import Easels
from components.state.services import Services
from tests.pages.edit_tab import (
    PATIENCE,
    bomb,
    derived,
    edit,
    errors,
    inputs,
    look,
    newest,
    paint,
    painted,
    png,
    sent,
    upload,
)
from tests.pages.form import captions, press
from tests.pages.kept import came_back, kept
from tests.pages.made import drawn
from tests.serving import ROOT
from triptych.masks import encode, share
from triptych.masks.painting import Painting
from triptych.store import Query


@pytest.fixture
def tab(app: AppTest) -> AppTest:
    return upload(look(app), png())


def box(tab: AppTest) -> Any:
    return painted(tab).getbbox()


def test_every_tool_changes_the_whole_mask_and_undo_takes_it_back(tab: AppTest) -> None:
    layer = paint(tab, (300, 300, 499, 499))
    tab.slider(key="mask_amount").set_value(10).run()

    press(tab, "grow_mask")
    assert (290, 290, 510, 510) == box(tab)
    press(tab, "shrink_mask")
    assert (300, 300, 500, 500) == box(tab)
    press(tab, "feather_mask")
    assert 0 < painted(tab).getpixel((297, 400)) < 255
    press(tab, "mask_undo")
    press(tab, "invert_mask")
    assert 1 - share(layer) == pytest.approx(share(painted(tab)), abs=0.001)
    for _ in range(3):
        press(tab, "mask_undo")

    assert layer.tobytes() == painted(tab).tobytes()


def test_a_colour_is_selected_where_the_brush_was_dabbed(tab: AppTest) -> None:
    paint(tab, (20, 900, 40, 920))
    easel = kept(tab, Easels).held[inputs(tab)[0].sha256]
    dab = {"type": "Rect", "left": 380, "top": 380, "width": 10, "height": 10, "fill": "#ff0000"}
    kept(tab, Easels).held = {inputs(tab)[0].sha256: easel.put(easel.now.adding([dab]))}
    tab.session_state["mask_how"] = "Replace"

    press(tab, "wand_here")  # on the white ellipse of (256, 256) to (512, 512)

    assert 256 <= box(tab)[0] <= 258
    assert 0.04 < share(painted(tab)) < 0.055


def test_the_subject_is_selected_on_this_machine(tab: AppTest) -> None:
    press(tab, "subject_mask")
    picked = painted(tab)
    press(tab, "background_mask")

    assert 0.01 < share(picked) < 0.5
    assert 1 == pytest.approx(share(painted(tab)), abs=0.02)  # it is added to the subject


def test_what_was_roughly_painted_is_refined_along_the_edges_of_the_picture(tab: AppTest) -> None:
    press(tab, "refine_mask")
    assert "Nothing is painted" in errors(tab)
    rough = paint(tab, (236, 236, 531, 531))  # around the white ellipse of (256, 256) to (512, 512)

    press(tab, "refine_mask")

    assert 0.95 * np.pi * 128**2 / 1024**2 < share(painted(tab)) < 0.8 * share(rough)  # corners are too far to move


def test_a_mask_file_is_painted_as_it_says_or_the_other_way_round(tab: AppTest) -> None:
    layer = Image.new("L", (1024, 1024), 0)
    ImageDraw.Draw(layer).rectangle((0, 0, 511, 1023), 255)
    out = io.BytesIO()
    layer.save(out, "PNG")

    upload(tab, out.getvalue(), key="mask")
    assert (0, 0, 512, 1024) == box(tab)
    tab.selectbox(key="mask_polarity").set_value("Black areas").run()
    assert (512, 0, 1024, 1024) == box(tab)
    upload(tab, encode(layer), key="mask")
    tab.selectbox(key="mask_polarity").set_value("Detect from file").run()
    assert (0, 0, 512, 1024) == box(tab)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (png((512, 512)), "This mask is 512x512"),
        (png(), "no transparent pixels"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5 << 20), "less than 4 MB"),
        (encode(Image.new("L", (1024, 1024), 9))[:400], "damaged PNG"),
        (bomb(), "claims 60,000 x 60,000 pixels"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n", "must be a PNG"),
    ],
    ids=["another size", "no alpha", "over 4 MB", "truncated", "bomb", "eps"],
)
def test_a_mask_file_that_does_not_fit_is_refused_and_the_painting_kept(tab: AppTest, data: bytes, words: str) -> None:
    layer = paint(tab, (5, 5, 50, 50))

    upload(tab, data, key="mask")

    assert words in errors(tab)
    assert layer.tobytes() == painted(tab).tobytes()


def test_a_mask_is_kept_in_the_history_and_used_again(tab: AppTest, process: Services) -> None:
    layer = paint(tab, (100, 100, 300, 300))
    press(tab, "mask_save")
    kept = derived()
    press(tab, "mask_clear")

    press(tab, f"use_mask_{kept.id}")

    assert ("mask", "local") == (kept.got["derived"], kept.engine)
    assert layer.tobytes() == painted(tab).tobytes()


def test_a_picture_is_extended_to_a_legal_size_with_a_mask_of_its_own(tab: AppTest, process: Services) -> None:
    tab.session_state["edit_mode"] = "Extend"
    tab.run()
    assert "1024x1024 becomes 1536x1024; the new area is the mask." in captions(tab)

    edit(tab, "")

    mask, first = sent().mask, sent().images[0]
    assert mask
    alpha = np.asarray(Image.open(io.BytesIO(process.store.attached(mask.sha256, "png"))).getchannel("A"))
    assert ("1536x1024", "1536x1024", "1536x1024") == (sent().size, first.size, mask.size)
    assert (0, 255, 0) == (alpha[500, 10], alpha[500, 768], alpha[500, 1530])
    assert "Continue the image" in sent().prompt


def test_variations_ask_for_as_much_change_as_chosen_and_need_no_prompt(tab: AppTest) -> None:
    paint(tab, (5, 5, 50, 50))
    tab.session_state["edit_mode"] = "Variations"
    tab.session_state["variation_strength"] = "wild"
    tab.session_state["n"] = 2
    tab.run()

    edit(tab, "in winter")

    assert (2, None) == (sent().n, sent().mask)
    assert sent().prompt.startswith("Make an image inspired by this one")
    assert sent().prompt.endswith("in winter")


def test_a_guide_goes_as_markup_where_the_model_takes_it_and_is_asked_about_when_nothing_is_drawn(
    tab: AppTest, process: Services
) -> None:
    tab.session_state["drawing_as"] = "Guide"
    tab.run()
    edit(tab)
    assert "The guide is empty" in " ".join(warning.value for warning in tab.warning)

    paint(tab, (100, 100, 300, 300))
    edit(tab)

    markup = sent().markup
    assert markup
    assert sent().mask is None
    drawn = Image.open(io.BytesIO(process.store.attached(markup.sha256, "png")))
    assert ((255, 45, 85, 255), 0) == (drawn.getpixel((200, 200)), drawn.getpixel((20, 20))[3])
    tab.session_state["model"] = "gpt-image-2"
    tab.run()
    edit(tab)
    assert (None, True) == (sent().markup, sent().mask is not None)


def test_pixels_outside_the_mask_are_put_back_beside_the_answer(tab: AppTest, process: Services) -> None:
    first = png()
    paint(tab, (100, 100, 700, 700))
    edit(tab)
    answer = newest()
    assert "outside the mask changed" in " ".join(markdown.value for markdown in tab.markdown)

    kept = derived()
    assert kept.stored
    assert answer.stored
    assert (answer.id != kept.id, "kept outside the mask") == (True, kept.got["derived"])
    assert {answer.stored.sha256, inputs(tab)[0].sha256} == set(kept.parents)
    before, after = (
        np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        for data in (first, process.store.original(kept.stored.sha256, "png"))
    )
    outside = np.ones((1024, 1024), bool)
    outside[100:701, 100:701] = False
    assert np.array_equal(before[outside], after[outside])
    assert not np.array_equal(before, after)
    assert 2 == process.store.history.search("local", Query()).total


def test_a_reload_shows_the_same_image_with_pixels_put_back_and_what_is_deleted_stays_so(
    tab: AppTest, process: Services
) -> None:
    paint(tab, (100, 100, 700, 700))
    edit(tab)
    kept_one, history = derived(), process.store.history

    fresh = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    again = came_back(look(fresh))

    assert 2 == history.search("local", Query()).total
    history.trash("local", (kept_one.id,))
    history.purge("local", (kept_one.id,))
    for page in (tab, again, came_back(look(AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()))):
        page.run()
        assert "" == errors(page)
    assert 1 == history.search("local", Query()).total


def test_who_wants_no_pixels_put_back_has_the_answer_alone(tab: AppTest, process: Services) -> None:
    tab.toggle(key="keep_outside").set_value(False).run()
    paint(tab, (100, 100, 700, 700))

    edit(tab)

    assert 1 == process.store.history.search("local", Query()).total
    assert "outside the mask changed" in " ".join(markdown.value for markdown in tab.markdown)


def test_a_picture_of_the_history_is_made_larger_beside_itself_and_put_away(tab: AppTest, process: Services) -> None:
    record = drawn(process.store)
    assert record.stored
    tab.query_params["image"] = record.id
    tab.switch_page("pages/history.py").run()

    press(tab, f"upscale_2_details_{record.id}")
    process.jobs.drain(PATIENCE)
    look(tab)

    larger = derived()
    assert larger.stored
    assert ("128x96", "upscaled 2x") == (larger.stored.size, larger.got["derived"])
    assert (record.stored.sha256,) == larger.parents
    assert "**Upscaled**" in [markdown.value for markdown in tab.markdown]
    press(tab, "close_upscale")
    assert "**Upscaled**" not in [markdown.value for markdown in tab.markdown]


def test_the_code_comes_with_its_pictures_and_with_what_is_painted_when_it_is_downloaded(
    tab: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []
    monkeypatch.setattr("components.edit.code.code_panel", lambda *all_: given.append(all_))
    tab.session_state["code_panel"] = True
    paint(tab, (100, 100, 300, 300))
    _, _, beside = given[-1]

    easels, first = kept(tab, Easels).held, inputs(tab)[0].sha256
    later = Image.new("L", (1024, 1024), 0)
    later.paste(255, (0, 0, 64, 64))
    easels[first] = easels[first].put(Painting.of(later))
    files = beside()

    assert (["input-1.png", "mask.png"], png()) == (sorted(files), files["input-1.png"])
    assert encode(later) == files["mask.png"]
