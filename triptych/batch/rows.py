"""The rows of a table as requests, each whole and checked before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from triptych.batch.images import Images
from triptych.batch.problem import Problem
from triptych.batch.reading import Table
from triptych.many import Place
from triptych.request import ImageRequest
from triptych.servers import OPENAI, Server

__all__ = ["Plan", "Problem", "Row", "plan"]


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
    """All rows of a table as requests. ``notes`` are worth knowing before money is spent and stop nothing."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Problem, ...] = ()

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps rows from being run, in their order."""
        return tuple(problem for row in self.rows for problem in row.problems)

    @cached_property
    def requests(self) -> Mapping[Place, ImageRequest]:
        """What can be sent, by place, in the order of the rows."""
        return {row.place: row.request for row in self.rows if row.request}


def plan(
    table: Table,
    template: str,
    base: ImageRequest,
    images: Images | None = None,
    *,
    every: bool = False,
    server: Server = OPENAI,
) -> Plan:
    """``table`` as requests. A column named like a parameter sets it, what no column says comes from ``base``.

    ``template`` makes every row's prompt; where it is blank a row's own ``prompt`` is its template. Of alternatives
    each row takes the next combination in turn, with ``every`` one request for each.
    """
    _ = template, images, every
    rows = []
    for number, values in table.rows.items():
        request = replace(base, prompt=values.get("prompt", ""))
        found = tuple(Problem(number, one.parameter, one.sentence) for one in request.problems(server))
        rows.append(Row(number, values, None if found else request, found))
    return Plan(table.columns, tuple(rows), table.notes)
