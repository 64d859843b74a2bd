"""One experiment at work: where each of its drawings stands, for any thread to read and wait for."""

import time

from triptych.experience import Experience
from triptych.experiment.design import Cell, Experiment
from triptych.experiment.state import CellState, of_job, priced
from triptych.jobs import Job
from triptych.many import Place, Runs, Status
from triptych.servers import Server
from triptych.store.values import Drawn
from triptych.studio import remembered

PAGE = "compare"
STATUS: dict[str, Status] = {"queued": "elsewhere", "sent": "elsewhere"}  # what this process does not draw itself


class Grid(Runs):
    """The drawings of an experiment on one engine, each cell as often as it says."""

    def __init__(self, id: str, owner: str, experiment: Experiment, server: Server, engine: str) -> None:  # noqa: A002
        self.experiment = experiment
        self.cells: tuple[Cell, ...] = experiment.cells(server)
        requests = {(cell.key, repeat): cell.request for cell in self.cells for repeat in range(experiment.repeats)}
        super().__init__(id, owner, PAGE, server, engine, requests=requests)
        self._told: dict[Place, tuple[int, CellState]] = {}
        self._experience = Experience(owner, server, engine)

    @property
    def states(self) -> tuple[CellState, ...]:
        """Every drawing in the order of the cells, the repeats of one side by side."""
        return tuple(self.state(cell, repeat) for cell in self.cells for repeat in range(self.experiment.repeats))

    @property
    def slowed(self) -> float | None:
        """Seconds for which the API's rate limit still holds something back; None where it does not."""
        held = [
            state.last.at + wait - time.monotonic()
            for state in self.states
            if state.last and (wait := state.waits_for_limit) is not None
        ]
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

    def expect(self, experience: Experience) -> None:
        """Estimate what has not begun by these runs from now on; until then by the published figures."""
        self._experience = experience
        self._told = {place: told for place, told in self._told.items() if place in self._jobs}

    def _state(self, cell: Cell, repeat: int, job: Job | None) -> CellState:
        place = (cell.key, repeat)
        drawn = self._known.get(place)
        if job:
            state = of_job(cell, repeat, job, self.server)
            ids = tuple(record.id for record in drawn.records) if drawn and drawn.ticket == job.ticket else ()
            return CellState(**{**vars(state), "record_ids": ids})
        cost, should = self._experience.cost(cell.request), self._experience.seconds(cell.request)
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


def _status(drawn: Drawn) -> Status:
    if drawn.status == "done" and not drawn.records:
        return "missing"  # its pictures are in the trash, or purged
    status: Status = STATUS.get(drawn.status) or drawn.status  # type: ignore[assignment]
    return status
