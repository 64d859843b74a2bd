"""The next tier for a picture that deserves it."""

import time
from dataclasses import replace
from functools import lru_cache

from components.compare.axes import show_axes
from components.compare.run_row import draw, refuse
from components.compare.tab_state import CompareTab
from components.run.submit import REPEAT
from components.state.account import session
from components.state.services import services
from components.state.tab import put, tab
from triptych.errors import InvalidRequest, Refused
from triptych.experiment import Axis, CellState, Experiment, Grid
from triptych.experiment.presets import promoted
from triptych.request import ImageRequest

KINDS = 256  # of model and quality


def can_rise(state: CellState) -> bool:
    """Whether there is a tier above a picture's."""
    return _rises(state.cell.request.model, state.cell.request.quality)


@lru_cache(maxsize=KINDS)
def _rises(model: str, quality: str) -> bool:
    try:
        return promoted(ImageRequest(model=model, prompt="", quality=quality)) is not None
    except InvalidRequest:  # no model has a known price
        return False


def promote(grid: Grid, state: CellState) -> None:
    """Draw one picture of the same at the next tier: the comparison grows by it, and nothing else is drawn.

    A double click on a picture's arrow is one.
    """
    here, raised = tab(CompareTab), (state.place, state.ticket)
    if here.raised != raised or time.monotonic() - here.raised_at >= REPEAT:
        _promote(grid, state)
    here.raised, here.raised_at = raised, time.monotonic()  # a second click waits until the first is done


def _promote(grid: Grid, state: CellState) -> None:
    here = session()
    rise = promoted(state.cell.request, server=here.account.server)
    if rise is None:
        return
    tier, _ = rise
    try:
        grown = services().grids.keep(
            here.owner, _grown(grid.experiment, tier.model, tier.quality), here.account, grid.id
        )
        put(show_axes(grown.experiment))
        wanted = {**dict(state.cell.coordinates), "model": tier.model, "quality": tier.quality}
        cell = next(cell for cell in grown.cells if dict(cell.coordinates) == wanted)
        if cell.problem:
            raise InvalidRequest(cell.problem.sentence, param=cell.problem.parameter)
    except Refused as error:
        refuse(error)
        return
    states = [grown.state(cell, number) for number in range(grown.experiment.repeats)]
    free = next((one for one in states if one.status in {"missing", "failed", "cancelled"}), None)
    if free is None:
        refuse(InvalidRequest(f"All images of {cell.label} are there. Increase “Images of each” to add more."))
    else:
        draw(grown, (free.place,))


def _grown(experiment: Experiment, model: str, quality: str) -> Experiment:
    """The experiment with these among its models and qualities."""
    axes = experiment.axes
    for name, value in (("model", model), ("quality", quality)):
        if axis := experiment.axis(name):
            more = Axis(name, (*axis.values, value))
            axes = tuple(more if one.parameter == name else one for one in axes)
        else:
            axes = (*axes, Axis(name, (getattr(experiment.base, name), value)))
    return replace(experiment, axes=axes)
