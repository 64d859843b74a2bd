"""Finished pictures: what they cost and took, and each with what was asked beside what was got."""

from decimal import Decimal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.price_tag import money
from components.services import services
from triptych.jobs import Job
from triptych.studio import Saved

TILE = 220  # pixels, the least width of a picture in the grid


def grid() -> DeltaGenerator:
    """The grid in which pictures, their stages and their skeletons stand, so that none moves when another comes."""
    return st.grid("auto", min_column_width=TILE)


def gallery(job: Job) -> None:
    """Draw every picture of ``job``."""
    with st.container(horizontal=True, gap="large"):
        st.metric("Actual cost", money(_total(job)), width="content")
        st.metric("Actual time", f"{job.seconds:.1f} s", width="content")
    with grid():
        for saved in job.saved:
            for index in range(len(saved.pieces)):
                tile(job, saved, index)


def tile(job: Job, saved: Saved, index: int) -> None:
    """Draw one picture of an answer."""
    piece = saved.pieces[index]
    if piece.stored:
        st.image(services().store.preview(piece.stored), alt=job.request.prompt[:100], width="stretch")
    elif piece.picture:
        st.image(piece.picture.data, alt=job.request.prompt[:100], width="stretch")


def _total(job: Job) -> Decimal | None:
    """Dollars of all answers, None as soon as one is unknown."""
    known = [saved.dollars for saved in job.saved if saved.dollars is not None]
    return sum(known, Decimal(0)) if len(known) == len(job.saved) else None
