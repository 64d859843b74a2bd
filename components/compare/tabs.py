"""The other sides of a comparison: a ballot, and what the votes say."""

import streamlit as st

from components.compare.verdict import verdict
from components.compare.vote import ballot, sharing
from components.state.tab import Widget
from triptych.experiment import Grid
from triptych.store.saved import voter_of

IMAGES, VOTE, VERDICT = VIEWS = ("Images", "Vote", "Results")
SHOWS = Widget[str]("compare_shows", IMAGES)
ICONS = {IMAGES: ":material/grid_on:", VOTE: ":material/how_to_vote:", VERDICT: ":material/leaderboard:"}


def side_switch(own: Grid | None) -> None:
    """Draw the choice of a side, once there is something to judge."""
    if own and own.progress.count("done"):
        st.segmented_control(
            "Show",
            VIEWS,
            key=SHOWS.begin(),
            required=True,
            label_visibility="collapsed",
            format_func=_labelled,
            persist_state="session",
        )


def show_vote() -> None:
    """Turn the comparison to its ballot."""
    SHOWS.put(VOTE)


def judged(own: Grid | None) -> bool:
    """Draw the ballot or the results where one of them was chosen; whether it was."""
    if own is None or SHOWS.value not in {VOTE, VERDICT} or not own.progress.count("done"):
        return False
    if SHOWS.value == VOTE:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Which one is better? Keys 1 to 4 vote.", width="stretch")
            sharing(own)
        ballot(own, voter_of(own.owner))
    else:
        verdict(own)
    return True


def _labelled(name: str) -> str:
    return f"{ICONS[name]} {name}"
