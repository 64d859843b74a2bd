"""The rows of a table as requests, each whole and checked before anything is sent."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property

from triptych.batch.problem import Problem
from triptych.many import Forecast, Place, forecast
from triptych.pricing import Estimate, estimate, text_tokens
from triptych.request import ImageRequest
from triptych.servers import OPENAI, Server
from triptych.timing import Seconds, expected


@dataclass(frozen=True)
class Row:
    """One row as it will be sent. ``number`` is the file's, from 1; ``values`` are all of its cells by column.

    ``combination`` counts from 1 the requests that one row stands for with every combination of its template, else 0.
    ``request`` is None where there are problems.
    """

    number: int
    values: Mapping[str, str]
    request: ImageRequest | None
    problems: tuple[Problem, ...] = ()
    combination: int = 0

    @property
    def place(self) -> Place:
        """What names it among the requests of its batch: ("row7", 0), or ("row7-2", 0) for a second combination."""
        return f"row{self.number}" + (f"-{self.combination}" if self.combination else ""), 0


@dataclass(frozen=True)
class Plan:
    """All rows of a table as requests.

    ``problems`` keep their rows from being run, and nothing else; ``notes`` are worth knowing before money is spent.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    @cached_property
    def requests(self) -> Mapping[Place, ImageRequest]:
        """What can be sent, by place, in the order of the rows."""
        return {row.place: row.request for row in self.rows if row.request}

    def forecasts(
        self,
        *,
        server: Server = OPENAI,
        concurrency: int = 8,
        cost: Callable[[ImageRequest], Estimate] | None = None,
        should: Callable[[ImageRequest], Seconds] = expected,
    ) -> Mapping[str, Forecast]:
        """What it should come to by model, in order of appearance, and under "" as a whole, as `forecast` says it.

        The seconds of one model are those it would take alone. ``cost`` and ``should`` are asked once for all rows
        whose prompts have as many tokens and that are alike in all else: of a prompt nothing else has a price.
        """
        ask = cost or (lambda request: estimate(request, server))
        known = dict[Hashable, tuple[Estimate, Seconds]]()
        told = dict[int, tuple[Estimate, Seconds]]()
        for request in self.requests.values():
            alike = _priced_alike(request)
            if alike not in known:
                known[alike] = ask(request), should(request)
            told[id(request)] = known[alike]
        by_model: dict[str, list[ImageRequest]] = {}
        for request in self.requests.values():
            by_model.setdefault(request.model, []).append(request)
        some = {"": list(self.requests.values()), **by_model}
        stopped = sum(row.request is None for row in self.rows)
        return {
            name: forecast(
                requests,
                impossible=0 if name else stopped,
                server=server,
                concurrency=concurrency,
                cost=lambda request: told[id(request)][0],
                should=lambda request: told[id(request)][1],
            )
            for name, requests in some.items()
        }


def _priced_alike(request: ImageRequest) -> Hashable:
    """Equal for requests that cost the same and take as long."""
    return tuple({**vars(request), "prompt": text_tokens(request.prompt)}.values())
