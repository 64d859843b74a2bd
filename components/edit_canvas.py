"""The picture that is edited, with what is painted on it."""

import streamlit as st

from components.edit_inputs import read
from components.edit_welcome import edit_welcome
from components.picture import picture
from triptych.inputs import Attachment


def edit_canvas(pictures: tuple[Attachment, ...]) -> None:
    """Draw the first of the pictures to paint on, or where there is none what the page is for."""
    if not pictures:
        return edit_welcome()
    first = pictures[0]
    try:
        picture(read(first), first.format, (first.width, first.height), "The picture to edit")
    except KeyError:
        st.error("The picture is not there any more. Take it out and add it again.", title="Its file is gone")
    return None
