"""Many requests as one grid: its design, its run, what people preferred, and which tier is worth its price."""

from triptych.experiment.design import Axis, Cell, Experiment, shown
from triptych.experiment.forecast import MANY, Forecast, forecast
from triptych.experiment.grid import Grid
from triptych.experiment.grids import Grids
from triptych.experiment.state import CellState
from triptych.experiment.variants import variants

__all__ = [
    "MANY",
    "Axis",
    "Cell",
    "CellState",
    "Experiment",
    "Forecast",
    "Grid",
    "Grids",
    "forecast",
    "shown",
    "variants",
]
