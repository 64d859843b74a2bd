"""Finished pictures, each where it was drawn, and under them what they cost and took beside what was estimated."""

from decimal import Decimal

import streamlit as st

from components.large_view import large_view
from components.picture import picture
from components.picture_actions import picture_actions
from components.pictured import Pictured, pictures
from components.price_tag import money, span
from components.slots import Slot, grid, size_of, slots, stage
from triptych.jobs import Job
from triptych.pricing import estimate
from triptych.timing import expected


def gallery(job: Job) -> None:
    """Draw every picture of ``job``, which has ended, with what can be done with it, and what all of them cost."""
    places = tuple(slots(job))
    numbers = {shown.key: number for number, shown in enumerate(pictures(job))}
    with grid(len(places), size_of(job)) as cells:
        for slot in places:
            with cells.cell(), st.container(gap="xsmall"):
                if shown := slot.pictured:
                    tile(shown)
                    picture_actions(shown, numbers[shown.key])
                else:
                    _missing(slot)
    outcome(job)
    large_view(job)


def tile(shown: Pictured) -> None:
    """Draw one finished picture."""
    try:
        picture(shown.preview(), shown.format, shown.pixels, shown.alt)
    except KeyError as error:
        st.error(f"This picture is not shown: {error.args[0]}.", title="Download it", icon=":material/error:")
    if shown.piece.stored is None:
        st.caption(":material/warning: Not saved on disk. Download it now.")


def outcome(job: Job) -> None:
    """Draw the metrics "Actual cost" and "Actual time", each with its estimate."""
    before = money(estimate(job.request, job.server).dollars)
    free = "" if job.server.charged else "not charged · "
    should = span(expected(job.request))
    with st.container(horizontal=True, gap="large"):
        _metric("Actual cost", money(total(job)), f"{free}estimated {before}")
        _metric("Actual time", f"{job.seconds:.1f} s", f"estimated {should}")


def total(job: Job) -> Decimal | None:
    """Dollars of all answers of ``job``, None as soon as one is unknown."""
    known = [saved.dollars for saved in job.saved if saved.dollars is not None]
    return sum(known, Decimal(0)) if len(known) == len(job.saved) else None


def _metric(label: str, value: str, estimated: str) -> None:
    st.metric(label, value, estimated, delta_color="off", delta_arrow="off", width="content")


def _missing(slot: Slot) -> None:
    stage(slot)
    move = slot.part.error.next_move if slot.part.error else "Not drawn"
    st.caption(f":material/error: {move}")
