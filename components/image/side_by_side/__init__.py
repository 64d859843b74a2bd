"""One to four images beside each other, zoomed and moved as one, each with what sets it apart."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from components.image import viewer
from components.image.viewer import Look, is_close, look_closely, pictures_or_notice, seen

HERE = Path(__file__).parent
JS, CSS, HTML = (HERE.joinpath(f"side_by_side.{kind}").read_text("utf-8") for kind in ("js", "css", "html"))
HEIGHT = 420  # pixels, of each box at most
MOST = 4  # pictures

_row = st.components.v2.component(
    "triptych_side_by_side", html=HTML, css=viewer.CSS + CSS, js=viewer.JS + viewer.ZOOMING_JS + JS
)

Facts = Mapping[str, str]


@st.fragment
def side_by_side(pictures: Sequence[Look], key: str, *, facts: Sequence[Facts] = (), height: int = HEIGHT) -> None:
    """Draw up to four pictures, all as high; ``facts`` are the parameters of each, of which the differing stand out."""
    shown = tuple(pictures)[:MOST]
    named = ((f"Image {number}", look) for number, look in enumerate(shown, 1))
    found = pictures_or_notice(named, key, sharp=is_close(key))
    if found:
        captions = [[] for _ in shown] if not facts else marked(tuple(facts)[:MOST])
        _row(
            key=key,
            data={"pictures": found, "captions": captions, "height": height, "alone": False},
            on_sharp_change=partial(look_closely, key),
        )


def close_up(picture: Look, key: str, *, height: int = HEIGHT) -> None:
    """Draw one image in its own pixels: the wheel, two fingers and keys zoom it where it is pointed at.

    Raises KeyError: gone; ValueError: why it cannot be shown.
    """
    found = seen(picture, key, sharp=True)
    _row(key=key, data={"pictures": [found], "captions": [[]], "height": height, "alone": True})


def marked(facts: Sequence[Facts]) -> list[list[tuple[str, str, bool]]]:
    """For each picture its name, value and whether the others have another, those that differ first."""
    names = list(dict.fromkeys(name for one in facts for name in one))
    differs = {name: len({one.get(name) for one in facts}) > 1 for name in names}
    names.sort(key=lambda name: not differs[name])
    return [[(name, one[name], differs[name]) for name in names if name in one] for one in facts]
