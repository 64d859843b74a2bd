"""Pictures by an address that a component of ours can load, as st.image has it for itself."""

import base64

import streamlit as st
from streamlit import runtime

from components.image.image import distinct


def address(data: bytes, media_type: str, place: str) -> str:
    """Where this tab's browser finds ``data`` as long as the page has it.

    ``place`` names where it stands on the page; another there takes its place.
    """
    if not runtime.exists():  # a script without a server
        return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path = runtime.get_instance().media_file_mgr.add(distinct(data), media_type, place)
    return f"/{base}{path}" if base else path
