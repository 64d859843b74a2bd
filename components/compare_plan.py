"""The comparison that the page's widgets describe, and what it should come to."""

from dataclasses import dataclass, replace
from functools import lru_cache

import streamlit as st

from components import drawings
from components.compare_axes import REPEATS, axes_editor
from components.error_notice import plain
from components.session import session
from triptych.errors import InvalidRequest
from triptych.experiment import Cell, Experiment, Forecast, forecast
from triptych.pricing import Estimate
from triptych.request import ImageRequest
from triptych.settings import settings
from triptych.timing import Seconds

LEARNED = 60  # cells up to which the owner's own runs refine what is expected; each kind asks the records
NAMED = 12  # cells that are named for one reason


@dataclass(frozen=True)
class Plan:
    """What a click on the main button would begin, or why it cannot."""

    experiment: Experiment | None
    cells: tuple[Cell, ...] = ()
    forecast: Forecast | None = None
    problem: str = ""


def compare_plan(base: ImageRequest) -> Plan:
    """Draw the editor of axes and repeats, and return what they describe."""
    server = session().account.server
    with st.expander("What to compare", icon=":material/grid_on:", expanded=True, key="compare_editor"):
        try:
            axes = axes_editor(server)
            experiment = Experiment("", replace(base, n=1), axes, session().value(REPEATS))
        except InvalidRequest as error:
            return Plan(None, problem=error.message)
    return planned(experiment)


def planned(experiment: Experiment) -> Plan:
    """``experiment`` with its cells and what it should come to."""
    server, cells = session().account.server, experiment.cells(session().account.server)
    concurrency = settings().max_concurrency
    if len(cells) > LEARNED:
        return Plan(experiment, cells, forecast(cells, experiment.repeats, server=server, concurrency=concurrency))
    should, cost = lru_cache(_seconds), lru_cache(_cost)
    coming = forecast(cells, experiment.repeats, server=server, concurrency=concurrency, cost=cost, should=should)
    return Plan(experiment, cells, coming)


def impossible(cells: tuple[Cell, ...]) -> None:
    """Say which cells cannot be drawn, and why, where there are any."""
    reasons: dict[str, list[str]] = {}
    for cell in cells:
        if cell.problem:
            reasons.setdefault(cell.problem.sentence, []).append(cell.label)
    if reasons:
        count = sum(map(len, reasons.values()))
        with st.popover(f"{count} not possible", icon=":material/block:", type="tertiary", key="compare_impossible"):
            for sentence, labels in reasons.items():
                more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
                st.markdown(f"**{plain(sentence)}**")
                st.caption(plain(", ".join(labels[:NAMED]) + more))


def _seconds(request: ImageRequest) -> Seconds:
    return drawings.seconds(request)


def _cost(request: ImageRequest) -> Estimate:
    return drawings.cost(request)
