"""One image of a comparison as large as the window allows, with everything known about it."""

from collections.abc import Iterator

from components.compare.axes import described, title_of
from components.compare.plan import Plan, key_of
from components.frame.notice import plain
from components.image.from_record import RecordImage
from components.image.from_run import Pictured, pictures
from components.image.large_view import fact_table, large_view, run_facts
from triptych.experiment import CellState, Grid


def compare_zoom(plan: Plan) -> None:
    """Draw the window if it is open on an image of the comparison."""
    own, every = plan.own, {key_of(state): state for state in drawn(plan)}
    if own:
        large_view(tuple(every), lambda key: image_of(own, every[key]), lambda key: fact_table(_facts(every[key])))


def drawn(plan: Plan) -> tuple[CellState, ...]:
    """The drawings of the plan of which there is a picture, in the order of the cells."""
    return tuple(state for cell in plan.cells for state in plan.states(cell) if state.pictures)


def image_of(grid: Grid, state: CellState) -> Pictured | RecordImage | None:
    """The picture of a drawing as the pages hand it around."""
    job, known = grid.job(state.place), grid.known(state.place)
    if job and (made := next(pictures(job), None)):
        return made
    record = next((record for record in known.records if record.stored), None) if known else None
    return RecordImage(record) if record else None


def _facts(state: CellState) -> Iterator[tuple[str, str]]:
    for name, value in state.cell.coordinates:
        yield plain(title_of(name)), plain(described(value))
    yield from run_facts(state)
