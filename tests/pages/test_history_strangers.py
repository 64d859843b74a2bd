"""The History page and sidecars from outside, which may name the pictures of others."""

import json
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from components.state.services import Services
from tests.pages.history_tab import alts, click, look
from tests.pages.tabs import words
from tests.triptych.masked import FIRST, picture
from tests.triptych.store.drawn import REQUEST, facts
from triptych.inputs import Attachment
from triptych.results import Picture


def test_a_sidecar_that_names_the_input_of_another_shows_nothing_of_it(app: AppTest, process: Services) -> None:
    named = Attachment.of(FIRST)
    process.store.keep_input(FIRST, named)  # another owner's
    own = Picture(picture("navy"), "png", 64, 64)
    sidecar = facts(own, replace(REQUEST, images=(named,)))
    (brought,) = process.store.transfer.import_sidecar("local", json.dumps(sidecar).encode(), own.data).ids

    page = click(look(app), f"open_{brought}")

    assert "the file is missing" in words(page)
    assert "Image that was edited" not in alts(page)
