"""The tools around a mask's canvas: what is painted with, undo, and how the paint is looked at."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from components.state.tab import Widget
from components.state.widgets import BRUSH_SIZE, MASK_TOOL
from triptych.inputs import Attachment
from triptych.masks.painting import BRUSH, ELLIPSE, ERASER, NO_COLOR, Easel

COLOR = Widget[str]("mask_colour", "#ff2d55")  # CSS, of what is seen of the paint
GUIDE_COLOR = Widget[str]("guide_colour", "#00b8ff")  # CSS, in which a guide is seen, and sent
OPACITY = Widget[int]("mask_opacity", 50)  # per cent
SMALLEST, FIRST = 1, 25  # pixels of the picture, and the part of its shorter edge that a first brush is wide


@dataclass(frozen=True)
class Tool:
    """A tool: what the canvas calls it, its icon, its fill and line there, and whether it draws lines.

    Each box of a ``boxed`` tool carries its ``label``, and the server draws what it stands for.
    """

    mode: str
    icon: str
    color: str = BRUSH
    line: str = BRUSH
    stroked: bool = False
    boxed: bool = False
    label: str = ""


TOOLS = {
    "Brush": Tool("freedraw", "brush", stroked=True),
    "Eraser": Tool("freedraw", "ink_eraser", ERASER, ERASER, stroked=True),
    "Rectangle": Tool("rect", "rectangle"),
    "Ellipse": Tool("labeled_rect", "circle", line=NO_COLOR, boxed=True, label=ELLIPSE),
    "Polygon": Tool("polygon", "pentagon"),
    "Line": Tool("line", "pen_size_2", stroked=True),
}
Step = Callable[[Easel], Easel]


@dataclass(frozen=True)
class Look:
    """How the paint is looked at; none of it is part of a mask. ``opacity`` is 0 to 1."""

    color: str
    opacity: float


def tool() -> str:
    """The name of the tool in hand."""
    return MASK_TOOL.value or MASK_TOOL.first


def widest(picture: Attachment) -> int:
    """How many pixels wide a brush may be on this picture."""
    return max(64, min(picture.width, picture.height) // 2)


def mask_bar(picture: Attachment, easel: Easel, step: Callable[[Step], None]) -> None:
    """Draw the tools for ``picture``; ``step`` is called with what a click does to the easel."""
    shorter = min(picture.width, picture.height)
    MASK_TOOL.begin()
    most = widest(picture)
    first = max(SMALLEST, shorter // FIRST)
    BRUSH_SIZE.put(min(BRUSH_SIZE.value if BRUSH_SIZE.is_set else first, most))
    with st.container(key="mask_bar", horizontal=True, vertical_alignment="center", gap="xsmall"):
        chosen = st.segmented_control(
            "Tool",
            list(TOOLS),
            key=MASK_TOOL.key,
            label_visibility="collapsed",
            required=True,
            persist_state="session",
            format_func=_labelled,
        )
        _size(most, disabled=not TOOLS[str(chosen)].stroked)
        _steps(easel, step)


def _labelled(name: str) -> str:
    """Icon and name; the stylesheet shows the icon, and the name is there to be heard."""
    return f":material/{TOOLS[name].icon}: {name}"


def _size(most: int, *, disabled: bool) -> None:
    with st.container(key="mask_size", width=112):
        st.slider(
            "Brush size",
            SMALLEST,
            most,
            key=BRUSH_SIZE.key,
            format="%d px",
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


def overlay_look(*, guides: bool) -> Look:
    """Draw the choice of how the paint is looked at, and give it; what ``guides`` the model has a color of its own."""
    chosen = GUIDE_COLOR if guides else COLOR
    what = "The guide is sent in this color." if guides else "Only for you to see. The mask has no color."
    for widget in (chosen, OPACITY):
        widget.begin()
    with st.popover("", icon=":material/palette:", type="tertiary", help="Color and strength of the overlay"):
        color = st.color_picker("Color", key=chosen.key, help=what, persist_state="session")
        opacity = st.slider("Opacity", 10, 100, key=OPACITY.key, format="%d %%", persist_state="session")
    return Look(color, opacity / 100)
