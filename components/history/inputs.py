"""What went with an edit of the history, shown in its details."""

import streamlit as st

from components.image.image import picture
from components.state.account import session
from components.state.services import services
from triptych.inputs import Attachment
from triptych.store import Record, Stored

EDGE = 88  # pixels, of a picture that went in
THUMBNAIL = 384  # pixels, the longer edge of the copy it is shown by
MOST = 6  # that are shown
ROLES = {"image": "Image that was edited", "mask": "Its mask", "markup": "Its guide"}


def history_inputs(record: Record, shown: frozenset[str]) -> None:
    """Draw what went in, but the pictures whose SHA-256 are ``shown`` already."""
    went_in = [(role, one) for role, one in record.request.attachments if one.sha256 not in shown]
    if not went_in:
        return
    st.caption(f"Sent with it: {_counted(went_in)}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for role, one in went_in[:MOST]:
            with st.container(width=EDGE):
                _small(role, one)


def _counted(went_in: list[tuple[str, Attachment]]) -> str:
    roles = [role for role, _ in went_in]
    pictures = roles.count("image")
    named = [f"{pictures} image{'s' * (pictures > 1)}"] if pictures else []
    return " and ".join(
        [*named, *(f"a {name}" for role, name in (("mask", "mask"), ("markup", "guide")) if role in roles)]
    )


def _small(role: str, one: Attachment) -> None:
    stored = Stored(one.sha256, one.format, one.width, one.height, one.weight)
    store = services().store
    try:
        if not store.history.has(session().owner, one.sha256):  # a sidecar from outside may name another's picture
            raise KeyError(one.sha256)
        picture(store.preview(stored, THUMBNAIL), "jpeg", (one.width, one.height), ROLES[role])
    except KeyError:
        st.caption(f":material/hide_image: {ROLES[role]}: the file is missing")
    except ValueError:
        st.caption(f":material/hide_image: {ROLES[role]}")
