"""What the last click has to say, told once by the run that follows it."""

import streamlit as st

from components.frame.notice import error_notice, plain
from components.state.account import session
from triptych.errors import Refused


def news() -> None:
    """Say it: an error as one, anything else as a toast, which stays when the page is drawn anew."""
    told = session().told()
    if isinstance(told, Refused):
        error_notice(told)
    elif told:
        st.toast(plain(told), icon=":material/check:")
