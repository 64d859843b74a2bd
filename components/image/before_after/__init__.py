"""Two pictures in one box: a divider to draw across, one after the other, or what differs."""

from functools import partial
from pathlib import Path

import streamlit as st

from components.image import viewer
from components.image.viewer import Look, is_close, look_closely, overlay, pictures_or_notice

HERE = Path(__file__).parent
JS, CSS, HTML = (HERE.joinpath(f"before_after.{kind}").read_text("utf-8") for kind in ("js", "css", "html"))
HEIGHT = 520  # pixels, of the box at most

_pair = st.components.v2.component(
    "triptych_before_after", html=HTML, css=viewer.CSS + CSS, js=viewer.JS + viewer.ZOOMING_JS + JS
)


@st.fragment
def before_after(
    before: Look,
    after: Look,
    key: str,
    *,
    labels: tuple[str, str] = ("Before", "After"),
    heat: Look | None = None,
    is_heated: bool = False,
    height: int = HEIGHT,
) -> None:
    """Draw the box, at most ``height`` pixels high; ``heat`` is a transparent picture that can be laid over both, and
    lies there at first where ``is_heated``.

    Small copies go to the page; the pictures' own bytes follow when somebody zooms in or asks for the difference.
    """
    found = pictures_or_notice(((labels[0], before), (labels[1], after)), key, sharp=is_close(key))
    if found:
        over = [overlay(heat, key)] if heat else []
        _pair(
            key=key,
            data={"pictures": [*found, *over], "labels": labels, "height": height, "heated": is_heated},
            on_sharp_change=partial(look_closely, key),
        )
