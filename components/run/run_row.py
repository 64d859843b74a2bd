"""The main button, which carries the price, Cancel beside it, and why it cannot be pressed."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.form.fields import size_values
from components.frame.notice import plain
from components.frame.running import cancel_advice
from components.run.price_tag import run_label
from components.run.submit import Make, cost, newest, start, ticket
from components.state.account import session
from components.state.services import services
from triptych.catalog import model
from triptych.errors import InvalidRequest
from triptych.request import ImageRequest, Problem

# What a click settles: the text area commits when it loses the focus, so it is judged then; so is what goes with it.
ON_CLICK = {"prompt", "image"}
ELSEWHERE = {"mask", "markup"}  # what `edit_notes` says of them, with what can be done about it
CANCEL = 74  # pixels, as wide as Cancel: what stands beside it must not move when it comes


def run_row(page: str, verb: str, request: ImageRequest, make: Make, files: Mapping[str, bytes] | None = None) -> bool:
    """Draw the row and return whether it shows a running drawing. A click starts one before the page is drawn again.

    ``files`` will hold, once ``make`` has been called, the bytes of what goes with the request.
    """
    here = session()
    ticket(page)
    job = newest(page)
    running = job is not None and not job.done
    standing = [p for p in request.problems(here.account.server) if p.parameter not in ON_CLICK]
    with st.container(key="run_row", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button(
            run_label(verb, request),
            key="run",
            type="primary",
            width="stretch",
            wrap=True,
            disabled=running or bool(standing),
            on_click=start,
            args=(page, make),
            kwargs={"files": files},
        )
        if job and running:
            st.button("Cancel", key="cancel", on_click=job.cancel, help=cancel_advice())
        else:
            st.space(CANCEL)
    for problem in standing:
        problem_notice(problem)
    if not standing:
        _unknown_price(request)
    said = {*ELSEWHERE, *(problem.parameter for problem in standing)}
    if here.refused and here.refused.parameter not in said:
        st.error(plain(here.refused.sentence), title=InvalidRequest.next_move, icon=":material/error:")
    return running


def _unknown_price(request: ImageRequest) -> None:
    """Where a cap cannot hold what is asked for, ask whether it may be drawn all the same."""
    here = session()
    if services().budget.caps and here.account.server.charged and cost(request).dollars is None:
        here.keep("any_price")
        st.checkbox(
            "Draw at an unknown price",
            key="any_price",
            help="Nobody knows what it will cost, so no cap can hold it. Without this tick it is not sent.",
        )


def problem_notice(problem: Problem) -> None:
    """Say what is wrong and offer the change that settles it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(plain(problem.sentence), icon=":material/warning:")
        if problem.fix:
            st.button(problem.fix_label, key=f"fix_{problem.parameter}", on_click=_settle, args=(problem.fix,))


def _settle(fix: Mapping[str, Any]) -> None:
    """Set the widgets to what settles a problem."""
    here = session()
    size = size_values(fix["size"], model(here.value("model")).sizes) if "size" in fix else {}
    here.put({**fix, **size})
