"""Labels say what there is: a prompt is never read as Markdown or a formula, and nothing is called done that is not."""

import pytest
from streamlit.testing.v1 import AppTest

from components.frame.notice import JOINER
from components.state.services import Services
from tests.pages.compare_tab import compared
from tests.pages.history_tab import look
from tests.pages.made import drawn
from tests.pages.tabs import label, press
from triptych.engine.serve import Engine


@pytest.mark.parametrize("prompt", ["$a$ and $b$", "**bold** `code`", ":red[x] ![](https://x.example/a.png)"])
def test_the_box_that_picks_an_image_has_its_prompt_as_plain_text(app: AppTest, process: Services, prompt: str) -> None:
    record = drawn(process.store, prompt)

    said = look(app).checkbox(key=f"pick_{record.id}").label

    assert said.replace("\\", "").replace(JOINER, "") == f"Select {prompt[:40]}"
    assert not any(mark in said.replace(f"\\{mark}", "") for mark in "$*`[]!:")


def test_a_comparison_of_which_some_outcomes_are_unknown_is_not_called_drawn(app: AppTest, engine: Engine) -> None:
    engine.faults.plan("cut", 1)

    press(compared(app))

    assert "Compare · 1 with unknown outcome" == label(app)
