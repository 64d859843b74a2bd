"""The parts of a page that are drawn by themselves: what a click or a setting changes, and nothing else.

Streamlit draws the whole page for every click, the form and the frame too. A part is a fragment with a name: what
happens in it draws it alone, and `draw_only` names the parts that a callback changes. Whatever else a callback changes
stands anywhere: after any other callback of a part the whole page is drawn (`draw_all_after`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.frame.notice import error_notice
from components.state.tab import tab
from triptych.errors import Refused

STAGE, ROW, NOTES, PRICE, PROMPT, FOOT = "stage", "row", "notes", "price", "prompt", "foot"
# In the order in which they are drawn: what a setting changes, what a run changes, and of that what stands beside its
# images.
BY_SETTING = (PRICE, ROW, PROMPT, NOTES, STAGE)
BESIDE = (ROW, PRICE, NOTES, FOOT)
BY_RUN = (STAGE, *BESIDE)


@dataclass(slots=True)
class Page:
    """Whether the tab's page was drawn to its end: a part that is drawn alone stands beside the rest."""

    whole: bool = False


def part(name: str, draw: Callable[[], None]) -> None:
    """Draw a part of the page by ``draw``, which reads all that it shows from the tab, and remember it by its name."""

    def drawn() -> None:
        try:
            draw()
        except Refused as error:  # said in its place, as the frame does for a whole page
            error_notice(error)

    st.fragment(drawn, key=name)()


def draw_only(names: Iterable[str]) -> None:
    """End a callback: what it changed stands in these parts alone, which are drawn in this order. Where the page has
    none of them all of it is drawn.

    So it is where the page was not drawn to its end before: the rest of it waits to be drawn, too.
    """
    if not tab(Page).whole:
        return
    known = [name for name in names if _ids(name)]
    if known:
        st.rerun(known)


def draw_all_after() -> None:
    """End any other callback of a widget that stands in a part: what it changed may stand anywhere."""
    running = get_script_run_ctx()
    drawn = set(running.fragment_ids_this_run or ()) if running else set()
    if any(drawn & {*_ids(name)} for name in {*BY_SETTING, *BY_RUN}):
        st.rerun()


def _ids(name: str) -> list[str]:
    """By which ids Streamlit knows the part of that name, none where the page has not drawn it."""
    running = get_script_run_ctx()
    try:
        return running.fragment_storage.resolve_target(name) if running else []
    except StreamlitAPIException:  # it knows none of that name
        return []
