"""Who can reach these pages: whoever sits at this machine, or others too, who could spend the key's money."""

import streamlit as st
from streamlit import runtime

from triptych.cli import is_local
from triptych.settings import settings


def only_visitor() -> bool:
    """Whether the pages are served to this machine alone and ask for no login: then their visitor owns the machine."""
    return is_local(str(st.get_option("server.address") or "")) and not has_login()


def served() -> bool:
    """Whether a server shows these pages to somebody; a script run by itself, as in a test, is reached by nobody."""
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime  # a test's stand-in claims to be one


def has_login() -> bool:
    """Whether these pages ask who is there."""
    return bool(st.secrets.load_if_toml_exists() and "auth" in st.secrets)


def may_others_come() -> bool:
    """Whether it is said that others than this machine's visitors may be served."""
    return has_login() or settings().allow_anonymous


def exposure() -> str | None:
    """Why the configured address must not be served: beyond this machine anyone could spend the key's money."""
    address = str(st.get_option("server.address") or "0.0.0.0")  # noqa: S104 (what Streamlit makes of none)
    return None if is_local(address) or may_others_come() else refusal(address)


def refusal(address: str) -> str:
    """What to do so that an address can be served."""
    return (
        f"Triptych will not serve {address} without login: whoever reaches it could spend your money. Add an [auth] "
        "section to .streamlit/secrets.toml, or set TRIPTYCH_ALLOW_ANONYMOUS=1 if everyone there may."
    )
