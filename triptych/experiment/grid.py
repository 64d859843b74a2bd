"""One experiment at work: where each of its drawings stands, for any thread to read and wait for."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from triptych.experiment.design import Cell, Experiment
from triptych.experiment.state import (
    TO_RUN,
    CellState,
    Place,
    Progress,
    Status,
    of_job,
    priced,
    progress,
)
from triptych.jobs import Job, News
from triptych.pricing import Estimate, estimate
from triptych.request import ImageRequest
from triptych.servers import Server
from triptych.store.trials import Drawn
from triptych.studio import remembered
from triptych.timing import Seconds, expected

PAGE = "compare"
STATUS: dict[str, Status] = {"queued": "elsewhere", "sent": "elsewhere"}  # what this process does not draw itself

Cost = Callable[[ImageRequest], Estimate]
Should = Callable[[ImageRequest], Seconds]


class Grid:
    """The drawings of an experiment on one engine. ``version`` grows with every event of any of them.

    A process keeps one grid of an experiment, whoever looks at it; reruns and closed tabs change nothing.
    """

    def __init__(self, id: str, owner: str, experiment: Experiment, server: Server, engine: str) -> None:  # noqa: A002
        self.id = id
        self.owner = owner
        self.experiment = experiment
        self.server = server
        self.engine = engine
        self.cells: tuple[Cell, ...] = experiment.cells(server)
        self.news = News()
        self._jobs: dict[Place, Job] = {}
        self._known: dict[Place, Drawn] = {}
        self._cached: set[str] = set()
        self._told: dict[Place, tuple[int, CellState]] = {}
        self._read = 0  # how often the records were read
        self._cost: Cost = lambda request: estimate(request, server)
        self._should: Should = expected

    @property
    def version(self) -> int:
        """A number that only grows, and does so with all news."""
        return self.news.version

    @property
    def running(self) -> bool:
        """Whether this process draws any of it."""
        return any(not job.done for job in tuple(self._jobs.values()))

    @property
    def states(self) -> tuple[CellState, ...]:
        """Every drawing in the order of the cells, the repeats of one side by side."""
        return tuple(self.state(cell, repeat) for cell in self.cells for repeat in range(self.experiment.repeats))

    @property
    def progress(self) -> Progress:
        """How many stand how, and what it came to."""
        return progress(self.states)

    @property
    def slowed(self) -> float | None:
        """Seconds for which the API's rate limit still holds something back; None where it does not."""
        held = [state.last.at + wait - time.monotonic()
                for state in self.states if state.last and (wait := state.waits_for_limit) is not None]  # fmt: skip
        return max(0.0, *held) if held else None

    def cell(self, key: str) -> Cell:
        """The cell of that key; raises KeyError where there is none."""
        found = next((cell for cell in self.cells if cell.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

    def state(self, cell: Cell, repeat: int = 0) -> CellState:
        """Where one drawing stands."""
        place = (cell.key, repeat)
        job = self._jobs.get(place)
        version = self._read + (job.version + 1 if job else 0)
        told = self._told.get(place)
        if told is None or told[0] != version:
            told = version, self._state(cell, repeat, job)
            self._told[place] = told
        return told[1]

    def wait(self, version: int, seconds: float) -> bool:
        """Wait until there is something newer than ``version``; False where nothing came in ``seconds``."""
        with self.news:
            return self.news.wait_for(lambda: self.version > version or not self.running, seconds)

    def cancel(self, *places: Place) -> None:
        """Stop these drawings, or all; what was not sent gives its money back, what has arrived is still saved."""
        for place, job in tuple(self._jobs.items()):
            if not places or place in places:
                job.cancel()

    def places(self, *statuses: Status) -> tuple[Place, ...]:
        """The drawings that stand like this, in order; without any, those that running what is missing would draw."""
        wanted = statuses or TO_RUN
        return tuple(state.place for state in self.states if state.status in wanted)

    def expect(self, cost: Cost, should: Should) -> None:
        """Estimate what has not begun with these from now on: they know what the owner's earlier runs cost and took.

        Whoever looks at the grid calls them, on any thread: they must not ask who that is.
        """
        self._cost, self._should = cost, should
        self._told = {place: told for place, told in self._told.items() if place in self._jobs}

    def begin(self, jobs: Mapping[Place, Job], cached: Iterable[str] = ()) -> None:
        """Follow these drawings."""
        with self.news:
            self._cached |= set(cached)
            self._read += sum(job.version + 1 for place in jobs if (job := self._jobs.get(place)))
            self._jobs |= jobs
            self.news.tell()

    def learn(self, drawn: Mapping[Place, Drawn]) -> None:
        """Take in what the records say of drawings."""
        with self.news:
            self._known |= drawn
            self._read += 1
            self.news.tell()

    def job(self, place: Place) -> Job | None:
        """The drawing of a place as far as this process draws it or has drawn it."""
        return self._jobs.get(place)

    def known(self, place: Place) -> Drawn | None:
        """The drawing of a place as the records had it when they were last read."""
        return self._known.get(place)

    def tickets(self) -> Iterator[tuple[Place, str]]:
        """Which drawing fills which place."""
        for state in self.states:
            if state.ticket:
                yield state.place, state.ticket

    def _state(self, cell: Cell, repeat: int, job: Job | None) -> CellState:
        place = (cell.key, repeat)
        drawn = self._known.get(place)
        if job:
            state = of_job(cell, repeat, job, self.server)
            ids = tuple(record.id for record in drawn.records) if drawn and drawn.ticket == job.ticket else ()
            return CellState(**{**vars(state), "record_ids": ids})
        cost, should = self._cost(cell.request), self._should(cell.request)
        if drawn is None:
            return CellState(cell, repeat, "impossible" if cell.problem else "missing", cost, should)
        return self._recorded(CellState(cell, repeat, _status(drawn), cost, should), drawn)

    def _recorded(self, bare: CellState, drawn: Drawn) -> CellState:
        saved = tuple(remembered(bare.cell.request, drawn.records, cached=False))
        more = {
            "ticket": drawn.ticket,
            "saved": saved,
            "reason": drawn.error if drawn.status != "done" else None,
            "seconds": max((answer.seconds for answer in saved), default=None),
            "dollars": priced(saved, bare.cell, self.server),
            "paid": self.server.charged,
            "cached": drawn.ticket in self._cached or not drawn.run.startswith(self.id),
            "record_ids": tuple(record.id for record in drawn.records),
        }
        return CellState(**{**vars(bare), **more})


def next_ticket(experiment: str, place: Place, server: str, before: str | None) -> str:
    """The ticket of the next drawing of a place at the address ``server``.

    Every process comes to the same, whatever kind of server it takes it for, so it is drawn once.
    """
    name = before or f"{experiment}/{place[0]}/{place[1]}/{server}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _status(drawn: Drawn) -> Status:
    if drawn.status == "done" and not drawn.records:
        return "missing"  # its pictures are in the trash, or purged
    status: Status = STATUS.get(drawn.status) or drawn.status  # type: ignore[assignment]
    return status
