"""Who is here: where a login is set up, nobody sees a page without it; where one is missing, nobody at all."""

import streamlit as st

from components.frame.notice import plain
from components.state.access import login_setup, served, visitor
from components.state.services import taken


def admitted() -> bool:
    """Whether this visitor may see the pages."""
    return not _closed() and visitor().admitted


def login() -> None:
    """Draw the only thing a visitor sees before logging in: a button for each provider, or why they cannot come in."""
    st.title("Triptych")
    if problem := _closed() or visitor().problem:
        st.error(plain(problem), title="These pages are closed", icon=":material/lock:")
        _log_out()
        return
    st.text("Prompt, paint, compare. Log in to see your images and make new ones.")
    setup = login_setup()
    for provider in setup.providers if setup else ():
        label = f"Log in with {plain(provider.capitalize())}" if provider else "Log in"
        st.button(
            label,
            key=f"login_{provider}",
            type="primary",
            icon=":material/login:",
            on_click=st.login,
            args=(provider or None,),
        )


def logout() -> None:
    """Draw who is logged in, with the way out, where there is a login."""
    if login_setup() is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(visitor().name))
            _log_out()


def _log_out() -> None:
    if login_setup() is not None and st.user.get("is_logged_in"):
        st.button("Log out", key="logout", type="tertiary", icon=":material/logout:", on_click=st.logout)


def _closed() -> str | None:
    """Why this process serves nobody, whoever asks, in words."""
    return taken() if served() else None
