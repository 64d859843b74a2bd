"""The original's own pixels put back outside the mask: shown beside the answer, kept as a picture of its own."""

from dataclasses import dataclass, field

import streamlit as st

from components.frame.notice import error_notice
from components.image.actions import download
from components.image.from_record import RecordImage
from components.image.from_run import Pictured
from components.image.viewer import Look
from components.inputs.inputs import continue_from, read
from components.mask.outside import kept_outside
from components.state.account import session
from components.state.runs import EDIT
from components.state.services import services
from components.state.tab import Widget, tab
from components.state.widgets import KEEP_OUTSIDE
from triptych import masks
from triptych.errors import Refused
from triptych.inputs import Attachment
from triptych.store import Record

SEAM = Widget[int]("seam", 8)  # pixels
HOW = "kept outside the mask"
MOST_SEAM = 64  # pixels


@dataclass(slots=True)
class _Composites:
    """The records of pictures put together in this tab, by what they are made of."""

    records: dict[str, str] = field(default_factory=dict)


def keep_outside(first: Attachment, shown: Pictured, mask: Attachment) -> None:
    """Draw the switch for the answer ``shown`` of an edit of ``first``, and where it is on both pictures."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle(
            "Keep pixels outside the mask",
            key=KEEP_OUTSIDE.begin(),
            persist_state="session",
            help="Restores the original pixels outside the mask. The answer is kept; "
            "the result is re-encoded and has no C2PA manifest.",
        )
        if not KEEP_OUTSIDE.value:
            return
        st.slider(
            "Seam (px)",
            0,
            MOST_SEAM,
            key=SEAM.begin(),
            width=240,
            persist_state="session",
            help="How far the two images blend inside the painted area.",
        )
    try:
        one = RecordImage(_composite(first, shown, mask, SEAM.value))
    except KeyError:
        st.error("One of its source images is missing.", title="Add the image again")
    except Refused as error:
        error_notice(error)
    else:
        kept_outside(Look.of(shown), Look.of(one), f"kept_{shown.key}")
        with st.container(horizontal=True, vertical_alignment="center"):
            download(one, "kept")
            st.button(
                "Continue from this",
                key="continue_kept",
                icon=":material/arrow_forward:",
                type="tertiary",
                on_click=continue_from,
                args=(one,),
            )


def _composite(first: Attachment, shown: Pictured, mask: Attachment, seam: int) -> Record:
    """The record of the picture put together; made once for a seam, then found again."""
    made = tab(_Composites).records
    name = f"{shown.sha256} {mask.sha256} {seam}"
    known = services().store.history.get(session().owner, made[name]) if name in made else None
    if known is None:
        paint = masks.decode(read(mask), (first.width, first.height))
        data = masks.keep_outside(read(first), shown.original(), paint, seam)
        known = services().studio.derive(
            data, owner=session().owner, page=EDIT, request=shown.asked, parents=(shown.sha256, first.sha256), how=HOW
        )
        made[name] = known.id
    return known
