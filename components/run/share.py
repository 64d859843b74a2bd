"""Settings as a link: anybody who opens it, here or in another Triptych, finds them in the form."""

from dataclasses import replace
from typing import Any

import streamlit as st

from components.frame.notice import error_notice
from components.image.actions import widgets_of
from components.state.address import Address
from components.state.returning import Identity
from components.state.tab import overwrite, tab
from triptych.errors import Refused
from triptych.request import ImageRequest
from triptych.request.link import packed, shareable, unpacked

SETTINGS = Address("settings")  # what the link holds


def share_link(values: Any) -> None:
    """Show the link to JSON values that the page at hand can open."""
    st.caption("Link to these settings, without your key or images. In another Triptych, put its address in front.")
    st.code(f"{str(st.context.url or '').split('?')[0]}?{SETTINGS.name}={packed(values)}", language=None)


def linked() -> Any:
    """The values of the link that the page was opened by, once; None without one. Raises InvalidRequest."""
    text = SETTINGS.value
    if not text:
        return None
    SETTINGS.put("")
    tab(Identity).is_linked = True
    return unpacked(text)


def open_link() -> None:
    """Fill the form with what the page's link holds, before any of its widgets is shown; nothing is sent."""
    try:
        values = linked()
        if values is None:
            return
        request = shareable(ImageRequest.from_json(values))
    except Refused as error:
        error_notice(error)
        return
    overwrite(widgets_of(replace(request, stream=False)))
    st.toast("Settings opened from a link. Nothing is sent before you click the button.", icon=":material/link:")
