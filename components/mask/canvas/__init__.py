"""The canvas on which a mask is painted: tools, the picture, the strokes, and undo for all that was painted on it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from components.frame.keys import KEY_JS, LIST_CSS
from components.frame.notice import plain
from components.image.viewer import is_close, look_closely
from components.mask.easels import canvas_key, current_painting, easel_of, is_drawn, keep, take_strokes
from components.mask.tool_bar import SMALLEST, TOOLS, Look, mask_bar, overlay_look, tool, widest
from components.state.tab import Widget, tab
from components.state.widgets import BRUSH_SIZE
from triptych.inputs import Attachment
from triptych.masks.painting import Easel, Painting, canvas_of
from triptych.masks.screen import EDGE, SHARPEST, backdrop, base_object

BOX = "mask_box"  # the key of the container in which the scripts find the canvas
MOST_HEIGHT = 560  # pixels of it on a page that sets no --stage-height
HERE = Path(__file__).parent
SCRIPTS = ("library.js", "holding.js", "looking.js", "hands.js", "keys.js", "keyed_shape.js", "view.js")
VIEW = Widget[Any]("mask_view", None)
_view = st.components.v2.component(
    "triptych_mask_view",
    html=HERE.joinpath("view.html").read_text("utf-8"),
    css=HERE.joinpath("view.css").read_text("utf-8") + LIST_CSS,
    js=KEY_JS + "".join(HERE.joinpath(name).read_text("utf-8") for name in SCRIPTS),
)
_turn = st.components.v2.component("triptych_mask_turn", js=HERE.joinpath("turn.js").read_text("utf-8"))
_backdrop = st.components.v2.component("triptych_mask_backdrop", js=HERE.joinpath("backdrop.js").read_text("utf-8"))


@dataclass(slots=True)
class Asked:
    """The number of the last ``question`` of the editor that the server has heard."""

    question: int = 0


def mask_canvas(
    picture: Attachment,
    read: Callable[[], bytes],
    *,
    guides: bool = False,
    is_outdated: Callable[[], bool] = lambda: False,
) -> Painting:
    """Draw the tools and the canvas for ``picture``, whose bytes ``read`` gives; what is painted on it now, which
    ``guides`` the model or is a mask.

    Painting reruns only this part of the page, and all of it when the first stroke makes a mask, undo takes it away, or
    ``is_outdated`` says, once, that the page says something of what was painted before.
    """
    known = take_strokes(picture).now.empty
    _canvas(picture, read, known, guides=guides, is_outdated=is_outdated)
    return current_painting(picture)


def _step(picture: Attachment, step: Callable[[Easel], Easel]) -> None:
    """Take a ``step`` from what is on the canvas at the click."""
    keep(picture, step(easel_of(picture)))


@st.fragment
def _canvas(
    picture: Attachment, read: Callable[[], bytes], known: bool, *, guides: bool, is_outdated: Callable[[], bool]
) -> None:
    easel = take_strokes(picture)
    if is_outdated() or easel.now.empty != known:
        st.rerun()
    with st.container(key="mask_easel", gap="xsmall"):  # all that may fill the window
        mask_bar(picture, easel, partial(_step, picture))
        with st.container(key=BOX, gap="xxsmall"):
            _paint_on(picture, easel)
            edge = SHARPEST if is_close(canvas_key(picture)) else EDGE
            with st.container(gap=None):  # neither is to be seen
                _backdrop(data=_shown(picture.sha256, edge, read), key="mask_backdrop", height=1)
                _turned(picture, easel)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                below = st.container()
                look = overlay_look(guides=guides)
            with below:
                _look(picture, look, guides=guides)
    if easel.refused:
        st.error(plain(easel.refused), title="Paint it again", icon=":material/error:")


def _paint_on(picture: Attachment, easel: Easel) -> None:
    width, height = canvas_of((picture.width, picture.height))
    chosen = TOOLS[tool()]
    brush = BRUSH_SIZE.value
    # A picture one pixel thin has a canvas that is not: there a brush as wide as the picture is as wide as the canvas.
    diameter = max(brush / max(easel.now.scale), min(brush / min(easel.now.scale), width, height))
    st_canvas(
        fill_color=chosen.color,
        stroke_color=chosen.line,
        stroke_width=diameter if chosen.stroked else 0,  # a brush may be of 8.5 pixels
        drawing_mode=chosen.mode,
        initial_drawing={"objects": easel.first(base_object(easel.shown))},
        width=width,
        height=height,
        label=chosen.label,
        font_size=1,  # of the label, which says to us what a box is for: too small to be seen
        key=canvas_key(picture),
        on_change=partial(_painted, picture),
    )


def _painted(picture: Attachment) -> None:
    """Take what was painted, also where the page is left before it is drawn again."""
    take_strokes(picture)


def _look(picture: Attachment, look: Look, *, guides: bool) -> None:
    """Say how the canvas is looked at: nothing that changes with a stroke, or all of the script would come with it."""
    chosen = TOOLS[tool()]
    key = canvas_key(picture)
    data: dict[str, Any] = {
        "key": key,
        "picture": [picture.width, picture.height],
        "mostHeight": MOST_HEIGHT,
        "sharp": is_close(key),
        "color": look.color,
        "opacity": look.opacity,
        "brush": BRUSH_SIZE.value if chosen.stroked else 0,
        "widest": widest(picture),
        "tool": tool(),
        "tools": list(TOOLS),
        "boxed": chosen.boxed,
        "guides": guides,
        "heard": tab(Asked).question,
    }
    _view(
        data=data,
        key=VIEW.key,
        on_sharp_change=partial(look_closely, key),
        on_brush_change=partial(_resized, picture),
        on_heard_change=_heard,
    )


def _heard() -> None:
    """Answer that what was chosen before the question has been heard."""
    asked = (VIEW.value or {}).get("heard")
    if isinstance(asked, int):
        tab(Asked).question = asked


def _resized(picture: Attachment) -> None:
    """Take the size of the brush that was asked for by keys."""
    asked = (VIEW.value or {}).get("brush")
    if isinstance(asked, int):
        BRUSH_SIZE.put(max(SMALLEST, min(asked, widest(picture))))


def _turned(picture: Attachment, easel: Easel) -> None:
    """Say what was taken of the canvas, and what it was given."""
    data = {
        "key": canvas_key(picture),
        "round": easel.round,
        "drawn": is_drawn(picture, easel),
        "strokes": len(easel.taken),
        "steps": len(easel.past),
        "heavy": easel.heavy,
    }
    rested, mounted = partial(_rested, picture), partial(_mounted, picture)
    _turn(data=data, key="mask_turn", height=1, on_rest_change=rested, on_again_change=mounted)


def _rested(picture: Attachment) -> None:
    """Bake what is heavy while nobody paints."""
    easel = easel_of(picture)
    if easel.heavy:
        keep(picture, easel.baked())


def _mounted(picture: Attachment) -> None:
    """Give a canvas that was mounted anew what was painted on the one before it, which neither side has forgotten."""
    easel = easel_of(picture)
    if easel.taken:
        keep(picture, easel.again())


@st.cache_data(max_entries=32, show_spinner=False)
def _shown(sha256: str, edge: int, _read: Callable[[], bytes]) -> bytes:  # noqa: ARG001 - it is the cache's key
    return backdrop(_read(), edge)
