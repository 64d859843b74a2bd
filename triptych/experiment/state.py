"""Where one run of a cell stands."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from triptych.experiment.design import Cell
from triptych.many import RunState


@dataclass(frozen=True, kw_only=True)
class CellState(RunState):
    """One run of a ``cell``, its ``repeat``-th from 0."""

    cell: Cell
    repeat: int


def busy(states: Iterable[CellState]) -> float:
    """Seconds in which any of ``states`` was drawn, several at once counting once, history not at all.

    As the sidecars tell it: when each answer came, to the second, and what it took.
    """
    told = [piece.sidecar for state in states if not state.cached for saved in state.saved for piece in saved.pieces]
    ends = sorted((one.created.timestamp(), one.seconds or 0.0) for one in told)
    seconds, free = 0.0, math.inf  # read backwards: where what was drawn later began
    for end, took in reversed(ends):
        seconds += max(0.0, min(end, free) - (end - took))
        free = min(free, end - took)
    return seconds
