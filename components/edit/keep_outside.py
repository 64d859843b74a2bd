"""The original's own pixels put back outside the mask: shown in the answer's place, kept as an image of its own."""

import hashlib
from dataclasses import dataclass, field

import streamlit as st

from components.edit.modes import PAINT, mode
from components.image.from_record import RecordImage
from components.image.from_run import Pictured
from components.inputs.inputs import read
from components.mask.usage import GUIDE, mask_use
from components.state.account import session
from components.state.runs import EDIT
from components.state.services import services
from components.state.tab import Widget, tab
from components.state.widgets import KEEP_OUTSIDE
from triptych import masks
from triptych.errors import Duplicate
from triptych.inputs import FORMATS, Attachment
from triptych.request import ImageRequest
from triptych.store import Record

SEAM = Widget[int]("seam", 8)  # pixels
HOW = "kept outside the mask"
MOST_SEAM = 64  # pixels


@dataclass(slots=True)
class _Composites:
    """The records of images put together in this tab, by their tickets, so that none is put together at each run."""

    records: dict[str, str] = field(default_factory=dict)


def keep_switch(pictures: tuple[Attachment, ...], shown: ImageRequest | None) -> None:
    """Draw the switch where it can change something: where a mask can be painted, or what is ``shown`` had one."""
    paints = bool(pictures) and mode() == PAINT and mask_use() != GUIDE
    if paints or (shown and shown.mask):
        st.toggle(
            "Keep pixels outside the mask",
            key=KEEP_OUTSIDE.begin(),
            persist_state="session",
            help="Restores the original pixels outside the mask in the result. The model's answer is kept as it came; "
            "the restored image is re-encoded and has no C2PA manifest.",
        )


def seam_slider() -> None:
    """Draw the choice of how softly the two images meet."""
    st.slider(
        "Seam (px)",
        0,
        MOST_SEAM,
        key=SEAM.begin(),
        width=240,
        persist_state="session",
        help="How far the two images blend inside the painted area.",
    )


def kept_outside(shown: Pictured) -> RecordImage | None:
    """``shown`` with the original's pixels outside its mask; None where there is no mask, or that is not wanted.

    Raises KeyError where a source is missing, Refused where it cannot be put together or saved.
    """
    first, *_ = shown.asked.images
    mask = shown.asked.mask
    if not mask or not KEEP_OUTSIDE.value or shown.format not in FORMATS:
        return None
    record = _composite(first, shown, mask, SEAM.value)
    return RecordImage(record) if record else None


def _composite(first: Attachment, shown: Pictured, mask: Attachment, seam: int) -> Record | None:
    """The record of the image put together; made once for a seam, whatever tab asks. None: it was deleted for good."""
    owner, made = session().owner, tab(_Composites).records
    made_of = f"{HOW} {owner} {first.sha256} {shown.sha256} {mask.sha256} {seam}"
    ticket = hashlib.sha256(made_of.encode()).hexdigest()[:32]
    if ticket in made:
        return services().store.history.get(owner, made[ticket])
    paint = masks.decode(read(mask), (first.width, first.height))
    data = masks.keep_outside(read(first), shown.original(), paint, seam)
    parents = (shown.sha256, first.sha256)
    try:
        record = services().studio.derive(
            data, owner=owner, page=EDIT, request=shown.asked, parents=parents, how=HOW, ticket=ticket
        )
    except Duplicate:
        made[ticket] = ""
        return None
    made[ticket] = record.id
    return record
