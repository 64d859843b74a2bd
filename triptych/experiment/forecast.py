"""What a grid should come to before it is begun."""

from collections.abc import Callable, Iterable

from triptych import many
from triptych.experiment.design import Cell
from triptych.many.forecast import MANY, Forecast
from triptych.pricing import Estimate
from triptych.request import ImageRequest
from triptych.servers import OPENAI, Server
from triptych.timing import Seconds, expected

__all__ = ["MANY", "Forecast", "forecast"]


def forecast(
    cells: Iterable[Cell],
    repeats: int = 1,
    *,
    server: Server = OPENAI,
    concurrency: int = 8,
    cost: Callable[[ImageRequest], Estimate] | None = None,
    should: Callable[[ImageRequest], Seconds] = expected,
) -> Forecast:
    """What sending the possible ones of ``cells`` comes to, as `triptych.many.forecast` says it."""
    every = tuple(cells)
    possible = [cell.request for cell in every if cell.problem is None]
    return many.forecast(
        possible,
        repeats,
        impossible=len(every) - len(possible),
        server=server,
        concurrency=concurrency,
        cost=cost,
        should=should,
    )
