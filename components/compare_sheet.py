"""The part of a comparison that is in view, as the table of pictures draws it."""

from collections.abc import Callable
from typing import Any

from components.compare_matrix import Sheet, Shot
from components.compare_pivot import View
from components.compare_values import described
from components.drawings import cost, seconds
from components.price_tag import money, span
from triptych.experiment import Axis, Cell, Experiment
from triptych.parameters import pixels

SQUARE = (1024, 1024)  # pixels, of a picture whose size is not known before it comes
Shots = Callable[[Cell], tuple[Shot, ...]]


def sheet(experiment: Experiment, cells: tuple[Cell, ...], view: View, shots: Shots) -> Sheet:
    """The table of what ``view`` shows, each place as ``shots`` has it."""
    places = {cell.coordinates: cell for cell in cells}
    axes = experiment.axes
    named = " and ".join(axis.title.lower() for axis in (view.across, view.down) if axis)

    def at(column: Any, row: Any) -> tuple[Shot, ...]:
        here = {**view.fixed, **_named(view.across, column), **_named(view.down, row)}
        return shots(places[tuple((axis.parameter, here[axis.parameter]) for axis in axes)])

    return Sheet(
        label=f"Pictures by {named}" if named else "Pictures",
        across=view.across.title if view.across else "",
        down=view.down.title if view.down else "",
        columns=_headings(view.across, view.columns) if view.across else ("Picture",),
        rows=_headings(view.down, view.rows) if view.down else ("",),
        cells=tuple(tuple(at(column, row) for column in view.columns) for row in view.rows),
    )


def planned(experiment: Experiment) -> Shots:
    """The places of a comparison that has not begun."""

    def shots(cell: Cell) -> tuple[Shot, ...]:
        if cell.problem:
            return (impossible(cell),)
        return tuple(_planned(cell, number) for number in range(experiment.repeats))

    return shots


def impossible(cell: Cell) -> Shot:
    """The place of a cell that cannot be drawn, and why."""
    reason = cell.problem.sentence if cell.problem else ""
    width, height = size_of(cell)
    return Shot(key=cell.key, name=cell.label, state="impossible", word="Not possible", reason=reason, width=width,
                height=height)  # fmt: skip


def size_of(cell: Cell) -> tuple[int, int]:
    """The pixels a cell asks for."""
    return pixels(cell.request.size) or SQUARE


def name_of(cell: Cell, number: int, repeats: int) -> str:
    """What a screen reader calls a picture of a cell."""
    return cell.label if repeats == 1 else f"{cell.label}, number {number + 1}"


def _planned(cell: Cell, number: int) -> Shot:
    width, height = size_of(cell)
    price, time = cost(cell.request), seconds(cell.request)
    return Shot(key=f"{cell.key}_{number}", name=f"{cell.label}, planned", state="planned", word="Planned", width=width,
                height=height, strong=money(price.dollars), facts=span(time))  # fmt: skip


def _named(axis: Axis | None, value: Any) -> dict[str, Any]:
    return {axis.parameter: value} if axis else {}


def _headings(axis: Axis, values: tuple[Any, ...]) -> tuple[str, ...]:
    labels = dict(zip(axis.values, axis.labels, strict=True))
    return tuple(described(labels[value]) for value in values)
