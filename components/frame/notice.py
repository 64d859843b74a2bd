"""An error as people need it: the next move as its title and as a button, what happened, the request id."""

import re
from collections.abc import Iterable

import streamlit as st

from components.state.account import session
from triptych import errors
from triptych.errors import Blocked, Refused, TriptychError
from triptych.servers import DEMO, OPENAI

MOST_IDS = 3  # request ids of equal errors that are shown
# The page on which the next move is made, and what its button says.
MOVES: dict[tuple[type[TriptychError], ...], tuple[str, str, str]] = {
    (errors.KeyRejected, errors.WrongAddress, errors.InvalidSetting, errors.Unreachable): (
        "settings",
        "Open Settings",
        ":material/key:",
    ),
    (errors.ModelUnavailable, errors.NotAllowed): ("models", "Choose a model", ":material/category:"),
    (errors.OutcomeUnknown,): ("spending", "Settle in Spending", ":material/payments:"),
    (errors.OverBudget, errors.SpentUnknown): ("spending", "Open Spending", ":material/payments:"),
}


def error_notice(error: TriptychError) -> None:
    """Draw ``error``. What a server said is shown as text, never as Markdown."""
    _notice(error, sentence(error))


def error_notices(found: Iterable[TriptychError]) -> None:
    """Draw each kind of error once, however many requests met it."""
    groups: dict[tuple[type[TriptychError], str], list[TriptychError]] = {}
    for error in found:
        groups.setdefault((type(error), error.message), []).append(error)
    for alike in groups.values():
        first, ids = alike[0], [error.request_id for error in alike[1:MOST_IDS] if error.request_id]
        count = f"This happened {len(alike)} times. " if len(alike) > 1 else ""
        _notice(first, ", ".join((f"{count}{sentence(first)}", *ids)) + (" …" if len(alike) > MOST_IDS else ""))


def move_link(error: TriptychError) -> None:
    """Draw the link to the page on which the next move is made, if there is one."""
    for kinds, (page, label, icon) in MOVES.items():
        if isinstance(error, kinds):
            st.page_link(f"pages/{page}.py", label=label, icon=icon)


def _notice(error: TriptychError, said: str) -> None:
    st.error(plain(said), title=error.next_move, icon=":material/error:")
    move_link(error)
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
    """``text`` with everything escaped that Markdown would read as more than text, and no address made a link."""
    apart = ADDRESS.sub(lambda found: f"{found[0]}{JOINER}", " ".join(text.split()))
    return "".join(f"\\{letter}" if letter in MARKS else letter for letter in apart)


# Streamlit makes links of bare addresses once Markdown is read, whatever was escaped: what they begin with is set
# apart by a letter that nobody sees.
ADDRESS, JOINER = re.compile(r"https?(?=://\S)|www(?=\.)", re.IGNORECASE), "\u2060"
MARKS = frozenset("\\`*_{}[]()<>#+-.!|~$:&^")
