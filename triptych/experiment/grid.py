"""One experiment at work: where each of its runs stands, for any thread to read and wait for."""

import time

from triptych.experiment.design import Cell, Experiment
from triptych.experiment.state import CellState
from triptych.many import Runs
from triptych.servers import Server

PAGE = "compare"


class Grid(Runs[CellState]):
    """The runs of an experiment on one engine, each cell as often as it says."""

    def __init__(self, id: str, owner: str, experiment: Experiment, server: Server, engine: str) -> None:  # noqa: A002
        self.experiment = experiment
        self.cells: tuple[Cell, ...] = experiment.cells(server)
        requests = {(cell.key, repeat): cell.request for cell in self.cells for repeat in range(experiment.repeats)}
        super().__init__(id, owner, PAGE, server, engine, requests=requests)

    @property
    def states(self) -> tuple[CellState, ...]:
        """Every run in the order of the cells, the repeats of one side by side."""
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
        """Where one run stands."""
        return self.told(
            (cell.key, repeat),
            lambda run: CellState(**vars(run), cell=cell, repeat=repeat),
            is_possible=cell.problem is None,
        )
