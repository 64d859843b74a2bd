"""A grid and its votes under double clicks, hostile servers, lost files and very many cells."""

import csv
import io
from dataclasses import replace
from datetime import datetime
from typing import Any

from PIL import Image

from tests.triptych.experiment.conftest import SIX, Process
from tests.triptych.masked import picture
from triptych.experiment import CellState, Experiment
from triptych.experiment.state import busy
from triptych.experiment.table import as_csv, as_png
from triptych.store import Stored


def test_a_double_click_is_one_vote(process: Process) -> None:
    grid = process.ran(process.keep(SIX))
    pair = process.grids.next_pair(grid, "ada")
    assert pair

    votes = [process.grids.vote(grid, "ada", pair, "left") for _ in range(2)]
    process.grids.vote(grid, "bob", pair, "left")

    assert votes[0] == votes[1]
    assert ["ada", "bob"] == [ballot.voter for ballot in process.grids.ballots(grid)]


def test_a_vote_that_was_taken_back_can_be_given_again(process: Process) -> None:
    grid = process.ran(process.keep(SIX))
    pair = process.grids.next_pair(grid, "ada")
    assert pair
    process.grids.unvote("ada", process.grids.vote(grid, "ada", pair, "left"))

    process.grids.vote(grid, "ada", pair, "right")

    assert ["right"] == [ballot.verdict for ballot in process.grids.ballots(grid)]


def test_a_request_id_that_a_server_made_up_is_no_formula_in_a_spreadsheet(process: Process) -> None:
    state = process.ran(process.keep(Experiment("", SIX.base))).states[0]
    saved = tuple(replace(one, request_id="=cmd|' /C calc'!A0") for one in state.saved)

    table = as_csv([replace(state, saved=saved)]).decode("utf-8-sig")

    (row,) = csv.DictReader(io.StringIO(table))
    assert "'=cmd|' /C calc'!A0" == row["request_ids"]


def test_the_time_of_drawings_made_at_once_counts_once_and_history_not_at_all(process: Process) -> None:
    state = process.ran(process.keep(Experiment("", SIX.base))).states[0]

    def told(created: str, seconds: float | None) -> CellState:
        at = datetime.fromisoformat(f"2026-11-25T10:00:{created}Z")
        first = state.saved[0].pieces[0]
        piece = replace(first, sidecar=replace(first.sidecar, created=at, seconds=seconds))
        return replace(state, saved=(replace(state.saved[0], pieces=(piece,)),))

    at_once, inside, later = told("20", 10.0), told("15", 3.0), told("50", 4.0)

    assert 10.0 == busy([at_once, inside])
    assert 12.0 == busy([at_once, told("22", 5.0)])
    assert 14.0 == busy([later, inside, at_once, told("50", None)])
    assert 0.0 == busy([replace(later, cached=True)])


def test_a_sheet_holds_one_picture_at_a_time_and_leaves_the_place_of_one_that_is_gone(process: Process) -> None:
    grid = process.ran(process.keep(SIX))
    gone, *others = [state.pictures[0] for state in grid.states]
    read: list[str] = []

    class Held(bytes):
        alive = 0
        most = 0

        def __new__(cls, data: bytes) -> "Held":
            cls.alive += 1
            cls.most = max(cls.most, cls.alive)
            return super().__new__(cls, data)

        def __del__(self) -> None:
            Held.alive -= 1

    def original(stored: Stored) -> Any:
        if stored == gone:
            raise KeyError(stored.sha256)
        read.append(stored.sha256)
        return Held(picture("navy", size=(1024, 1024)))

    made = Image.open(io.BytesIO(as_png(SIX, grid.states, original)))

    assert sorted(one.sha256 for one in others) == sorted(read)
    assert 1 <= Held.most <= 2
    assert (0, 0, 128) in {colour for _, colour in made.getcolors(1 << 20) or ()}


def test_how_drawings_stand_is_told_of_more_than_a_statement_can_name(process: Process) -> None:
    grid = process.ran(process.keep(Experiment("", SIX.base)))
    ticket = grid.states[0].ticket
    assert ticket

    assert {ticket: "done"} == process.store.journal.statuses([*map(str, range(300_000)), ticket])
