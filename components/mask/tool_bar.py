"""The tools around a mask's canvas: what is painted with, undo, and how picture and paint are looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import streamlit as st

from components.state.account import session
from triptych.inputs import Attachment
from triptych.masks.painting import BRUSH, ELLIPSE, ERASER, Easel

SMALLEST, FIRST = 1, 25  # pixels of the picture, and the part of its shorter edge that a first brush is wide


@dataclass(frozen=True)
class Tool:
    """A tool: what the canvas calls it, its icon, its colour there, and whether it draws lines or in boxes."""

    mode: str
    icon: str
    colour: str = BRUSH
    stroked: bool = False
    boxed: bool = False


TOOLS = {
    "Brush": Tool("freedraw", "brush", stroked=True),
    "Eraser": Tool("freedraw", "ink_eraser", ERASER, stroked=True),
    "Rectangle": Tool("rect", "rectangle"),
    "Ellipse": Tool("rect", "circle", ELLIPSE, boxed=True),
    "Polygon": Tool("polygon", "pentagon"),
    "Line": Tool("line", "pen_size_2", stroked=True),
}


class Zoom(Enum):
    """How large a picture is shown: as it fits, or this many pixels of the page to one of its own."""

    FIT = 0
    FULL = 1
    DOUBLE = 2


ZOOMS = {"Fit": Zoom.FIT, "100 %": Zoom.FULL, "200 %": Zoom.DOUBLE}
Step = Callable[[Easel], Easel]


@dataclass(frozen=True)
class Look:
    """How the paint and the picture are looked at; none of it is part of the mask."""

    zoom: Zoom
    colour: str
    opacity: float


def tool() -> str:
    """The name of the tool in hand."""
    return str(session().value("mask_tool") or "Brush")


def zoom() -> Zoom:
    """How large the picture is shown."""
    return ZOOMS[str(session().value("mask_zoom") or "Fit")]


def mask_bar(picture: Attachment, easel: Easel, step: Callable[[Step], None]) -> Look:
    """Draw the tools for ``picture``; ``step`` is called with what a click does to the easel."""
    shorter = min(picture.width, picture.height)
    session().begin({"mask_tool": "Brush", "brush_size": max(SMALLEST, shorter // FIRST)})
    session().begin({"mask_zoom": "Fit", "mask_colour": "#ff2d55", "mask_opacity": 50})
    widest = max(64, shorter // 2)
    session().put({"brush_size": min(int(session().value("brush_size")), widest)})
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        chosen = st.segmented_control(
            "Tool",
            list(TOOLS),
            key="mask_tool",
            label_visibility="collapsed",
            required=True,
            persist_state="session",
            format_func=_labelled,
        )
        _size(widest, disabled=not TOOLS[str(chosen)].stroked)
        _steps(easel, step)
        return _look()


def _labelled(name: str) -> str:
    """Icon and name; the stylesheet shows the icon, and the name is there to be heard."""
    return f":material/{TOOLS[name].icon}: {name}"


def zoom_control() -> None:
    """Draw the choice of how large the picture is shown."""
    st.segmented_control(
        "Zoom", list(ZOOMS), key="mask_zoom", label_visibility="collapsed", required=True, persist_state="session"
    )


def _size(widest: int, *, disabled: bool) -> None:
    with st.container(width=112):
        st.slider(
            "Brush size",
            SMALLEST,
            widest,
            key="brush_size",
            format="%d px wide",
            disabled=disabled,
            label_visibility="collapsed",
            persist_state="session",
        )


def _steps(easel: Easel, step: Callable[[Step], None]) -> None:
    steps = (
        ("mask_undo", "Undo", ":material/undo:", Easel.undone, bool(easel.past)),
        ("mask_redo", "Redo", ":material/redo:", Easel.redone, bool(easel.future)),
        ("mask_clear", "Clear", ":material/delete:", Easel.cleared, not easel.now.empty),
    )
    for key, label, icon, change, possible in steps:
        st.button(
            label, key=key, icon=icon, type="tertiary", help=label, disabled=not possible, on_click=step, args=(change,)
        )


def _look() -> Look:
    with st.popover("", icon=":material/palette:", type="tertiary", help="Colour and strength of the overlay"):
        colour = st.color_picker(
            "Colour", key="mask_colour", help="Only of what you see; the mask has no colour.", persist_state="session"
        )
        opacity = st.slider("Opacity", 10, 100, key="mask_opacity", format="%d %%", persist_state="session")
    return Look(zoom(), colour, opacity / 100)
