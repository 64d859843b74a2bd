"""Blind votes, and what leaves a grid: sheet, table, archive."""

import csv
import io
import json
import zipfile
from collections import Counter

import pytest
from PIL import Image

from tests.triptych.experiment.conftest import BASE, Process
from triptych.experiment import Axis, Experiment, Grid, table
from triptych.experiment.presets import promoted, tiers
from triptych.experiment.table import as_csv, as_json, as_png
from triptych.experiment.votes import Pair, entrants, next_pair, tally
from triptych.export.sheet import Block
from triptych.store import Stored
from triptych.store.db.units import now
from triptych.store.saved import Ballot

NINE = Experiment(
    "=Nine",
    BASE,
    (Axis("quality", ("low", "medium", "xhigh")), Axis("prompt", ("a cat", "a dog"))),
    repeats=2,
)


@pytest.fixture
def grid(process: Process) -> Grid:
    return process.ran(process.keep(NINE))


def judged(grid: Grid, voter: str, most: int = 100) -> list[Pair]:
    """The pairs a voter is shown who always says the same."""
    ballots: list[Ballot] = []
    shown = []
    while len(shown) < most and (pair := next_pair(entrants(grid.states), ballots, voter)):
        shown.append(pair)
        ballots.append(Ballot(str(len(shown)), voter, pair.left.name, pair.right.name, "same", now()))
    return shown


def test_a_sheet_names_the_parameters_of_its_rows_and_columns(grid: Grid, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Block] = []
    monkeypatch.setattr(table, "contact_sheet", lambda _, blocks, **__: drawn.extend(blocks) or b"")

    as_png(NINE, grid.states, lambda _: b"")

    assert ("Quality: low", "Quality: low", "Quality: medium") == drawn[0].columns[:3]
    assert ("Prompt: cat", "Prompt: dog") == drawn[0].rows


def test_votes_compare_tiers_on_the_same_subject_fairly_and_end(grid: Grid) -> None:
    shown, again, other = judged(grid, "ann"), judged(grid, "ann"), judged(grid, "bob")

    assert 8 == len(shown)  # two prompts, two repeats of low against two of medium; xhigh cannot be drawn
    assert all(pair.left.subject == pair.right.subject and pair.left.tier != pair.right.tier for pair in shown)
    assert [(p.left.name, p.right.name) for p in shown] == [(p.left.name, p.right.name) for p in again]
    assert [(p.left.name, p.right.name) for p in shown] != [(p.left.name, p.right.name) for p in other]
    met = Counter(name for pair in shown[:4] for name in (pair.left.name, pair.right.name))
    assert max(met.values()) <= 3


def test_chance_decides_which_tier_stands_on_which_side(grid: Grid) -> None:
    firsts = [pair for number in range(40) if (pair := next_pair(entrants(grid.states), (), f"voter {number}"))]

    left = Counter(pair.left.state.cell.at("quality") for pair in firsts)

    assert 40 == sum(left.values())
    assert min(left["low"], left["medium"]) >= 8  # a fair coin gives fewer once in 20,000 times
    assert len({frozenset((pair.left.name, pair.right.name)) for pair in firsts}) > 4


def test_verdicts_add_up_over_voters_and_can_be_taken_back(process: Process, grid: Grid) -> None:
    grids = process.grids
    for voter, verdict in (("ann", "left"), ("bob", "same"), ("cid", "bad")):
        pair = grids.next_pair(grid, voter)
        assert pair
        last = grids.vote(grid, voter, pair, verdict)  # type: ignore[arg-type]
    whole = tally(entrants(grid.states), grids.ballots(grid))
    grids.unvote("ann", last)  # somebody else's stays
    kept = len(grids.ballots(grid))
    grids.unvote("cid", last)

    assert (2, 1, (1, 1)) == (whole.votes, whole.ties, whole.bad)
    assert sorted([0.5, 1.5]) == sorted(whole.wins.values())
    assert (3, 2) == (kept, len(grids.ballots(grid)))
    assert all(whole.dollars)


def test_a_sheet_has_a_place_for_every_picture(process: Process, grid: Grid) -> None:
    def original(stored: Stored) -> bytes:
        return process.store.original(stored.sha256, stored.format)

    small = Image.open(io.BytesIO(as_png(NINE, grid.states, original, edge=64)))
    large = Image.open(io.BytesIO(as_png(NINE, grid.states, original, edge=128, columns="prompt")))

    assert ("PNG", "RGB") == (small.format, small.mode)
    assert small.width > 6 * 64
    assert small.height > 2 * 64
    assert large.width > 4 * 128
    assert large.height > 3 * 128
    assert len(small.getcolors(1 << 24) or ()) > 100


def test_a_table_holds_every_drawing_and_no_formula(grid: Grid) -> None:
    text = as_csv(grid.states).decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text)))
    told = json.loads(as_json(NINE, grid.states))

    assert (12, 12) == (len(table), len(told["drawings"]))
    assert Counter(done=8, impossible=4) == Counter(row["status"] for row in table)
    assert {"low", "medium", "xhigh"} == {row["quality"] for row in table}
    assert all(float(row["cost_usd"]) > 0 and float(row["seconds"]) > 0 for row in table if row["status"] == "done")
    assert NINE == Experiment.from_json({k: v for k, v in told.items() if k not in {"drawings", "votes"}})
    assert not any(cell.startswith(("=", "+", "@")) for row in table for cell in row.values())


def test_an_archive_holds_originals_with_their_sidecars(process: Process, grid: Grid) -> None:
    with zipfile.ZipFile(io.BytesIO(b"".join(process.grids.zip_of(grid)))) as archive:
        names = archive.namelist()

    assert (16, 8) == (len(names), sum(name.endswith(".json") for name in names))


def test_a_draft_goes_on_to_review_and_to_final() -> None:
    steps = tiers()
    first = promoted(BASE, steps)
    assert first
    second = promoted(first[1], steps)
    assert second

    assert ["draft", "review", "final"] == [step.name for step in steps]
    assert [("review", "medium"), ("final", "high")] == [(s.name, r.quality) for s, r in (first, second)]
    assert promoted(second[1], steps) is None
    assert all(not request.problems() for _, request in (first, second))
