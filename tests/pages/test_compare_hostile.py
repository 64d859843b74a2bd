"""The Compare page under double clicks, deletions in another tab, ticks for something else and strangers' files."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages.compare_tab import TWO, act, compared, shots, states
from tests.pages.tabs import label, press, ran, words
from tests.triptych.masked import FIRST
from triptych.engine.serve import Engine
from triptych.inputs import Attachment

NAMED = Attachment.of(FIRST)


def posts(engine: Engine) -> int:
    return sum(entry.method == "POST" for entry in engine.log)


def own_id(process: Services) -> str:
    return process.grids.every("local")[0].id


def again(app: AppTest, key: str) -> None:
    """Click, and once more before the page has been drawn without the button."""
    app.button(key=key).click()
    clicked = app._tree.get_widget_states()
    app._run(clicked)
    app._run(clicked)
    assert not app.exception


def test_a_comparison_deleted_in_another_tab_is_drawn_as_a_new_one(app: AppTest, process: Services) -> None:
    press(compared(app))
    gone = own_id(process)
    process.grids.delete("local", gone)

    press(compared(app, compare_values_quality=["medium"]))

    assert ["done", "done"] == states(app)
    assert gone != own_id(process)


@pytest.mark.parametrize("key", ["compare_save_name", "compare_make_link"])
def test_what_is_done_with_a_comparison_deleted_in_another_tab_is_refused_in_words(
    app: AppTest, process: Services, key: str
) -> None:
    press(compared(app))
    compared(app, compare_shows="Vote")
    process.grids.delete("local", own_id(process))

    app.button(key=key).click()
    ran(app)

    assert "no longer exists" in words(app)


def test_a_double_click_on_delete_leaves_the_way_back_and_one_on_undo_uses_it_once(
    app: AppTest, process: Services
) -> None:
    press(compared(app))
    kept = own_id(process)

    again(app, f"compare_delete_{kept}")
    deleted = process.grids.every("local")
    again(app, "compare_undelete")

    assert () == deleted
    assert kept == own_id(process)


def test_a_double_click_on_an_arrow_raises_one_draft(
    app: AppTest, engine: Engine, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.compare.promote.REPEAT", 3600.0)  # however long a busy machine takes for two clicks
    press(compared(app, compare_values_model=[TWO[0]], compare_repeats=3))
    first, second = (shot["key"] for shot in shots(app)[:2])

    act(act(app, "promote", first), "promote", first)
    once = posts_when_done(engine, process)
    act(app, "promote", second)

    assert (4, 5) == (once, posts_when_done(engine, process))


def posts_when_done(engine: Engine, process: Services) -> int:
    process.jobs.drain(30)
    return posts(engine)


def test_a_tick_for_many_pictures_is_none_for_more_or_at_another_price(app: AppTest) -> None:
    some = "|".join(map(str, range(20)))
    compared(app, prompt=f"a square, {{{some}}} by {{{some}}}")
    app.checkbox(key="compare_sure").check()
    ran(app)
    ticked = app.checkbox(key="compare_sure").value

    compared(app, prompt=f"a square, {{{some}}} by {{{some}}}", compare_values_quality=["high"])

    assert (True, False) == (ticked, app.checkbox(key="compare_sure").value)


def file(axes: dict[str, list[Any]]) -> bytes:
    listed = [{"parameter": name, "values": values} for name, values in axes.items()]
    base = {"model": TWO[0], "prompt": "a fox", "quality": "low"}
    return json.dumps({"triptych_experiment": 1, "base": base, "axes": listed}).encode()


def taken(app: AppTest, axes: dict[str, list[Any]]) -> None:
    app.file_uploader(key="compare_file_0").set_value([("c.json", file(axes), "application/json")])
    ran(app)
    app.button(key="compare_take").click()
    ran(app)


@pytest.mark.parametrize(
    ("axes", "left"),
    [
        ({"quality": ["purple", "low"]}, "Quality purple"),
        ({"n": [2, 10]}, "Number of images"),
        ({"svg_model": ["x"], "stream": [True]}, "SVG author, Stream"),
        ({"model": [TWO[1], "**b** <img src=x>"]}, None),
    ],
)
def test_a_file_is_shown_without_what_the_page_cannot_compare_and_the_page_says_what(
    app: AppTest, axes: dict[str, list[Any]], left: str | None
) -> None:
    compared(app)
    taken(app, axes)

    said = words(app)
    assert (f"Left out, because it cannot be compared here: {left}." in said) == (left is not None)
    assert ("2 images" if left is None else "1 image ") in label(app)


def test_a_file_that_names_the_picture_of_another_brings_nothing_of_it_and_pays_nothing(
    app: AppTest, engine: Engine, process: Services
) -> None:
    process.store.keep_input(FIRST, NAMED)
    twice = [NAMED.to_json(), {**NAMED.to_json(), "width": 1}]
    compared(app)
    taken(app, {"images": twice})

    assert "This image is missing. Add it again." in words(app)
    press(app)

    assert "The file input-1.png is missing." in words(app)
    assert "Add the image again" in words(app)
    assert 0 == posts(engine)
    assert not process.store.history.has("local", NAMED.sha256)


def test_a_vote_is_taken_back_only_where_it_was_given(app: AppTest, process: Services) -> None:
    press(compared(app))
    press(compared(app, compare_shows="Vote"), "vote_left")
    voted = process.grids.open("local", own_id(process))
    press(compared(app, prompt="a blue square", compare_shows="Images"))

    compared(app, compare_shows="Vote")

    assert app.button(key="unvote").disabled
    assert 1 == len(process.grids.ballots(voted))
