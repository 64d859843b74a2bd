"""The mask exactly as it would be sent, and how much of the picture it covers."""

import streamlit as st

from components.frame.notice import error_notice
from components.image.image import picture
from components.mask.easels import current_painting
from components.state.tab import Window
from triptych import masks, store
from triptych.errors import Refused
from triptych.inputs import Attachment

WINDOW = Window("mask_preview")
FIT = 520  # pixels, how high it may be so that all of it is in view


def preview_button(first: Attachment) -> None:
    """Draw the button, and the window while it is open."""
    st.button(
        "",
        key="preview_mask",
        icon=":material/visibility:",
        type="tertiary",
        on_click=WINDOW.open,
        help="Preview the mask as sent",
    )
    if WINDOW.is_open:
        st.dialog("Mask as sent", width="medium", on_dismiss=WINDOW.close)(_preview)(first)


def _preview(first: Attachment) -> None:
    painting = current_painting(first)
    if painting.empty:
        st.info("Nothing is painted. Without a mask, the whole image may change.")
        return
    try:
        paint = painting.paint()
        data = masks.encode(paint)
    except Refused as error:
        error_notice(error)
        return
    st.caption(
        f"{masks.share(paint):.1%} of the image is painted. PNG, {first.size}, {len(data) / 1024:,.0f} kB, transparent "
        "where the image changes, black where it stays."
    )
    with st.container(width=max(1, min(first.width, round(FIT * first.width / first.height)))):
        alt = "The mask as sent: a checkered pattern shows where the image changes"
        picture(store.preview(data, "png"), "jpeg", (first.width, first.height), alt)
