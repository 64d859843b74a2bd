"""Files dropped anywhere on the page, and images pasted there, go into a file uploader as if dropped on it."""

from pathlib import Path

import streamlit as st

JS = Path(__file__).with_name("paste.js").read_text("utf-8")

_paste = st.components.v2.component("triptych_paste", js=JS)


def paste_pictures(place: str) -> None:
    """Listen for what is dropped or pasted; ``place`` is the key of the container with the uploader that takes it."""
    _paste(key=f"paste_{place}", data={"place": place}, height=1)
