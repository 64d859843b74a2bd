"""What the last click on the Edit page could not do."""

import streamlit as st

from components.frame.notice import error_notice, plain
from components.state.account import session


def edit_news() -> None:
    """Say it, once."""
    news = session().told()
    if isinstance(news, str):
        st.info(plain(news), icon=":material/info:")
    elif news:
        error_notice(news)
