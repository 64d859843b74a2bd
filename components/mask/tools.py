"""What can be done with a painted mask as a whole: invert, grow, soften, select by colour or subject, files."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components.inputs.inputs import read
from components.mask.canvas import current_painting, last_stroke, put_painting
from components.mask.files import mask_files
from components.mask.preview import preview_button
from components.mask.usage import mask_use_choice
from components.state.account import session
from triptych import masks, vision
from triptych.errors import BadFile, Refused
from triptych.inputs import Attachment
from triptych.masks.painting import Painting
from triptych.masks.tools import How, Paint

Tool = Callable[[Paint], Paint]

FIRST = {"mask_amount": 8, "wand_x": 0, "wand_y": 0, "wand_tolerance": 24, "wand_near": True, "mask_how": "Add"}
HOW: dict[str, How] = {"Add": "add", "Subtract": "subtract", "Keep only": "intersect", "Replace": "replace"}
BY_AMOUNT = {
    "Grow": (masks.grow, "expand"),
    "Shrink": (masks.shrink, "compress"),
    "Feather": (masks.feather, "blur_on"),
    "Smooth": (masks.smooth, "line_curve"),
}
MOST_AMOUNT = 200  # pixels


def mask_tools(first: Attachment) -> None:
    """Draw one row of them for the mask on ``first``; each is one step that undo takes back."""
    session().begin(FIRST)
    with st.container(key="mask_tools", horizontal=True, gap="xsmall", vertical_alignment="center"):
        mask_use_choice()
        with st.popover("Shape", key="mask_shape", type="tertiary"):
            _shape(first)
        with st.popover("Select", key="mask_select", type="tertiary"):
            _select(first)
        with st.popover("File", key="mask_file", type="tertiary"):
            mask_files(first)
        preview_button(first)


def _shape(first: Attachment) -> None:
    _button(first, "Invert", "invert_mask", ":material/invert_colors:", masks.invert)
    _button(first, "Fill holes", "fill_mask", ":material/format_color_fill:", masks.fill_holes)
    st.slider("By how many pixels", 1, MOST_AMOUNT, key="mask_amount", persist_state="session")
    for name, (tool, icon) in BY_AMOUNT.items():
        _button(first, name, f"{name.lower()}_mask", f":material/{icon}:", partial(_by_amount, tool))


def _select(first: Attachment) -> None:
    st.segmented_control("With what is painted", tuple(HOW), key="mask_how", required=True, persist_state="session")
    st.markdown("By colour")
    st.slider("Tolerance", 0, 255, key="wand_tolerance", persist_state="session")
    st.toggle("Only what is connected", key="wand_near", persist_state="session")
    st.button("Select where I painted last", key="wand_here", icon=":material/my_location:", on_click=_wand_here,
              args=(first,), width="stretch", help="Dab the brush on the colour, then press this.")  # fmt: skip
    with st.container(horizontal=True):
        st.number_input("Across", 0, first.width - 1, key="wand_x", persist_state="session")
        st.number_input("Down", 0, first.height - 1, key="wand_y", persist_state="session")
    _button(first, "Select the colour there", "wand_mask", ":material/colorize:", partial(_wand, first))
    st.markdown("By subject")
    missing = vision.missing("subject")
    if missing:
        st.caption(missing)
        return
    _button(first, "Subject", "subject_mask", ":material/person:", partial(_subject, first))
    _button(first, "Background", "background_mask", ":material/wallpaper:", partial(_background, first))
    _button(first, "Refine edges", "refine_mask", ":material/content_cut:", partial(_refined, first))


def _button(first: Attachment, label: str, key: str, icon: str, tool: Tool) -> None:
    st.button(label, key=key, icon=icon, on_click=_apply, args=(first, tool), width="stretch")


def _apply(first: Attachment, tool: Tool) -> None:
    """Use ``tool`` on what is painted at the click; where it cannot be, say so and leave the painting."""
    try:
        put_painting(first, Painting.of(tool(current_painting(first).paint())))
    except Refused as error:
        session().tell(error)
    except KeyError:
        session().tell("The picture is not there any more. Take it out and add it again.")


def _by_amount(tool: Callable[[Paint, int], Paint], paint: Paint) -> Paint:
    return tool(paint, int(session().value("mask_amount")))


def _combined(paint: Paint, chosen: Paint) -> Paint:
    return masks.combine(paint, chosen, HOW[session().value("mask_how")])


def _wand(first: Attachment, paint: Paint) -> Paint:
    here = session()
    point = (min(here.value("wand_x"), first.width - 1), min(here.value("wand_y"), first.height - 1))
    near, tolerance = here.value("wand_near"), here.value("wand_tolerance")
    return _combined(paint, masks.wand(read(first), point, tolerance, contiguous=near))


def _subject(first: Attachment, paint: Paint) -> Paint:
    return _combined(paint, _found(first))


def _background(first: Attachment, paint: Paint) -> Paint:
    return _combined(paint, masks.invert(_found(first)))


def _found(first: Attachment) -> Paint:
    """What the picture is of; raises BadFile in words where nothing stands out."""
    found = vision.subject(read(first))
    if masks.verdict(found) == "empty":
        raise BadFile("No subject was found in this picture. Paint it, or select it by colour.")
    return found


def _refined(first: Attachment, paint: Paint) -> Paint:
    """The outline of what is painted, laid along the edges in the picture; raises BadFile where nothing is painted."""
    if masks.verdict(paint) == "empty":
        raise BadFile("Nothing is painted. Paint roughly over what you mean, then refine its edges.")
    return vision.refine(read(first), paint)


def _wand_here(first: Attachment) -> None:
    """Select the colour in the middle of the last stroke."""
    box = last_stroke(first).getbbox()
    if box is None:
        session().tell("Dab the brush on the colour first.")
        return
    session().put({"wand_x": (box[0] + box[2]) // 2, "wand_y": (box[1] + box[3]) // 2})
    _apply(first, partial(_wand, first))
