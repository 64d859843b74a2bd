"""The open conversation: the last turns of the branch that is shown, the ones before folded."""

import streamlit as st

from components.converse.tab_state import last_of, talk
from components.converse.turn_view import TurnPlace, turn_view
from triptych.conversation import Thread, Turn, path

RECENT = 4  # turns that are shown at first: each is an image, its facts and its buttons
MORE = 8  # and how many more with each click


def thread_view(own: Thread, turns: tuple[Turn, ...]) -> None:
    """Draw its last few turns, each with what belongs to it, and a button that unfolds the ones before."""
    here = talk()
    branch = path(turns, last_of(own, turns))
    hidden = max(0, len(branch) - RECENT - here.earlier)
    if hidden:
        st.button(
            f"{hidden} earlier turn{'s' * (hidden > 1)} · show",
            key="turns_earlier",
            icon=":material/unfold_more:",
            type="tertiary",
            on_click=_show_more,
        )
    with st.container(key="turns"):
        for number, turn in enumerate(branch[hidden:], start=hidden):
            siblings = tuple(one for one in turns if one.parent == turn.parent)
            before = next((one.revised_prompt for one in reversed(branch[:number]) if one.revised_prompt), None)
            turn_view(turn, TurnPlace(own, siblings, before, is_last=number == len(branch) - 1))


def _show_more() -> None:
    talk().earlier += MORE
