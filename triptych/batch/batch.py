"""One batch at work: what was put in, and where the run of each of its rows stands."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from triptych.batch.images import Images, Pair
from triptych.batch.planning import plan
from triptych.batch.rows import Plan, Row
from triptych.batch.table import Table
from triptych.errors import InvalidRequest
from triptych.inputs import Attachment
from triptych.jobs import Job
from triptych.many import Place, Progress, Runs, RunState, progress
from triptych.request import ImageRequest
from triptych.servers import Server

PAGE = "batch"
FORMAT = 1  # of the saved document


@dataclass(frozen=True)
class BatchInput:
    """What a batch is made of: a table, a template, and ``base``, the request for what no column says.

    ``images`` are those that rows name, by file name. With ``every`` a row stands for one request for each combination
    of its alternatives. ``masks`` are those that were made for its images, as `Images` has them: what it knows, and
    nothing that tells it from another.
    """

    table: Table
    template: str
    base: ImageRequest
    images: Mapping[str, Attachment] = field(default_factory=dict)
    every: bool = False
    name: str = ""
    masks: Mapping[Pair, Attachment | str] = field(default_factory=dict, compare=False)

    def plan(self, server: Server, images: Images | None = None) -> Plan:
        """Its rows as requests for ``server``; ``images`` reads those that are named."""
        found = replace(images or Images(), named=self.images)
        return plan(self.table, self.template, self.base, found, every=self.every, server=server)

    def to_json(self) -> dict[str, Any]:
        """Everything but the bytes of images, as JSON values."""
        return {
            "batch": FORMAT,
            "name": self.name,
            "table": self.table.to_json(),
            "template": self.template,
            "base": self.base.to_json(),
            "images": {name: one.to_json() for name, one in self.images.items()},
            "every": self.every,
            "masks": [[*pair, _mask_json(one)] for pair, one in self.masks.items()],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "BatchInput":
        """What ``to_json`` wrote; raises InvalidRequest for what a newer version wrote."""
        if document.get("batch") != FORMAT:
            raise InvalidRequest("This batch was saved by a newer version of Triptych. Open it with that one.")
        return cls(
            table=Table.from_json(document["table"]),
            template=document["template"],
            base=ImageRequest.from_json(document["base"]),
            images={name: Attachment.from_json(one) for name, one in document["images"].items()},
            every=document["every"],
            name=document["name"],
            masks={(mask, image): _mask(one) for mask, image, one in document.get("masks", ())},
        )


def _mask_json(one: Attachment | str) -> Any:
    return one if isinstance(one, str) else one.to_json()


def _mask(told: Any) -> Attachment | str:
    return told if isinstance(told, str) else Attachment.from_json(told)


@dataclass(frozen=True, kw_only=True)
class RowState(RunState):
    """The run of one ``row``."""

    row: Row


class Batch(Runs[RowState]):
    """The runs of a batch on one engine, one for each row that can be sent.

    ``paused``: what was not sent waits.
    """

    def __init__(
        self,
        id: str,  # noqa: A002
        owner: str,
        made_of: BatchInput,
        rows: Plan,
        *,
        server: Server,
        engine: str,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        super().__init__(id, owner, PAGE, server, engine, requests=rows.requests)
        self.input = made_of
        self.plan = rows
        self.files = files or {}  # by SHA-256: what goes with its rows and may not be in the store yet
        self.paused = False
        self._rows = {row.place: row for row in rows.rows if row.request}
        self._known_states: tuple[int, tuple[RowState, ...], Progress] | None = None  # of a version: they are thousands
        self._since: tuple[float, int] | None = None  # when its last runs began, and how many had ended then

    @property
    def states(self) -> tuple[RowState, ...]:
        """The run of every row that can be sent, in the order of the rows."""
        version, known = self.version, self._known_states
        if known is None or known[0] != version:
            states = tuple(self.state(place) for place in self._rows)
            known = self._known_states = version, states, progress(states)
        return known[1]

    @property
    def progress(self) -> Progress:
        """How many rows stand how, and what it came to."""
        states = self.states
        known = self._known_states
        return known[2] if known and known[1] is states else progress(states)

    def state(self, place: Place) -> RowState:
        """Where the run of one row stands; raises KeyError where none of that name can be sent."""
        row = self._rows[place]
        return self.told(place, lambda run: RowState(**vars(run), row=row))

    def begin(self, jobs: Mapping[Place, Job], cached: Iterable[str] = ()) -> None:
        """Follow these runs from now on."""
        super().begin(jobs, cached)
        if jobs:
            self._since = time.monotonic(), sum(job.done for job in self.jobs())

    @property
    def seconds_left(self) -> float | None:
        """How long what runs takes at the pace of what has ended since it began; None before the first has."""
        if self._since is None or not self.running:
            return None
        began, before = self._since
        jobs = self.jobs()
        ended = sum(job.done for job in jobs)
        if ended <= before:
            return None
        return (time.monotonic() - began) / (ended - before) * (len(jobs) - ended)
