"""Pictures that are pasted anywhere on the page go into a file uploader, as if they had been dropped on it."""

from pathlib import Path

import streamlit as st

JS = Path(__file__).with_name("paste.js").read_text("utf-8")

_paste = st.components.v2.component("triptych_paste", js=JS)


def paste_pictures(place: str) -> None:
    """Listen for pasted pictures; ``place`` is the key of the container with the uploader that takes them."""
    _paste(key=f"paste_{place}", data={"place": place}, height=1)
