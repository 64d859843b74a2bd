"""What many requests should come to before they are begun: how many runs, how many dollars, how many seconds."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from triptych.pricing import Estimate, estimate
from triptych.ranges import Range, added, exactly
from triptych.request import ImageRequest
from triptych.servers import OPENAI, Server
from triptych.timing import Seconds, expected

MANY = 500  # runs above which a person is asked a second time


@dataclass(frozen=True)
class Forecast:
    """What many requests should come to. ``dollars`` are those of what has a known price.

    ``unknown`` counts runs whose price nobody knows, ``impossible`` the requests that cannot be sent.
    """

    drawings: int
    pictures: int
    impossible: int
    dollars: Range[Decimal]
    unknown: int
    seconds: Range[float]

    @property
    def asks_twice(self) -> bool:
        """Whether it is so many that a second click should say so."""
        return self.drawings > MANY


def forecast(
    requests: Iterable[ImageRequest],
    repeats: int = 1,
    *,
    impossible: int = 0,
    server: Server = OPENAI,
    concurrency: int = 8,
    cost: Callable[[ImageRequest], Estimate] | None = None,
    should: Callable[[ImageRequest], Seconds] = expected,
) -> Forecast:
    """What sending ``requests`` comes to, ``concurrency`` at a time; each is sent ``repeats`` times.

    ``cost`` and ``should`` say it for one request; without them the catalog and the published priors do.
    """
    possible = tuple(requests)
    ask = cost or (lambda request: estimate(request, server))
    prices = [ask(request).dollars for request in possible]
    known = [price for price in prices if price is not None]
    times = [should(request) for request in possible for _ in range(repeats)]
    ends = makespan([time.low for time in times], concurrency), makespan([time.high for time in times], concurrency)
    return Forecast(
        drawings=len(possible) * repeats,
        pictures=sum(request.n for request in possible) * repeats,
        impossible=impossible,
        dollars=added(known, exactly(Decimal(0))) * Decimal(repeats),
        unknown=(len(prices) - len(known)) * repeats,
        seconds=Range(*ends),
    )


def makespan(seconds: Sequence[float], concurrency: int) -> float:
    """Seconds until all are done when each begins in its order as soon as one of so many places is free."""
    free = [0.0] * max(1, min(concurrency, len(seconds)))
    for each in seconds:
        heapq.heapreplace(free, free[0] + each)
    return max(free)
