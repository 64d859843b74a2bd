"""The tools above a mask's canvas: what is painted with, undo, and how picture and paint are looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import streamlit as st

from components.session import session
from triptych.inputs import Attachment
from triptych.masks.painting import BRUSH, ELLIPSE, ERASER, Easel

SMALLEST, FIRST = 1, 25  # pixels of the picture, and the part of its shorter edge that a first brush is wide


@dataclass(frozen=True)
class Tool:
    """A tool: its sign, what the canvas calls it, the colour it draws in, whether it draws lines or areas."""

    icon: str
    mode: str
    colour: str = BRUSH
    stroked: bool = False
    boxed: bool = False


TOOLS = {
    "Brush": Tool(":material/brush:", "freedraw", stroked=True),
    "Eraser": Tool(":material/ink_eraser:", "freedraw", ERASER, stroked=True),
    "Rectangle": Tool(":material/rectangle:", "rect"),
    "Ellipse": Tool(":material/circle:", "rect", ELLIPSE, boxed=True),
    "Polygon": Tool(":material/pentagon:", "polygon"),
    "Line": Tool(":material/diagonal_line:", "line", stroked=True),
}


class Zoom(Enum):
    """How large a picture is shown: as it fits, or this many pixels of the page to one of its own."""

    FIT = 0
    FULL = 1
    DOUBLE = 2


ZOOMS = {"Fit": Zoom.FIT, "100 %": Zoom.FULL, "200 %": Zoom.DOUBLE}


@dataclass(frozen=True)
class Look:
    """How the paint and the picture are looked at; none of it is part of the mask."""

    zoom: Zoom
    colour: str
    opacity: float


def tool() -> str:
    """The name of the tool in hand."""
    return str(session().value("mask_tool") or "Brush")


def mask_bar(picture: Attachment, easel: Easel, step: Callable[[Callable[[Easel], Easel]], None]) -> Look:
    """Draw the tools for ``picture``; ``step`` is called with what a click does to the easel."""
    widest = max(64, min(picture.width, picture.height) // 2)
    session().begin({"mask_tool": "Brush", "brush_size": max(SMALLEST, min(picture.width, picture.height) // FIRST)})
    session().begin({"mask_zoom": "Fit", "mask_colour": "#ff2d55", "mask_opacity": 50})
    session().put({"brush_size": min(int(session().value("brush_size")), widest), "mask_tool": tool()})
    with st.container(gap="xsmall"):
        chosen = st.segmented_control(
            "Tool", list(TOOLS), key="mask_tool", format_func=_named, label_visibility="collapsed", required=True
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _size(widest, disabled=not TOOLS[str(chosen)].stroked)
            _steps(easel, step)
            return _look()


def _size(widest: int, *, disabled: bool) -> None:
    with st.container(width=150):
        st.slider(
            "Brush size", SMALLEST, widest, key="brush_size", format="Brush %d px", disabled=disabled,
            label_visibility="collapsed",
        )  # fmt: skip


def _look() -> Look:
    zoom = st.segmented_control("Zoom", list(ZOOMS), key="mask_zoom", label_visibility="collapsed", required=True)
    with st.popover("", icon=":material/palette:", help="Colour and strength of the overlay"):
        colour = st.color_picker("Colour", key="mask_colour", help="Only of what you see; the mask has no colour.")
        opacity = st.slider("Opacity", 10, 100, key="mask_opacity", format="%d %%")
    return Look(ZOOMS[str(zoom)], colour, opacity / 100)


def _named(name: str) -> str:
    return f"{TOOLS[name].icon} {name}"


def _steps(easel: Easel, step: Callable[[Callable[[Easel], Easel]], None]) -> None:
    steps = (
        ("Undo", ":material/undo:", Easel.undone, bool(easel.past)),
        ("Redo", ":material/redo:", Easel.redone, bool(easel.future)),
        ("Clear", ":material/layers_clear:", Easel.cleared, not easel.now.empty),
    )
    for label, icon, change, possible in steps:
        key = f"mask_{label.lower()}"
        st.button("", key=key, icon=icon, help=label, disabled=not possible, on_click=step, args=(change,))
