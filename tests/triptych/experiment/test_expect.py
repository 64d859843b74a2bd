"""What a grid is expected to cost and take is what its owner's runs have taught, from the moment it is known."""

from decimal import Decimal

from tests.triptych.experiment.conftest import Process
from tests.triptych.experiment.test_votes import NINE
from triptych.pricing import Estimate
from triptych.ranges import exactly
from triptych.timing import Seconds

CENT, SOON = Estimate(exactly(1), exactly(1), exactly(Decimal("0.01")), "as before"), Seconds(1.0, 2.0)


def test_what_is_expected_anew_is_what_the_cells_say_though_they_were_asked_before(process: Process) -> None:
    grid = process.keep(NINE)
    before = [state.cost for state in grid.states]

    grid.expect(lambda _: CENT, lambda _: SOON)

    assert CENT not in before
    assert {(CENT, SOON)} == {(state.cost, state.should) for state in grid.states}


def test_what_runs_or_has_run_keeps_what_was_expected_when_it_began(process: Process) -> None:
    grid = process.ran(process.keep(NINE))
    before = [state.cost for state in grid.states if state.status == "done"]

    grid.expect(lambda _: CENT, lambda _: SOON)

    assert before
    assert before == [state.cost for state in grid.states if state.status == "done"]
