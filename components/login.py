"""Who is here: where a login is set up, nobody sees a page without it; where one is missing, nobody at all."""

import streamlit as st

from components.error_notice import plain
from components.services import taken
from components.session import session
from components.visitors import exposure, served
from triptych.errors import InvalidSetting

SHARED = {"redirect_uri", "cookie_secret", "expose_tokens"}  # settings of [auth] that name no provider


def admitted() -> bool:
    """Whether this visitor may see the pages: all may where no login is set up, unless there should be one."""
    return _barred() is None and bool(st.user.get("is_logged_in", True))


def login() -> None:
    """Draw the only thing a visitor sees before logging in: a button for each provider, or why nobody comes in."""
    st.title("Triptych")
    if problem := _barred():
        st.error(plain(problem), title="These pages are closed", icon=":material/lock:")
        return
    st.text("Prompt, paint, compare. Log in to see your pictures and draw new ones.")
    for provider in _providers():
        label = f"Log in with {plain(provider.capitalize())}" if provider else "Log in"
        st.button(label, key=f"login_{provider}", type="primary", icon=":material/login:", on_click=st.login,
                  args=(provider or None,))  # fmt: skip


def _barred() -> str | None:
    """Why nobody may come in, in words."""
    try:
        return (exposure() or taken()) if served() else None
    except InvalidSetting as error:  # whether everyone may come is not known then
        return error.message


def logout() -> None:
    """Draw who is logged in, with the way out, where there is a login."""
    if st.user.get("is_logged_in"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(session().owner))
            st.button("Log out", key="logout", type="tertiary", icon=":material/logout:", on_click=st.logout)


def _providers() -> tuple[str, ...]:
    """The named providers of the [auth] section; one without a name where it holds one provider's own settings."""
    section = st.secrets.get("auth", {}) if st.secrets.load_if_toml_exists() else {}
    return tuple(name for name in section if name not in SHARED and hasattr(section[name], "keys")) or ("",)
