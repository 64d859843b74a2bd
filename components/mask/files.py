"""Masks as files: one made elsewhere, the one painted here, those kept in the history."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from components.frame.news import tell
from components.image.from_record import RecordImage
from components.image.image import finished
from components.mask.easels import current_painting, easels, put_painting
from components.state.account import session
from components.state.form import form_request
from components.state.runs import EDIT
from components.state.services import services
from components.state.tab import Widget
from components.state.widgets import MASK as MASK_FILE
from triptych import masks
from triptych.errors import Refused
from triptych.inputs import MOST_MASK_BYTES, Attachment
from triptych.masks.painting import Easel, Painting
from triptych.store import Query

POLARITY_CHOICE = Widget[str]("mask_polarity", "Detect from file")
POLARITY = {"Detect from file": None, "White areas": True, "Black areas": False}
MASK = "mask"  # what the records call a mask that was kept
LOOKED = 200  # of the newest pictures made here, among which masks are looked for
MOST = 6  # masks that are offered
THUMBNAIL = 96  # pixels
MOST_MB = MOST_MASK_BYTES >> 20  # of a mask; the browser says so, the server holds it


def mask_files(first: Attachment) -> None:
    """Draw the upload, the download, and the ways into the history and out of it, for the mask on ``first``."""
    POLARITY_CHOICE.begin()
    change = partial(_uploaded, first)
    st.file_uploader(
        "Mask",
        key=MASK_FILE.key,
        on_change=change,
        max_upload_size=MOST_MB,
        help=f"A PNG of {first.size} up to {MOST_MB} MB that is transparent where the image changes, or a black and "
        "white PNG or JPEG.",
    )
    st.selectbox(
        "Areas that change", tuple(POLARITY), key=POLARITY_CHOICE.key, on_change=change, persist_state="session"
    )
    painted = not current_painting(first).empty
    st.download_button(
        "Download mask",
        partial(_encoded, easels(), first),
        f"mask-{first.size}.png",
        "image/png",
        key="mask_download",
        on_click="ignore",
        icon=":material/download:",
        disabled=not painted,
        width="stretch",
    )
    st.button(
        "Save to history",
        key="mask_save",
        icon=":material/bookmark_add:",
        on_click=_save,
        args=(first,),
        disabled=not painted,
        width="stretch",
    )
    _kept(first)


def _kept(first: Attachment) -> None:
    """The newest masks of the picture's own size that were saved."""
    found = services().store.history.search(session().owner, Query(engines=("local",)), 1, LOOKED).records
    fitting = [
        RecordImage(one)
        for one in found
        if one.stored and one.got.get("derived") == MASK and one.got.get("size") == first.size
    ][:MOST]
    if not fitting:
        return
    st.caption("Saved masks of this size")
    with st.container(horizontal=True):
        for one in fitting:
            with st.container(width=THUMBNAIL, gap="xxsmall"):
                finished(one, one.thumbnail)
                st.button("Use", key=f"use_mask_{one.key}", type="tertiary", on_click=_reuse, args=(first, one))


def _uploaded(first: Attachment) -> None:
    file = MASK_FILE.value
    if file is not None:
        white = POLARITY[POLARITY_CHOICE.value]
        other = masks.name(file.getvalue())
        if _paint(first, file.getvalue(), white) and other:
            changes = "black" if white is False else "white"
            tell(f"Mask ({other}): read as black and white: {changes} areas change. It is sent as PNG.")


def _reuse(first: Attachment, one: RecordImage) -> None:
    try:
        _paint(first, one.original(), None)
    except KeyError:
        tell(f"The file of {one.file_name} is missing.")


def _paint(first: Attachment, data: bytes, white: bool | None) -> bool:
    """Paint what a mask file says, and whether it is; where it cannot be, say so and leave the painting."""
    try:
        put_painting(first, Painting.of(masks.decode(data, (first.width, first.height), white)))
    except Refused as error:
        tell(error)
        return False
    return True


def _encoded(held: Mapping[str, Easel], first: Attachment) -> bytes:
    """The mask as it is when it is downloaded, which is outside of any run of the page."""
    return masks.encode(held[first.sha256].now.paint())


def _save(first: Attachment) -> None:
    try:
        data = masks.encode(current_painting(first).paint())
        asked, owner = form_request("edits"), session().owner
        services().studio.derive(data, owner=owner, page=EDIT, request=asked, parents=(first.sha256,), how=MASK)
    except Refused as error:
        tell(error)
    else:
        tell("Mask saved to history.")
