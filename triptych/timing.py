"""How long a request should take: published priors, narrowed by what this installation has seen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from triptych.ranges import Range
from triptych.request import ImageRequest

# Seconds, (low, high). There are no official figures by quality; OpenAI's guide says that complex prompts may take
# two minutes. These are what users of the models report.
PRIORS: dict[str, tuple[float, float]] = {
    "low": (3, 10),
    "medium": (10, 30),
    "high": (30, 120),
    "xhigh": (60, 180),
    "max": (60, 180),
    "auto": (3, 120),
}
WORDS = (2.0, 20.0)  # a paragraph of a text model that thinks before it: a guess
PRIOR_WEIGHT = 3  # runs: so many of one's own count as much as the prior


@dataclass(frozen=True)
class Seconds(Range[float]):
    """A range of seconds, and whether it comes from this installation's own runs."""

    learned: bool = False

    @property
    def middle(self) -> float:
        """The point at which a progress bar is half way: the geometric middle, since times are skewed."""
        return math.sqrt(self.low * self.high)


def expected(request: ImageRequest, seen: Sequence[float] = ()) -> Seconds:
    """How many seconds ``request`` should take. ``seen`` are the seconds of like requests, the newest last.

    With few of them the prior still counts: both ends move from it to the shortest and longest seen by n / (n + 3).
    """
    low, high = PRIORS.get(request.quality, PRIORS["auto"])
    if request.turn and request.turn.words_only:
        low, high = WORDS
    if request.complexity == "high":
        low, high = max(low, PRIORS["max"][0]), max(high, PRIORS["max"][1])
    if not seen:
        return Seconds(low, high)
    weight = len(seen) / (len(seen) + PRIOR_WEIGHT)
    return Seconds(low + (min(seen) - low) * weight, high + (max(seen) - high) * weight, learned=True)
