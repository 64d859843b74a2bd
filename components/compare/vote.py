"""Blind votes: two images without a label, four answers, and the link by which others vote too."""

import time

import streamlit as st

from components.compare.tab_state import CompareTab
from components.frame.news import tell
from components.frame.notice import error_notice, plain
from components.image.image import picture
from components.state.account import session
from components.state.services import services
from components.state.tab import tab
from triptych.errors import InvalidRequest, Refused
from triptych.experiment import Grid
from triptych.experiment.votes import Pair, Verdict, entrants, pairs
from triptych.store import Stored
from triptych.store.saved import Ballot

REPEAT = 0.5  # seconds: nobody has looked at two images and judged them in less
LINK = "vote"  # of the address
EDGE = 1024  # pixels, the longer edge of what is judged
LEAST = 260  # pixels, how wide one is at least: on a phone the two are stacked
VERDICTS: tuple[tuple[Verdict, str, str, str], ...] = (
    ("left", "A", ":material/thumb_up:", "1"),
    ("same", "Tie", ":material/drag_handle:", "2"),
    ("bad", "Both bad", ":material/thumb_down:", "3"),
    ("right", "B", ":material/thumb_up:", "4"),
)


def vote_by_link() -> bool:
    """Draw the ballot alone where the address holds a voting link; whether it does."""
    link = str(st.query_params.get(LINK, ""))
    if not link:
        return False
    st.title("Which is better?")
    try:
        grid = services().grids.by_link(link) if services().begun else None
    except Refused as error:
        error_notice(error)
        return True
    if grid is None:
        st.info("This voting link no longer works. Ask for a new one.", icon=":material/link_off:")
    else:
        st.caption("Two images of the same prompt. Choose the better one; your vote is anonymous.")
        ballot(grid, tab(CompareTab).voter)
    return True


def ballot(grid: Grid, voter: str) -> None:
    """Draw the next pair and the verdicts, and how far ``voter`` is."""
    votes = services().grids.ballots(grid)
    pair = services().grids.next_pair(grid, voter)
    mine, every = sum(vote.voter == voter for vote in votes), sum(1 for _ in pairs(entrants(grid.states)))
    if every == 0:
        st.info("Voting needs at least two images of the same prompt, made in different ways.", icon=":material/info:")
        return
    if pair is None:
        st.success(f"You voted on all {every:,} pairs. Thank you.", icon=":material/check:")
    else:
        _pair(pair)
        _verdicts(grid, voter, pair)
    _progress(grid, voter, mine, every, votes)


def sharing(grid: Grid) -> None:
    """Draw the way to let others vote: a link, and taking it back."""
    saved = services().grids.saved.get(session().owner, grid.id)
    link = saved.link if saved else None
    with st.popover("Let others vote", icon=":material/link:", type="tertiary", key="compare_link"):
        if link:
            st.code(f"{str(st.context.url or '').split('?')[0]}?{LINK}={link}", language=None, wrap_lines=True)
            st.caption("Anyone with this link who can reach this server sees the images, without labels, and can vote.")
            st.button("Revoke link", key="compare_unlink", on_click=_share, args=(grid, False))
        else:
            st.button("Create link", key="compare_make_link", on_click=_share, args=(grid, True))


def _pair(pair: Pair) -> None:
    with st.container(key="vote_pair"), st.grid(2, min_column_width=LEAST, gap="small") as sides:
        for side, stored in (("A", pair.left_picture), ("B", pair.right_picture)):
            with sides.cell(), st.container(gap="xxsmall"):
                st.caption(side, text_alignment="center")
                _side(side, stored)


def _side(side: str, stored: Stored) -> None:
    width, height = stored.width or EDGE, stored.height or EDGE
    try:
        data = services().store.preview(stored, EDGE)
    except (KeyError, ValueError):
        st.warning(f"Image {side} cannot be shown.", icon=":material/broken_image:")
        return
    form = stored.format if stored.format in {"svg", "gif"} else "jpeg"
    picture(data, form, (width, height), f"Image {side}")


def _verdicts(grid: Grid, voter: str, pair: Pair) -> None:
    with st.container(key="vote_verdicts", horizontal=True, horizontal_alignment="center", gap="small"):
        for verdict, label, icon, key in VERDICTS:
            st.button(
                label, key=f"vote_{verdict}", icon=icon, shortcut=key, on_click=_vote, args=(grid, voter, pair, verdict)
            )


def _progress(grid: Grid, voter: str, mine: int, every: int, votes: tuple[Ballot, ...]) -> None:
    others = len(votes) - mine
    by_others = f" · {others:,} votes by others" if others else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.progress(min(1.0, mine / every), text=plain(f"{mine:,} of {every:,} pairs voted on{by_others}"))
        of, last = tab(CompareTab).voted
        last = last if of == grid.id else ""  # a vote on another comparison is not this page's to take back
        st.button(
            "Undo vote",
            key="unvote",
            icon=":material/undo:",
            type="tertiary",
            disabled=not last,
            on_click=_unvote,
            args=(voter, last),
        )


def _share(grid: Grid, on: bool) -> None:
    try:
        services().grids.saved.share(session().owner, grid.id, on=on)
    except KeyError:
        tell(InvalidRequest("This comparison no longer exists. Start a new one."))


def _vote(grid: Grid, voter: str, pair: Pair, verdict: Verdict) -> None:
    """Keep the verdict. The second click of a double click may reach the next pair: it is no verdict on that one."""
    here, now = tab(CompareTab), time.monotonic()
    if here.voted_at is None or now - here.voted_at >= REPEAT:
        here.voted, here.voted_at = (grid.id, services().grids.vote(grid, voter, pair, verdict)), now


def _unvote(voter: str, vote: str) -> None:
    services().grids.unvote(voter, vote)
    tab(CompareTab).voted = ("", "")
