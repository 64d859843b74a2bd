"""The tools around a mask's canvas: what is painted with, undo, and how picture and paint are looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import streamlit as st

from components.state.tab import Widget
from triptych.inputs import Attachment
from triptych.masks.painting import BRUSH, ELLIPSE, ERASER, Easel

TOOL = Widget[str]("mask_tool", "Brush")
ZOOM = Widget[str]("mask_zoom", "Fit")
COLOUR = Widget[str]("mask_colour", "#ff2d55")  # CSS, of what is seen of the paint, and of a guide
OPACITY = Widget[int]("mask_opacity", 50)  # per cent
BRUSH_SIZE = Widget[int]("brush_size", 0)  # pixels of the picture; its first value depends on the picture
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
    return TOOL.value or TOOL.first


def zoom() -> Zoom:
    """How large the picture is shown."""
    return ZOOMS[ZOOM.value or ZOOM.first]


def mask_bar(picture: Attachment, easel: Easel, step: Callable[[Step], None]) -> Look:
    """Draw the tools for ``picture``; ``step`` is called with what a click does to the easel."""
    shorter = min(picture.width, picture.height)
    for widget in (TOOL, ZOOM, COLOUR, OPACITY):
        widget.begin()
    widest = max(64, shorter // 2)
    first = max(SMALLEST, shorter // FIRST)
    BRUSH_SIZE.put(min(BRUSH_SIZE.value if BRUSH_SIZE.is_set else first, widest))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        chosen = st.segmented_control(
            "Tool",
            list(TOOLS),
            key=TOOL.key,
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
        "Zoom", list(ZOOMS), key=ZOOM.key, label_visibility="collapsed", required=True, persist_state="session"
    )


def _size(widest: int, *, disabled: bool) -> None:
    with st.container(width=112):
        st.slider(
            "Brush size",
            SMALLEST,
            widest,
            key=BRUSH_SIZE.key,
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
            "Colour", key=COLOUR.key, help="Only of what you see; the mask has no colour.", persist_state="session"
        )
        opacity = st.slider("Opacity", 10, 100, key=OPACITY.key, format="%d %%", persist_state="session")
    return Look(zoom(), colour, opacity / 100)
