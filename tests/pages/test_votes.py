"""A double click on a verdict is one vote, wherever its second click lands."""

import pytest
from streamlit.testing.v1 import AppTest

from components.compare import vote
from components.state.services import Services
from tests.pages.compare_tab import compared
from tests.pages.tabs import press
from tests.pages.test_compare_hostile import own_id

THREE = ["gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.6-flare"]


def test_the_second_click_of_a_double_click_is_no_vote_on_the_next_pair(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vote, "REPEAT", 1e9)  # seconds: however slow this machine is
    press(compared(app, compare_values_model=THREE))
    compared(app, compare_values_model=THREE, compare_shows="Vote")

    press(app, "vote_left")
    press(app, "vote_left")

    assert 1 == len(process.grids.ballots(process.grids.open("local", own_id(process))))


def test_a_click_that_comes_later_is_a_vote_on_the_next_pair(
    app: AppTest, process: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vote, "REPEAT", 0.0)
    press(compared(app, compare_values_model=THREE))
    compared(app, compare_values_model=THREE, compare_shows="Vote")

    press(app, "vote_left")
    press(app, "vote_left")

    assert 2 == len(process.grids.ballots(process.grids.open("local", own_id(process))))
