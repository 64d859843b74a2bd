"""Logins as Streamlit makes them: secrets.toml with a provider, and the cookie that its callback signs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit import config
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from components.state.access import login_setup

ISSUER = "https://login.example.org"
ORIGIN = "http://127.0.0.1:8501"
SECRET = "a-long-secret-of-this-test-alone"
AUTH = {
    "redirect_uri": f"{ORIGIN}/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "triptych",
    "client_secret": "of-triptych",
    "server_metadata_url": f"{ISSUER}/.well-known/openid-configuration",
}


def secrets(folder: Path, auth: dict[str, str] | None = None, *, raw: str = "") -> Path:
    """Write `.streamlit/secrets.toml` below `folder`: an [auth] section of these, or the `raw` text."""
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in (AUTH if auth is None else auth).items())
    path = folder / ".streamlit" / "secrets.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(raw or f"[auth]\n{lines}", "utf-8")
    return path


@contextmanager
def set_up(folder: Path, auth: dict[str, str] | None = None, *, raw: str = "") -> Iterator[None]:
    """This very process has read such secrets, from a place where it looks for none by itself."""
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(secrets(folder / "login", auth, raw=raw))])
    st.secrets._reset()
    login_setup.cache_clear()
    try:
        yield
    finally:
        config.set_option("secrets.files", before)
        st.secrets._reset()
        login_setup.cache_clear()


def person(subject: str = "ada", **claims: object) -> dict[str, object]:
    """The claims of somebody who has logged in."""
    return {"is_logged_in": True, "provider": "default", "iss": ISSUER, "sub": subject, **claims}


def cookie(claims: dict[str, object], *, secret: str = SECRET, origin: str = ORIGIN) -> str:
    """The Cookie header that such a login brings."""
    signed = create_signed_value(secret, "_streamlit_user", json.dumps({**claims, "origin": origin}))
    return f"_streamlit_user={signed.decode()}"
