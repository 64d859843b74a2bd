"""The prompt box alone: what it returns, and what its line says."""

import pytest
from streamlit.testing.v1 import AppTest

from triptych.pricing import text_tokens

PAGE = """
import streamlit as st
from components.form.prompt_box import prompt_box
from components.state.form import form_request
st.code(prompt_box(form_request()), language=None)
"""


@pytest.fixture
def box() -> AppTest:
    return AppTest.from_string(PAGE, default_timeout=60).run()


def said(box: AppTest) -> list[str]:
    """Its lines, whose facts are not broken by a line's end."""
    return [caption.value.replace("\N{NO-BREAK SPACE}", " ") for caption in box.caption]


@pytest.mark.parametrize("prompt", ["", "a cat", "  spaces  ", "**bold** :red[x]", "行\n行"])
def test_it_returns_what_was_written(box: AppTest, prompt: str) -> None:
    box.text_area(key="prompt").set_value(prompt).run()

    assert prompt == box.code[0].value


@pytest.mark.parametrize(
    ("prompt", "characters"), [("", "0 characters"), ("x", "1 character"), ("a cat " * 300, "1,800 characters")]
)
def test_its_line_counts_characters_and_tokens(box: AppTest, prompt: str, characters: str) -> None:
    box.text_area(key="prompt").set_value(prompt).run()

    tokens = text_tokens(prompt)
    line = f"{characters} · \\~{tokens} {'token' if tokens == 1 else 'tokens'}"
    assert [line] == said(box)


def test_its_line_holds_one_hint_however_many_there_are(box: AppTest) -> None:
    box.text_area(key="prompt").set_value("Twelve cats around a pie chart, no dogs").run()

    assert 1 == sum("pie chart" in line or "twelve cats" in line for line in said(box))


def test_there_is_nothing_to_undo_before_something_was_overwritten(box: AppTest) -> None:
    assert [] == [button.key for button in box.button]
