"""Many requests as one grid: its design, its run, what people preferred, and which tier is worth its price."""

from triptych.experiment.design import Axis, Cell, Experiment, shown
from triptych.experiment.forecast import MANY, Forecast, forecast
from triptych.experiment.variants import variants

__all__ = ["MANY", "Axis", "Cell", "Experiment", "Forecast", "forecast", "shown", "variants"]
