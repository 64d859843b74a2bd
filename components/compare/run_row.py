"""The main button of a comparison, Cancel, what is left to draw, and why it was refused."""

from dataclasses import replace
from decimal import Decimal

import streamlit as st

from components.compare.inputs import input_files
from components.compare.plan import Plan, experiment_held, impossible
from components.compare.saved import grid_of
from components.compare.tab_state import CompareTab
from components.compare.tabs import show_vote
from components.frame.formats import duration, money
from components.frame.notice import error_notice, plain
from components.frame.price_tick import any_price, price_tick
from components.frame.running import cancel_advice
from components.frame.server_probe import finish_reading
from components.state.account import session
from components.state.services import services
from components.state.tab import Widget, tab
from components.state.widgets import CANCEL, RUN
from triptych.errors import InvalidRequest, OverBudget, Refused
from triptych.experiment import MANY, CellState, Experiment, Grid
from triptych.experiment.state import busy
from triptych.experiment.votes import entrants, pairs
from triptych.many import Place, progress
from triptych.ranges import Range, exactly
from triptych.store.saved import voter_of

SURE = Widget[bool]("compare_sure", False)


def compare_run(plan: Plan) -> None:
    """Draw the button with its price, Cancel or Retry, what is left to do, and why the last click was refused."""
    grid = plan.own
    running = grid is not None and grid.running
    voting = _to_vote_on(plan)
    place = "compare_run_row_wide" if tab(CompareTab).wide else "compare_run_row"
    with st.container(key=place, horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"Vote · {voting:,} pair{'s' * (voting != 1)}" if voting else _label(plan),
            key=RUN,
            type="primary",
            icon=":material/how_to_vote:" if voting else ":material/grid_view:",
            disabled=running or plan.experiment is None,
            on_click=show_vote if voting else start,
        )
        if grid and running:
            st.button("Cancel", key=CANCEL, on_click=grid.cancel, help=cancel_advice())
        elif grid and (failed := grid.places("failed")):
            st.button(
                f"Retry {len(failed)} failed",
                key="retry_failed",
                icon=":material/refresh:",
                on_click=draw,
                args=(grid, failed),
            )
        with st.container(key="compare_note", horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(_note(plan))
            impossible(plan.cells)
        with st.container(key="compare_metrics", horizontal=True, width="content", gap="small"):
            _metrics(plan)
    if plan.problem:
        st.warning(plain(plan.problem), icon=":material/warning:")
    _questions(plan)
    _refusal(plan)


def _to_vote_on(plan: Plan) -> int:
    """How many pairs the owner may still vote on once all images are there: what there is to do next."""
    grid, coming = plan.own, plan.forecast
    if grid is None or grid.running or coming is None or coming.drawings or plan.unknown or not plan.ended:
        return 0
    every = sum(1 for _ in pairs(entrants(grid.states)))
    mine = voter_of(grid.owner)
    return every - sum(vote.voter == mine for vote in services().grids.ballots(grid))


def start() -> None:
    """Keep what the widgets describe and draw all of it that is missing. A repeated click starts nothing."""
    here = tab(CompareTab)
    here.refused.say(None)
    try:
        finish_reading()
        grid = kept(experiment_held())
    except Refused as error:
        refuse(error)
        return
    if not grid.running:
        draw(grid, grid.places())
        here.wide = bool(here.wide and here.refused.why)  # the pictures come into view


def kept(experiment: Experiment) -> Grid:
    """The grid of ``experiment``: the tab's own, grown or shrunk, where the prompt is the same, else a new one."""
    here, owner, account = tab(CompareTab), session().owner, session().account
    own = grid_of(here.open or "")  # it may have been deleted in another tab
    if own and own.experiment.base.prompt == experiment.base.prompt:
        return services().grids.keep(owner, replace(experiment, name=own.experiment.name), account, own.id)
    grid = services().grids.keep(owner, replace(experiment, name=here.given), account)
    here.open, here.picked = grid.id, ()
    return grid


def draw(grid: Grid, places: tuple[Place, ...]) -> None:
    """Draw these places; why that is refused is said on the page."""
    here = tab(CompareTab)
    if len(places) > MANY and not (SURE.value and len(places) <= here.agreed[1]):
        refuse(InvalidRequest(f"This makes {len(places):,} images. Confirm to continue."))
        return
    try:
        services().grids.start(grid, session().client, places, any_price=any_price(), files=input_files())
        here.refused.say(None)
        SURE.put(False)
    except Refused as error:
        here.refused.say((error, places))


def refuse(error: Refused) -> None:
    """Say on the page why a click did nothing."""
    tab(CompareTab).refused.say((error, ()))


def _label(plan: Plan) -> str:
    coming, own = plan.forecast, plan.own
    if own and own.running:
        return f"Running · {own.progress.possible:,} image{'s' * (own.progress.possible != 1)}"
    if coming is None:
        return "Compare"
    if not coming.drawings:
        if plan.unknown:
            return f"Compare · {plan.unknown:,} with unknown outcome"
        return "Compare · all ready" if plan.ended else "Compare"
    count = f"{coming.drawings:,} image{'s' * (coming.drawings != 1)}"
    return f"Compare · {count} · {_price(plan)}"


def _price(plan: Plan) -> str:
    dollars = _dollars(plan)
    if dollars is None:
        return "price unknown"
    unknown = plan.forecast.unknown if plan.forecast else 0
    return f"{'at least' if unknown else 'about'} {money(dollars)}"


def _dollars(plan: Plan) -> Range[Decimal] | None:
    coming = plan.forecast
    if coming is None or (coming.unknown and coming.unknown == coming.drawings):
        return None
    return coming.dollars


def _metrics(plan: Plan) -> None:
    """What is still to come, or once nothing is, what it came to."""
    coming = plan.forecast
    if plan.own and plan.ended and coming and not coming.drawings:
        states = [state for cell in plan.cells for state in plan.states(cell)]
        took, each = (duration(exactly(seconds)) for seconds in (busy(states), progress(states).seconds))
        cost = "Actual cost" if plan.own.server.charged else "Would have cost"
        st.metric(cost, money(progress(states).dollars), width="content", help=_actual_help(states))
        st.metric(
            "Actual time",
            took,
            width="content",
            help=f"While any of them was running. One after the other: {each}",
        )
        return
    st.metric("Estimated cost", money(_dollars(plan) if coming else Decimal(0)), width="content")
    st.metric(
        "Estimated time",
        duration(coming.seconds if coming else exactly(0.0)),
        width="content",
        help="With as many runs at once as the settings allow",
    )


def _actual_help(states: list[CellState]) -> str | None:
    unknown = sum(state.status == "done" and state.dollars is None for state in states)
    cached = sum(state.cached for state in states)
    told = [f"{unknown} with unknown price are not counted"] if unknown else []
    told += [f"{cached} reused from history at no charge"] if cached else []
    return ". ".join(told) or None


def _note(plan: Plan) -> str:
    server, coming = session().account.server, plan.forecast
    told = [] if server.charged else ["Free in the demo"]
    if coming and coming.unknown:
        told.append(f"{coming.unknown:,} with unknown price")
    if plan.ended and coming and coming.drawings:
        told.append(f"{plan.ended:,} already there")
    return plain(" · ".join(told))


def _questions(plan: Plan) -> None:
    coming = plan.forecast
    if coming and coming.asks_twice:
        said = f"Yes, make all {coming.drawings:,} images for {_price(plan)}"
        if tab(CompareTab).agreed[0] != said:  # a tick for so many at one price is none for others
            SURE.put(False)
        st.checkbox(said, key=SURE.begin(), on_change=_agree, args=(said, coming.drawings))
    if coming and coming.unknown:
        price_tick()


def _agree(said: str, drawings: int) -> None:
    tab(CompareTab).agreed = (said, drawings)


def _refusal(plan: Plan) -> None:
    grid, refused = plan.own, tab(CompareTab).refused.of((plan.experiment, session().account))
    if refused is None:
        return
    error, places = refused
    error_notice(error)
    if isinstance(error, OverBudget) and grid and 0 < error.fits < len(places):
        st.button(
            f"Run the first {error.fits} of {len(places)}",
            key="draw_affordable",
            icon=":material/savings:",
            on_click=draw,
            args=(grid, places[: error.fits]),
        )
