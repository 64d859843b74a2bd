"""What the last click has to say, told once by the run that follows it."""

from dataclasses import dataclass

import streamlit as st

from components.frame.notice import error_notice, plain
from components.state.tab import tab
from triptych.errors import Refused


@dataclass(slots=True)
class _News:
    """What the last callback has to say."""

    said: Refused | str | None = None


def tell(said: Refused | str) -> None:
    """Leave what a callback has to say to the run that follows it."""
    tab(_News).said = said


def told() -> Refused | str | None:
    """What the last callback had to say, once, for who says it in a way of their own."""
    said, tab(_News).said = tab(_News).said, None
    return said


def news() -> None:
    """Say it: an error as one, anything else as a toast, which stays when the page is drawn anew."""
    said = told()
    if isinstance(said, Refused):
        error_notice(said)
    elif said:
        st.toast(plain(said), icon=":material/check:")
