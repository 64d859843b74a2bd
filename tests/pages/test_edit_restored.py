"""The Edit page after a reload or a restart: what comes back, what takes its place, and what is folded away."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages.edit_tab import edit, inputs, look, paint, png, sent, upload
from tests.pages.form import refusals
from tests.pages.kept import came_back
from tests.pages.test_budget import restart
from tests.pages.test_edit import posts
from tests.serving import ROOT
from triptych.engine.serve import Engine
from triptych.store.files.names import original_place


@pytest.fixture
def tab(app: AppTest) -> AppTest:
    return look(app)


def test_a_reload_brings_back_the_pictures_of_the_last_edit(tab: AppTest, process: Services) -> None:
    upload(tab, png(), png(colour="navy"))
    edit(tab)

    again = came_back(look(AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()))

    assert inputs(tab) == inputs(again)
    edit(again, "a blue boat")
    assert ("a blue boat", 2) == (sent().prompt, len(sent().images))


@pytest.mark.parametrize("way", ["reload", "restart", "continue"])
def test_an_extended_edit_comes_back_as_it_was_given_with_its_margins(
    tab: AppTest, process: Services, way: str
) -> None:
    tab.session_state["edit_mode"] = "Extend"
    upload(tab, png(), png(colour="navy"))
    tab.number_input(key="extend_top").set_value(50).run()
    edit(tab)
    given, padded = inputs(tab), sent().images[0]
    assert padded not in given
    if way == "restart":
        restart(process)
        st.cache_resource.clear()

    new = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    again = look(new) if way == "continue" else came_back(look(new))
    if way == "continue":
        again.button(key="continue_last_button").click().run()

    assert given == inputs(again)
    assert ("Extend", 50) == (again.session_state["edit_mode"], again.session_state["extend_top"])
    edit(again, "once more, as it was")
    assert padded == sent().images[0]


def reloaded(tab: AppTest) -> AppTest:
    """The page after a reload of the tab, which brings the last edit's inputs back."""
    edit(tab)
    return came_back(look(AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()))


def test_an_upload_takes_the_place_of_inputs_that_a_reload_brought_back_until_they_are_touched(
    tab: AppTest, process: Services
) -> None:
    upload(tab, png())
    paint(tab, (10, 10, 200, 200))
    again = reloaded(tab)
    (before,) = inputs(again)

    upload(again, ("no.png", b"no image"))
    assert (before,) == inputs(again)
    upload(again, png(colour="navy"))
    (after,) = inputs(again)
    again.button(key="keep_both").click().run()
    assert (before, after) == inputs(again)
    upload(again, png(colour="olive"))
    assert (before, after) == inputs(again)[:2]


@pytest.mark.parametrize("touch", ["paint", "run", "order"])
def test_an_upload_stands_beside_restored_inputs_that_somebody_has_touched(
    tab: AppTest, process: Services, touch: str
) -> None:
    upload(tab, png(), png(colour="navy"))
    again = reloaded(tab)
    if touch == "paint":
        paint(again, (10, 10, 200, 200))
    elif touch == "run":
        edit(again, "something else")
    else:
        again.button(key=f"move_-1_{inputs(again)[1].sha256}").click().run()

    upload(again, png(colour="olive"))

    assert 3 == len(inputs(again))


def test_a_result_folds_away_when_the_inputs_change_and_unfolds_when_they_are_back(tab: AppTest) -> None:
    upload(tab, png())
    edit(tab)
    assert FOLDED not in folds(tab)

    upload(tab, png(colour="navy"))
    assert FOLDED in folds(tab)
    assert [] == [one for one in tab.get("button_group") if one.proto.label == "Stage" and one.value == "Result"]

    tab.button(key=f"remove_{inputs(tab)[1].sha256}").click().run()
    assert FOLDED not in folds(tab)


def test_an_input_whose_file_is_gone_is_named_with_the_button_that_takes_it_out(
    tab: AppTest, process: Services, engine: Engine
) -> None:
    upload(tab, png())
    again = reloaded(tab)
    (one,) = inputs(again)
    (process.store.root / original_place(one.sha256, one.format)).unlink()
    before = posts(engine)

    edit(again, "a green boat")

    assert [("Add the image again", "The file input-1.png is missing.")] == refusals(again)
    assert before == posts(engine)
    again.button(key="remove_missing_result").click().run()
    assert () == inputs(again)
    assert FOLDED in folds(again)


FOLDED = "Result of your earlier inputs"


def folds(tab: AppTest) -> list[str]:
    return [fold.label for fold in tab.expander]
