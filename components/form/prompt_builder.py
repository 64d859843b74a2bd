"""A prompt from its parts: what it shows, how it looks and feels, how it is made, what to leave out."""

from dataclasses import fields

import streamlit as st

from components.frame.notice import plain
from components.state.tab import Popover, Widget, overwrite
from components.state.widgets import PROMPT
from triptych.prompts import PromptParts

POPOVER = Popover("prompt_builder")
WIDTH = 388  # pixels; with its padding the popover has 420

# Label and an example of each part.
PARTS = {
    "subject": ("Subject", "A lighthouse on a cliff at dusk"),
    "style": ("Style", "gouache, visible brush strokes"),
    "mood": ("Mood", "calm, a little lonely"),
    "technical": ("Technical", "wide shot, low sun from the left"),
    "exclusions": ("Leave out", "people, boats"),
}


def prompt_builder() -> None:
    """Draw the button that opens the parts; they stay filled in when they have been used."""
    with st.popover(
        "Builder", icon=":material/construction:", type="tertiary", key=POPOVER.key, on_change="rerun"
    ) as box:
        if box.open:
            _parts()


def _parts() -> None:
    with st.container(width=WIDTH):
        for name, (label, example) in PARTS.items():
            st.text_input(label, key=_part(name).key, placeholder=example, persist_state="session")
        # What changes its height as parts are committed stands under the button, and the button is never disabled:
        # either would lose the click that commits the last part.
        st.button("Insert", key="put_parts", on_click=_put, icon=":material/check:")
        st.caption(plain(_text()) or "Fill in at least one part; the others may stay empty.")


def _put() -> None:
    if text := _text():
        overwrite({PROMPT: text})
        POPOVER.close()


def _text() -> str:
    values = {part.name: _part(part.name).value or "" for part in fields(PromptParts)}
    return PromptParts(**values).text()


def _part(name: str) -> Widget[str]:
    return Widget(f"part_{name}", "")
