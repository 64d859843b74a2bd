"""The parts of a page that are drawn by themselves: what a click or a setting changes, and nothing else.

Streamlit draws the whole page for every click, the form and the frame too. A part is a fragment with a name, and
`draw_only` names the parts that a callback changes. What any other callback changes may stand anywhere, so the whole
page is drawn for it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.fragment import FragmentStorage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.frame.notice import error_notice
from components.state.returning import remember
from components.state.tab import Puts, tab, this_page
from triptych.errors import Refused

STAGE, ROW, NOTES, PRICE, PROMPT, FOOT = "stage", "row", "notes", "price", "prompt", "foot"
# In the order in which they are drawn: what a setting changes, and what a run changes. Of what stands in one place the
# first comes first: a browser that has lost it could not take the second.
BY_SETTING = (PRICE, PROMPT, ROW, NOTES, STAGE)
BY_RUN = (STAGE, PROMPT, ROW, PRICE, NOTES, FOOT)


@dataclass(slots=True)
class Page:
    """The page that was drawn to its end, by `this_page`: a part that is drawn alone stands beside the rest."""

    whole: str = ""


def part(name: str, *draws: Callable[[], object]) -> None:
    """Draw a part of the page by ``draws``, which read all that they show from the tab, and remember it by its name.

    It is drawn alone without the frame, which would say what is refused and keep what the tab holds for its reload.
    """

    def drawn() -> None:
        try:
            for draw in draws:
                draw()
        except Refused as error:
            error_notice(error)
        if alone():
            remember()

    st.fragment(drawn, key=name)()


def draw_only(names: Sequence[str]) -> None:
    """End a callback: what it changed stands in these parts alone, which are drawn in this order.

    On a page without one of them all of it is drawn; and where it was not drawn to its end before, as what is left of
    it waits to be drawn, too, or as somebody has just come from another; and where the browser has yet to hear what
    was put into its fields.
    """
    if tab(Page).whole == this_page() and not tab(Puts).values and all(_ids(name) for name in names):
        st.rerun(names)


def is_first() -> bool:
    """Whether the images of a run are drawn that came at once, and nothing beside them yet."""
    return alone() == _ids(STAGE)


def alone() -> list[str] | None:
    """The ids of the fragments that are drawn without the rest of the page, None where all of it is; each run of parts
    has a list of its own.
    """
    running = get_script_run_ctx()
    return running.fragment_ids_this_run if running else None


def stands_in(place: str | None, parts: Sequence[str]) -> bool:
    """Whether the fragment with the id ``place`` is one of these ``parts``, or stands in one; None is the page."""
    running = get_script_run_ctx()
    known = running.fragment_storage if running else None
    return place is not None and (place in parts or bool(known and known.has_ancestor_in(place, parts)))


def ids_of_parts(known: FragmentStorage) -> set[str]:
    """By which ids Streamlit knows the parts of a page, by what is ``known`` of all its fragments."""
    return {one for name in {*BY_SETTING, *BY_RUN} for one in _of(known, name)}


def _ids(name: str) -> list[str]:
    """By which ids Streamlit knows the part of that name, none where the page has not drawn it."""
    running = get_script_run_ctx()
    return _of(running.fragment_storage, name) if running else []


def _of(known: FragmentStorage, name: str) -> list[str]:
    try:
        return known.resolve_target(name)
    except StreamlitAPIException:  # it knows none of that name
        return []
