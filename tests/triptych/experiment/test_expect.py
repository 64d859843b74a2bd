"""What a grid is expected to cost and take is what its owner's runs have taught, from the moment it is known."""

from dataclasses import replace

from tests.triptych.experiment.conftest import BASE, Process
from tests.triptych.experiment.test_votes import NINE
from triptych.experience import Experience
from triptych.experiment import Axis, Experiment, Grid

# Of one kind, and at a price that is a range: what the first teaches is true of the second too.
TWO = Experiment("Two", replace(BASE, model="gpt-image-2.6-flare"), (Axis("prompt", ("a red square", "a blue one")),))


def taught(process: Process, grid: Grid) -> Experience:
    return Experience(grid.owner, grid.server, grid.engine, process.store.history)


def test_what_is_expected_anew_is_what_the_cells_say_though_they_were_asked_before(process: Process) -> None:
    grid = process.keep(TWO)
    first, second = grid.states
    process.ran(grid, (first.place,))

    grid.expect(taught(process, grid))

    _, again = grid.states
    assert (False, True) == (second.should.learned, again.should.learned)
    assert "one of your own runs" in (again.cost.why or "")
    assert "your own runs" not in (second.cost.why or "")


def test_what_runs_or_has_run_keeps_what_was_expected_when_it_began(process: Process) -> None:
    grid = process.ran(process.keep(NINE))
    before = [(state.cost, state.should) for state in grid.states if state.status == "done"]

    grid.expect(taught(process, grid))

    assert before
    assert before == [(state.cost, state.should) for state in grid.states if state.status == "done"]
