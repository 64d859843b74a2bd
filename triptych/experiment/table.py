"""Every drawing of a grid as a row: for a spreadsheet, for a program, and as one sheet of pictures."""

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from triptych.experiment.design import UNSET, Axis, Experiment, shown
from triptych.experiment.state import CellState
from triptych.export.cells import inert
from triptych.export.sheet import Block, Tile, contact_sheet
from triptych.store import Stored
from triptych.store.saved import Ballot


def rows(states: Sequence[CellState]) -> list[dict[str, Any]]:
    """One row for each drawing: where it stands in the grid, how it stands, what it cost and which pictures came."""
    return [_row(state) for state in states]


def as_json(experiment: Experiment, states: Sequence[CellState], ballots: Sequence[Ballot] = ()) -> str:
    """The experiment, every drawing and every vote; voters are numbered, not named."""
    voters = {name: number for number, name in enumerate(dict.fromkeys(ballot.voter for ballot in ballots), 1)}
    votes = [
        {"voter": voters[b.voter], "left": b.left, "right": b.right, "verdict": b.verdict, "at": b.created.isoformat()}
        for b in ballots
    ]
    told = {**experiment.to_json(), "drawings": rows(states), "votes": votes}
    return json.dumps(told, ensure_ascii=False, indent=1)


def as_csv(states: Sequence[CellState]) -> bytes:
    """The same rows for a spreadsheet, in UTF-8 with a mark that it is; no text of ours is taken for a formula."""
    flat = [{**row.pop("coordinates"), **row} for row in rows(states)]
    out = io.StringIO(newline="")
    names = list(dict.fromkeys(name for row in flat for name in row))
    writer = csv.DictWriter(out, names, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _plain(value) for name, value in row.items()} for row in flat)
    return out.getvalue().encode("utf-8-sig")


def as_png(
    experiment: Experiment,
    states: Sequence[CellState],
    original: Callable[[Stored], bytes],
    *,
    columns: str | None = None,
    down: str | None = None,
    edge: int | None = 256,
) -> bytes:
    """A PNG of all pictures with labelled axes, each picture ``edge`` pixels long at most, None for its full size.

    ``columns`` and ``down`` name the axes that go across and down, by default the first two; each combination of the
    others is a block of its own, and repeats lie side by side. ``original`` gives the bytes of a picture.
    """
    axes = {axis.parameter: axis for axis in experiment.axes}
    across = axes.get(columns or next(iter(axes), ""))
    below = axes.get(down or next((name for name in axes if across and name != across.parameter), ""))
    others = [axis for axis in experiment.axes if axis not in (across, below)]
    by_place = {(frozenset(state.cell.coordinates), state.repeat): state for state in states}
    blocks = []
    for values in itertools.product(*(axis.values for axis in others)):
        fixed = tuple((axis.parameter, value) for axis, value in zip(others, values, strict=True))
        heading = " · ".join(f"{axis.title}: {shown(value)}" for axis, value in zip(others, values, strict=True))
        lines = [
            [
                _tile(by_place.get((frozenset((*fixed, *x, *y)), repeat)), original)
                for x in _pairs(across)
                for repeat in range(experiment.repeats)
            ]
            for y in _pairs(below)
        ]
        heads = [label for label in _labels(across) for _ in range(experiment.repeats)]
        blocks.append(Block(heading, tuple(heads), _labels(below), tuple(map(tuple, lines))))
    title = experiment.name or experiment.base.prompt
    return contact_sheet(title, tuple(blocks), edge=edge)


def _pairs(axis: Axis | None) -> Iterator[tuple[tuple[str, Any], ...]]:
    return (((axis.parameter, value),) for value in axis.values) if axis else iter([()])


def _labels(axis: Axis | None) -> tuple[str, ...]:
    return tuple(f"{axis.title}: {label}" for label in axis.labels) if axis else ("",)


def _tile(state: CellState | None, original: Callable[[Stored], bytes]) -> Tile:
    if state is None:
        return Tile(None, "")
    if not state.pictures:
        return Tile(None, state.cell.problem.sentence if state.cell.problem else state.status)
    facts = [f"${state.dollars:.4f}" if state.dollars is not None else "price unknown"]
    facts += [f"{state.seconds:.1f} s"] if state.seconds is not None else []
    stored = state.pictures[0]
    return Tile(partial(original, stored), " · ".join(facts), (stored.width or 0, stored.height or 0))


def _row(state: CellState) -> dict[str, Any]:
    cost = state.cost.dollars
    return {
        "coordinates": {name: UNSET if value is None else shown(value) for name, value in state.cell.coordinates},
        "cell": state.cell.key,
        "repeat": state.repeat + 1,
        "status": state.status,
        "reason": _reason(state),
        "prompt_sent": state.cell.request.prompt,
        "estimated_low_usd": _text(cost.low if cost else None),
        "estimated_high_usd": _text(cost.high if cost else None),
        "cost_usd": _text(state.dollars),
        "billed": state.paid and not state.cached,
        "seconds": round(state.seconds, 2) if state.seconds is not None else None,
        "output_tokens": state.output_tokens,
        "ticket": state.ticket,
        "pictures": [picture.sha256 for picture in state.pictures],
        "request_ids": [saved.request_id for saved in state.saved if saved.request_id],
    }


def _reason(state: CellState) -> str | None:
    if state.cell.problem and not state.pictures:
        return state.cell.problem.sentence
    return ": ".join(state.reason) if state.reason else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _plain(value: Any) -> Any:
    value = " ".join(value) if isinstance(value, list) else value
    return inert(value) if isinstance(value, str) else value
