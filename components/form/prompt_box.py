"""The prompt: its text area, ways to fill it, and one line under it that never changes its height."""

import streamlit as st

from components.form.prompt_builder import prompt_builder
from components.form.prompt_check import prompt_check
from components.form.prompt_rewrite import prompt_rewrite
from components.form.prompt_templates import WIDTH, prompt_templates
from components.frame.notice import plain
from components.frame.parts import BY_SETTING, draw_only
from components.state.tab import can_undo, undo
from components.state.widgets import PROMPT
from triptych.parameters import PROMPT_LIMIT
from triptych.pricing import text_tokens
from triptych.prompts import Hint, lint
from triptych.request import ImageRequest

UNBROKEN = "\N{NO-BREAK SPACE}"
HEIGHT = 120  # pixels, of the text area
LINE = 40  # pixels, of the line under it: with a fixed height the button below stays where the pointer is pressing it


def prompt_box(request: ImageRequest, height: int = HEIGHT) -> str:
    """Draw the prompt's text area, of so many pixels, and return what it holds; hints on settings are on those of
    ``request``.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("Prompt", width="stretch")
        if can_undo():
            _undo()
        prompt_builder()
        prompt_templates()
    PROMPT.keep()
    # No max_chars: the browser would cut a pasted prompt without a word.
    prompt: str = st.text_area(
        "Prompt",
        PROMPT.value,  # said at every run, as the fields do
        key=PROMPT.key,
        height=height,
        label_visibility="collapsed",
        persist_state="session",
        placeholder="What should the image show?",
        on_change=draw_only,
        args=(BY_SETTING,),
    )
    _below(prompt, request)
    return prompt


def _undo() -> None:
    st.button(
        "Undo",
        key="undo_prompt",
        on_click=undo,
        type="tertiary",
        icon=":material/undo:",
        help="Undo. Click again to redo.",
    )


def _below(prompt: str, request: ImageRequest) -> None:
    hints = lint(prompt, request)
    advice = [hint for hint in hints if hint.severity == "note"]
    # style.css: one line; what of the text has no room is not seen, a fact as a whole
    with st.container(
        horizontal=True, vertical_alignment="center", height=LINE, border=False, gap="small", key="prompt_line"
    ):
        st.caption(_line(prompt, hints))
        if advice:
            _hints(advice)
        prompt_check(prompt)
        prompt_rewrite(prompt)


def _hints(advice: list[Hint]) -> None:
    with st.popover(_counted(len(advice), "hint"), type="tertiary", key="hints"), st.container(width=WIDTH):
        for hint in advice:
            with st.container(gap="xxsmall"):
                st.markdown(f"**{plain(hint.what)}** {plain(hint.why)}")
                st.caption(plain(hint.instead))


def _line(prompt: str, hints: tuple[Hint, ...]) -> str:
    """How long the prompt is, and the first hint; a line breaks between two facts only."""
    length, over = _counted(len(prompt), "character"), len(prompt) - PROMPT_LIMIT
    if over > 0:
        facts = [f":red[:material/error: {length}]", f":red[· {over:,} too many]"]
    else:
        more = [f"~{_counted(text_tokens(prompt), 'token')}", *(hint.what for hint in hints[:1])]
        facts = [length, *(plain(f"· {fact}") for fact in more)]
    return " ".join(fact.replace(" ", UNBROKEN) for fact in facts)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
