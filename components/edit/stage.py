"""The stage of the Edit page: the picture with what is painted on it, or in the same place what came of it."""

from functools import partial

import streamlit as st

from components.edit.empty_page import edit_welcome
from components.edit.extend import extend_panel
from components.edit.modes import EXTEND, PAINT, mode
from components.edit.notes import question_settled
from components.edit.result import edit_result, result_tools
from components.edit.variations import vary_panel
from components.edit.views import PAINT as PAINT_VIEW
from components.edit.views import result_job, stage_view
from components.frame.notice import error_notice
from components.image.image import picture
from components.inputs.input_column import missing_button
from components.inputs.inputs import read
from components.mask.canvas import mask_canvas
from components.mask.tools import mask_tools
from components.mask.usage import GUIDE, mask_use
from triptych.errors import InputMissing
from triptych.inputs import Attachment


def edit_stage(pictures: tuple[Attachment, ...]) -> None:
    """Draw the first of the pictures to paint on, its newest result, or where there is neither what the page is for."""
    with st.container(key="edit_tools", horizontal=True, vertical_alignment="center", gap="xsmall"):
        job = result_job()
        view = stage_view(job, pictures) if job else PAINT_VIEW
        result = result_tools(job) if job and view != PAINT_VIEW else None
        if not result and pictures and mode() == PAINT:
            mask_tools(pictures[0], partial(read, pictures[0]))
    if result:
        edit_result(result, view)
    else:
        _edited(pictures)


def _edited(pictures: tuple[Attachment, ...]) -> None:
    if not pictures:
        return edit_welcome()
    first = pictures[0]
    try:
        if mode() == PAINT:
            guides = mask_use() == GUIDE
            mask_canvas(first, partial(read, first), guides=guides, is_outdated=question_settled)
        elif mode() == EXTEND:
            extend_panel(first)
        else:
            vary_panel()
            with st.container(key="edit_varied"):
                picture(read(first), first.format, (first.width, first.height), "The image to vary")
    except KeyError:
        error_notice(InputMissing("The file of this image is missing."))
        missing_button("stage")
    return None
