"""What can be done with a painted mask as a whole: invert, grow, soften, select by color or subject, files."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components.frame.news import tell
from components.mask.easels import current_painting, last_stroke, put_painting
from components.mask.files import mask_files
from components.mask.preview import preview_button
from components.mask.usage import mask_use_choice
from components.state.tab import Widget, put
from triptych import masks, vision
from triptych.errors import BadFile, Refused
from triptych.inputs import Attachment
from triptych.masks.painting import Painting
from triptych.masks.tools import How, Paint

Tool = Callable[[Paint], Paint]
Read = Callable[[], bytes]

AMOUNT = Widget[int]("mask_amount", 8)  # pixels
ACROSS = Widget[int]("wand_x", 0)  # pixels of the picture, from the left
DOWN = Widget[int]("wand_y", 0)
TOLERANCE = Widget[int]("wand_tolerance", 24)  # of 255
NEAR = Widget[bool]("wand_near", first=True)
COMBINED = Widget[str]("mask_how", "Add")
HOW: dict[str, How] = {"Add": "add", "Subtract": "subtract", "Keep only": "intersect", "Replace": "replace"}
BY_AMOUNT = {
    "Grow": (masks.grow, "expand"),
    "Shrink": (masks.shrink, "compress"),
    "Feather": (masks.feather, "blur_on"),
    "Smooth": (masks.smooth, "line_curve"),
}
MOST_AMOUNT = 200  # pixels


def mask_tools(first: Attachment, read: Read, *, in_dialog: bool = False) -> None:
    """Draw one row of them for the mask on ``first``, whose bytes ``read`` gives; each is a step that undo takes back.

    ``read`` raises KeyError where they are gone. ``in_dialog`` nothing is there that opens another, and no guide.
    """
    for widget in (AMOUNT, ACROSS, DOWN, TOLERANCE, NEAR, COMBINED):
        widget.begin()
    with st.container(key="mask_tools", horizontal=True, gap="xsmall", vertical_alignment="center"):
        if not in_dialog:
            mask_use_choice()
        with st.popover("Shape", key="mask_shape", type="tertiary"):
            _shape(first)
        with st.popover("Select", key="mask_select", type="tertiary"):
            _select(first, read)
        with st.popover("File", key="mask_file", type="tertiary"):
            mask_files(first)
        if not in_dialog:
            preview_button(first)


def _shape(first: Attachment) -> None:
    _button(first, "Invert", "invert_mask", ":material/invert_colors:", masks.invert)
    _button(first, "Fill holes", "fill_mask", ":material/format_color_fill:", masks.fill_holes)
    st.slider("Amount (px)", 1, MOST_AMOUNT, key=AMOUNT.key, persist_state="session")
    for name, (tool, icon) in BY_AMOUNT.items():
        _button(first, name, f"{name.lower()}_mask", f":material/{icon}:", partial(_by_amount, tool))


def _select(first: Attachment, read: Read) -> None:
    st.segmented_control("Combine with the mask", tuple(HOW), key=COMBINED.key, required=True, persist_state="session")
    st.markdown("By color")
    st.slider("Tolerance", 0, 255, key=TOLERANCE.key, persist_state="session")
    st.toggle("Connected areas only", key=NEAR.key, persist_state="session")
    st.button(
        "Select color under last stroke",
        key="wand_here",
        icon=":material/my_location:",
        on_click=_wand_here,
        args=(first, read),
        width="stretch",
        help="Click the color with the brush, then select it here.",
    )
    with st.container(horizontal=True):
        st.number_input("X (px)", 0, first.width - 1, key=ACROSS.key, persist_state="session")
        st.number_input("Y (px)", 0, first.height - 1, key=DOWN.key, persist_state="session")
    _button(first, "Select color at this point", "wand_mask", ":material/colorize:", partial(_wand, first, read))
    st.markdown("By subject")
    missing = vision.missing("subject")
    if missing:
        st.caption(missing)
        return
    _button(first, "Subject", "subject_mask", ":material/person:", partial(_subject, read))
    _button(first, "Background", "background_mask", ":material/wallpaper:", partial(_background, read))
    _button(first, "Refine edges", "refine_mask", ":material/content_cut:", partial(_refined, read))


def _button(first: Attachment, label: str, key: str, icon: str, tool: Tool) -> None:
    st.button(label, key=key, icon=icon, on_click=_apply, args=(first, tool), width="stretch")


def _apply(first: Attachment, tool: Tool) -> None:
    """Use ``tool`` on what is painted at the click; where it cannot be, say so and leave the painting."""
    try:
        put_painting(first, Painting.of(tool(current_painting(first).paint())))
    except Refused as error:
        tell(error)
    except KeyError:
        tell("The image file is missing. Remove the image and add it again.")


def _by_amount(tool: Callable[[Paint, int], Paint], paint: Paint) -> Paint:
    return tool(paint, AMOUNT.value)


def _combined(paint: Paint, chosen: Paint) -> Paint:
    return masks.combine(paint, chosen, HOW[COMBINED.value])


def _wand(first: Attachment, read: Read, paint: Paint) -> Paint:
    point = (min(ACROSS.value, first.width - 1), min(DOWN.value, first.height - 1))
    return _combined(paint, masks.wand(read(), point, TOLERANCE.value, contiguous=NEAR.value))


def _subject(read: Read, paint: Paint) -> Paint:
    return _combined(paint, _found(read))


def _background(read: Read, paint: Paint) -> Paint:
    return _combined(paint, masks.invert(_found(read)))


def _found(read: Read) -> Paint:
    """The paint over what the image is of; raises BadFile in words where nothing stands out."""
    found = vision.subject(read())
    if masks.verdict(found) == "empty":
        raise BadFile("No subject was found in this image. Paint it, or select it by color.")
    return found


def _refined(read: Read, paint: Paint) -> Paint:
    """The outline of what is painted, laid along the edges in the picture; raises BadFile where nothing is painted."""
    if masks.verdict(paint) == "empty":
        raise BadFile("Nothing is painted. Paint roughly over the subject, then refine its edges.")
    return vision.refine(read(), paint)


def _wand_here(first: Attachment, read: Read) -> None:
    """Select the color in the middle of the last stroke."""
    box = last_stroke(first).getbbox()
    if box is None:
        tell("Click the color with the brush first.")
        return
    put({ACROSS: (box[0] + box[2]) // 2, DOWN: (box[1] + box[3]) // 2})
    _apply(first, partial(_wand, first, read))
