"""Finished pictures."""

import streamlit as st

from components.services import services
from triptych.jobs import Job
from triptych.studio import Saved


def gallery(job: Job, saved: Saved, index: int) -> None:
    """Draw one picture of an answer."""
    piece = saved.pieces[index]
    if piece.stored:
        st.image(services().store.preview(piece.stored), alt=job.request.prompt[:100], width="stretch")
    elif piece.picture:
        st.image(piece.picture.data, alt=job.request.prompt[:100], width="stretch")
