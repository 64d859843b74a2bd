"""How well the images of a comparison are lettered is read once, however many were read before."""

import pytest
from streamlit.testing.v1 import AppTest

from components.compare import lettering
from components.compare.tab_state import CompareTab
from tests.pages.compare_tab import compared, shots
from tests.pages.kept import kept
from tests.pages.tabs import press, ran
from triptych.vision import Lettering

READ = Lettering(("OPEN",), ("OPEN",), 1.0)
SAID = 'a sign that says "OPEN"'


def test_what_was_read_of_other_comparisons_gives_way_and_this_one_is_read(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lettering, "KEPT", 1)
    monkeypatch.setattr(lettering, "_checked", lambda *_: READ)  # reading itself is tests/triptych/vision's
    press(compared(app, prompt=SAID))
    kept(app, CompareTab).lettering |= {"another": READ, "and one more": READ}

    app.toggle(key="compare_lettering").set_value(True)
    ran(app)

    assert len(shots(app)) == len(kept(app, CompareTab).lettering)
    assert all(shot["score"].startswith("lettering ") for shot in shots(app))


def test_a_script_that_cannot_be_read_is_named_and_not_scored(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "_checked", lambda *_: Lettering(("여우",), (), None, ("Hangul",)))
    press(compared(app, prompt='a sign that says "여우"'))

    app.toggle(key="compare_lettering").set_value(True)
    ran(app)

    assert {"cannot read Hangul with this reader"} == {shot["score"] for shot in shots(app)}
