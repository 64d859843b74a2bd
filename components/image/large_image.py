"""What every large view has: its image to be looked at closely, the way to the next, and a place for what is known."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.frame.notice import plain
from components.image.image import no_preview
from components.image.open_image import open_image
from components.image.protocol import Shown
from components.image.side_by_side import close_up
from components.image.viewer import Look

WIDTH = 1600  # pixels, of the window at most
HEIGHT = 760  # pixels, of the image at most where style.css does not say how high the window is
STEPS = (
    ("Previous", -1, ":material/arrow_back:", "Left"),
    ("Next", 1, ":material/arrow_forward:", "Right"),
)


def pager(name: str, keys: Sequence[str], here: str, of: str = "", place: str = "large_pager") -> None:
    """Draw Previous and Next among the images with ``keys``; ``here`` is the open one, which may be none of them.

    ``name`` makes the names of the buttons, like ``history_{}``; ``of`` is said after the count. style.css puts the row
    where its ``place`` is.
    """
    number = keys.index(here) if here in keys else -1
    with st.container(key=place, horizontal=True, vertical_alignment="center"):
        for label, step, icon, shortcut in STEPS:
            ok = number >= 0 and 0 <= number + step < len(keys)
            st.button(
                label,
                key=name.format(label.lower()),
                icon=icon,
                shortcut=shortcut,
                disabled=not ok,
                on_click=open_image,
                args=(keys[number + step] if ok else here,),
            )
        st.text(f"{number + 1} of {len(keys)}{of}" if number >= 0 else "On another page", width="content")


def halves(place: str = "large_bench") -> tuple[DeltaGenerator, DeltaGenerator]:
    """Where the image stands and where what is known of it: beside each other, on a phone one over the other."""
    with st.container(key=place):
        return st.container(key="large_image"), st.container(key="large_facts")


def large_image(shown: Shown) -> None:
    """Draw the image, or say why it cannot be shown; the next one takes its place and is zoomed as it was."""
    try:
        close_up(Look.of(shown), "large_close_up", height=HEIGHT)
    except KeyError:
        st.error(plain(f"{shown.file_name} is missing."), title="Add the image again")
    except ValueError as reason:
        st.caption(no_preview(reason))
