"""Who can reach these pages: whoever sits at this machine, or others too."""

import streamlit as st

from triptych.cli import is_local


def only_visitor() -> bool:
    """Whether the pages are served to this machine alone and ask for no login: then their visitor owns the machine."""
    address = str(st.get_option("server.address") or "")
    has_login = st.secrets.load_if_toml_exists() and "auth" in st.secrets
    return is_local(address) and not has_login
