"""Buttons that put a picture or a text on the clipboard of whoever looks at the page."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from components.image.protocol import Shown
from components.state.tab import tab

HERE = Path(__file__).parent
JS, CSS = (HERE.joinpath(name).read_text("utf-8") for name in ("clipboard.js", "clipboard.css"))
HTML = HERE.joinpath("clipboard.html").read_text("utf-8")

_text = st.components.v2.component("triptych_copy_text", html=HTML, css=CSS, js=JS)
_picture = st.components.v2.component("triptych_copy_picture", html=HTML, css=CSS, js=JS)


@dataclass(slots=True)
class _Copying:
    """The key of the button whose image the page has asked for, "" for none."""

    key: str = ""


def copy_text(label: str, text: str, key: str) -> None:
    """Draw a button that copies ``text``."""
    _text(key=key, data={"label": label, "text": text}, width="content")


@st.fragment
def copy_picture(shown: Shown, key: str) -> None:
    """Draw a button that copies a picture's pixels. Its bytes go to the page only when it is pressed."""
    wanted = tab(_Copying).key == key
    _picture(
        key=key,
        data=shown.original() if wanted else None,
        width="content",
        on_wanted_change=partial(_copy, key),
    )


def _copy(key: str) -> None:
    """Send the page the image of this button."""
    tab(_Copying).key = key
