"""The comparison as it happens: the table of images, how far it is, and what a click in it does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.compare.closer import compare_closer
from components.compare.export import compare_export
from components.compare.lettering import lettering_note, lettering_switch
from components.compare.matrix import compare_matrix
from components.compare.pivot import View, pivot
from components.compare.plan import Plan, key_of
from components.compare.promote import can_rise, promote
from components.compare.rows import Addresses, matrix_of, waited
from components.compare.run_row import draw
from components.compare.tab_state import CompareTab
from components.compare.zoom import drawn
from components.frame.formats import duration, money
from components.frame.notice import plain
from components.image.open_image import open_image
from components.state.tab import tab
from triptych.experiment import CellState, Grid
from triptych.many import RUNNING, Progress, Status
from triptych.many.forecast import makespan
from triptych.ranges import Range
from triptych.settings import settings
from triptych.timing import Seconds

SLICE = 0.25  # seconds a run of the view waits for news
STATUS = 48  # pixels, the line above the table, so that nothing moves when its text changes
MOST_PICKED = 4


def compare_view(plan: Plan) -> None:
    """Draw the table, live while any of it is being drawn, and what can be done with it."""
    if plan.experiment is None:
        return
    with st.container(key="compare_tools", horizontal=True, vertical_alignment="center", gap="small"):
        line = st.container(key="compare_line", height=STATUS, border=False, vertical_alignment="center").empty()
        if plan.own is None or not plan.begun:
            line.caption("This is the plan. Nothing is sent until you click Compare.")
        elif not plan.own.running:
            line.caption(_ended(plan.own, plan.own.progress))
        found = drawn(plan)
        lettering_switch(plan, found)
        view = pivot(plan.experiment.axes, plan.experiment.repeats)
        if plan.own and found:
            compare_export(plan.own, view)
    _pictures(plan, view, line)
    compare_closer(plan, found)


def _pictures(plan: Plan, view: View, line: DeltaGenerator) -> None:
    """The table is in the same place while it is drawn and after: else the browser would make it anew, and flicker.

    What has ended since the page began is told by the first slice, so that the page says it all over.
    """
    if plan.own and (tab(CompareTab).running or plan.own.running):
        st.fragment(_live, run_every=SLICE)(plan, view, plan.own, line, Seen())
    else:
        with st.container():  # as a fragment has one
            _table(plan, view, {})


@dataclass(slots=True)
class Seen:
    """What the slices since the last run of the whole page have shown: a version, -1 before any, and pictures."""

    version: int = -1
    addresses: Addresses = field(default_factory=dict)


def _live(plan: Plan, view: View, grid: Grid, line: DeltaGenerator, seen: Seen) -> None:
    """One slice: wait for news, show how it stands, on the ``line`` above too, and once all has ended tell the page."""
    here = tab(CompareTab)
    grid.wait(seen.version, SLICE)
    seen.version = grid.version
    _progress(grid, line)
    _table(plan, view, seen.addresses)
    if not grid.running or here.turned:
        here.turned = False
        st.rerun()


def _table(plan: Plan, view: View, addresses: Addresses) -> None:
    matrix = matrix_of(
        plan, view, picked=tab(CompareTab).picked, score=lettering_note, rises=can_rise, addresses=addresses
    )
    compare_matrix(matrix, partial(_act, plan))


def _progress(grid: Grid, line: DeltaGenerator) -> None:
    now = grid.progress
    slowed = grid.slowed
    held = f" · slowed by the rate limit, {slowed:.0f} s longer" if slowed is not None else ""
    share = now.ended / max(1, now.possible)
    told = f"{now.ended:,} of {now.possible:,} · {_cost(grid, now)} so far · {_clock(grid)}{held}"
    line.progress(share, text=plain(told))


def _clock(grid: Grid) -> str:
    """How long it has been, and how long it should still take."""
    coming = [state for state in grid.states if state.status in RUNNING]
    gone = max((job.seconds for state in coming if (job := grid.job(state.place))), default=0.0)

    def left(should: Callable[[Seconds], float]) -> float:
        each = [max(0.0, should(state.should) - (waited(state) or 0.0)) for state in coming]
        return makespan(each, settings().max_concurrency)

    ends = Range(left(attrgetter("low")), left(attrgetter("high")))
    return f"{gone:.0f} s, about {duration(ends)} left"


def _cost(grid: Grid, now: Progress) -> str:
    return f"{'' if grid.server.charged else 'would have cost '}{money(now.dollars)}"


def _ended(grid: Grid, now: Progress) -> str:
    icon = ":material/check:" if now.count("done") == now.possible else ":material/info:"
    others = [f"{now.count(status):,} {word}" for status, word in OTHERS if now.count(status)]
    told = [f"{now.count('done'):,} of {now.possible:,} ready", *others, _cost(grid, now)]
    return f"{icon} {plain(' · '.join(told))}"


OTHERS: tuple[tuple[Status, str], ...] = (
    ("failed", "failed"),
    ("unknown", "with unknown outcome"),
    ("cancelled", "canceled"),
    ("missing", "not run"),
)


def _act(plan: Plan, what: str, key: str) -> None:
    """Do ``what`` was clicked in the matrix to the picture of that key; one that is gone is left alone."""
    state = find(plan, key)
    if state is None or plan.own is None:
        return
    here = tab(CompareTab)
    here.turned = True
    match what:
        case "open":
            open_image(key)
        case "pick":
            _pick(key)
        case "cancel":
            plan.own.cancel(state.place)
        case "retry":
            draw(plan.own, (state.place,))
        case "promote":
            promote(plan.own, state)


def _pick(key: str) -> None:
    here = tab(CompareTab)
    others = tuple(one for one in here.picked if one != key)
    here.picked = others if key in here.picked else (*others, key)[-MOST_PICKED:]


def find(plan: Plan, key: str) -> CellState | None:
    """The drawing that ``key`` names on the page."""
    return next((state for cell in plan.cells for state in plan.states(cell) if key_of(state) == key), None)
