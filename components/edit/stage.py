"""The picture that is edited, with what is painted on it."""

from functools import partial

import streamlit as st

from components.edit.empty_page import edit_welcome
from components.edit.extend import extend_panel
from components.edit.modes import EXTEND, PAINT, mode
from components.edit.variations import vary_panel
from components.image.image import picture
from components.inputs.inputs import read
from components.mask.canvas import mask_canvas
from components.mask.tools import mask_tools
from triptych.inputs import Attachment


def edit_canvas(pictures: tuple[Attachment, ...]) -> None:
    """Draw the first of the pictures to paint on, or where there is none what the page is for."""
    if not pictures:
        return edit_welcome()
    first = pictures[0]
    try:
        if mode() == PAINT:
            mask_canvas(first, partial(read, first))
            mask_tools(first, partial(read, first))
        elif mode() == EXTEND:
            extend_panel(first)
        else:
            vary_panel()
            picture(read(first), first.format, (first.width, first.height), "The picture to edit")
    except KeyError:
        st.error("The picture is not there any more. Take it out and add it again.", title="Its file is gone")
    return None
