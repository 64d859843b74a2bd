"""The main button, which carries the price, Cancel beside it, and why it cannot be pressed."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from components.form.fields import size_values
from components.frame.notice import plain
from components.frame.parts import BY_RUN, STAGE, draw_only
from components.frame.price_tick import price_tick
from components.frame.running import cancel_advice
from components.run.price_tag import run_label
from components.run.submit import Draft, Make, Outgoing, experience, on_stage, start, tab_runs, ticket
from components.state.account import session
from components.state.runs import runs
from components.state.tab import put
from components.state.widgets import CANCEL, MODEL, RUN, parameter
from triptych.catalog import model
from triptych.errors import InvalidRequest
from triptych.jobs import Job
from triptych.request import Problem

# What a click settles: the text area commits when it loses the focus, so it is judged then; so is what goes with it.
ON_CLICK = {"prompt", "image"}
ELSEWHERE = {"mask", "markup"}  # what `edit_notes` says of them, with what can be done about it
CANCEL_WIDTH = 74  # pixels, as wide as Cancel: what stands beside it must not move when it comes


def run_row(page: str, verb: str, draft: Draft, make: Make) -> None:
    """Draw the row, with Cancel while anything runs. A click starts a run before the page is drawn again.

    ``draft`` is what the page asks for as it stands; ``make`` gives what a click sends. While a run is in progress the
    next click queues another; Cancel stops the one on the stage, else the one that was started last.
    """
    ticket(page)
    runs().draw(runs().last(page))
    going = _in_progress(page)
    standing = [p for p in draft.problems if p.parameter not in ON_CLICK]
    with st.container(key="run_row", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button(
            f"{verb} · queue" if going else run_label(verb, draft.cost.dollars),  # one line: nothing below it moves
            key=RUN,
            type="primary",
            width="stretch",
            wrap=True,
            disabled=bool(standing),
            on_click=_run,
            args=(page, make),
        )
        if going:
            st.button("Cancel", key=CANCEL, on_click=going[-1].cancel, help=cancel_advice())
        else:
            st.space(CANCEL_WIDTH)
    for problem in standing:
        problem_notice(problem)
    if not standing and draft.cost.dollars is None:
        price_tick()
    said = {*ELSEWHERE, *(problem.parameter for problem in standing)}
    refused = runs().refused.of((draft.request, session().account))
    if refused and refused.parameter not in said:
        st.error(plain(refused.sentence), title=InvalidRequest.next_move, icon=":material/error:")


def _run(page: str, make: Make) -> None:
    """Start a run: form and prompt stay as they are. Images that come at once are drawn first, and what stands beside
    them when they are seen, as `attention` hears.
    """
    start(page, make)
    held, job = runs(), on_stage(page)
    if job and job.done and job.saved and job.ticket == held.last(page):
        held.draw(job.ticket)
        held.beside = job.ticket
        draw_only((STAGE,))
        held.beside = ""  # on a page that has no such part, or was not drawn to its end
    draw_only(BY_RUN)


def _in_progress(page: str) -> tuple[Job, ...]:
    """This tab's runs on the page that have not ended, the one on the stage last."""
    stage = on_stage(page)
    others = tuple(job for job in tab_runs(page) if not job.done and job is not stage)
    return (*others, stage) if stage and not stage.done else others


def draw_again(job: Job) -> None:
    """Draw the button where it is the next move: nothing is ever drawn a second time without it."""
    if not (job.cached or any(error.may_be_charged for error in job.errors)):
        return
    st.button(
        run_label("Run again", experience().cost(job.request).dollars),
        key="again",
        icon=":material/refresh:",
        on_click=start,
        args=(job.page, partial(Outgoing, job.request)),
        kwargs={"redraw": True},
        help="Sends a new request, billed separately.",
    )


def problem_notice(problem: Problem) -> None:
    """Say what is wrong and offer the change that settles it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(plain(problem.sentence), icon=":material/warning:")
        if problem.fix:
            st.button(problem.fix_label, key=f"fix_{problem.parameter}", on_click=_settle, args=(problem.fix,))


def _settle(fix: Mapping[str, Any]) -> None:
    """Set the widgets to what settles a problem."""
    size = size_values(fix["size"], model(MODEL.value).sizes) if "size" in fix else {}
    put({**{parameter(name): value for name, value in fix.items()}, **size})
