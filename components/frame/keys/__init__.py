"""The keys of every page, the list of them, and clicks on images. A script of the browser's alone."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
HTML = """<dialog class="keys" aria-label="Keys">
  <h2>Keys</h2>
  <dl></dl>
  <form method="dialog"><button type="submit">Close</button></form>
</dialog>"""
KEY_JS, SCHEME_JS, JS = (HERE.joinpath(name).read_text("utf-8") for name in ("key.js", "scheme.js", "page_keys.js"))
LIST_CSS = HERE.joinpath("list.css").read_text("utf-8")

_keys = st.components.v2.component("triptych_keys", html=HTML, css=LIST_CSS, js=KEY_JS + SCHEME_JS + JS)


def page_keys() -> None:
    """Have the browser listen to the keys on this page, and color what opens over it; drawn once, after all else."""
    _keys(key="page_keys", height=1)
