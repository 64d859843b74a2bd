"""An error as people need it: the next move as its title, what happened, the request id."""

import streamlit as st

from components.state.account import session
from triptych.errors import Blocked, Refused, TriptychError
from triptych.servers import DEMO, OPENAI


def error_notice(error: TriptychError) -> None:
    """Draw ``error``. What a server said is shown as text, never as Markdown."""
    st.error(plain(sentence(error)), title=error.next_move, icon=":material/error:")
    if error.link and _is_openai():
        st.link_button("Open the page", error.link, icon=":material/open_in_new:")


def _is_openai() -> bool:
    """Whether OpenAI's pages, to which errors link, are those of the tab's account."""
    try:
        return session().account.server in {OPENAI, DEMO}
    except Refused:
        return False


def sentence(error: TriptychError) -> str:
    """What happened, and what there is to know of it."""
    details = [_ended(error.message)]
    if isinstance(error, Blocked):
        details += [error.advice, *([f"Reported: {', '.join(error.categories)}."] if error.categories else [])]
    if error.may_be_charged:
        details.append("It may have been charged and won't be resent automatically.")
    if error.request_id:
        details.append(f"Request {error.request_id}")
    return " ".join(details)


def _ended(said: str) -> str:
    """What a server said with a full stop where it has none, since more is said after it."""
    return f"{said}." if said[-1:].isalnum() else said


def plain(text: str) -> str:
    """``text`` with everything escaped that Markdown would read as more than text."""
    return "".join(f"\\{letter}" if letter in MARKS else letter for letter in " ".join(text.split()))


MARKS = frozenset("\\`*_{}[]()<>#+-.!|~$:&^")
