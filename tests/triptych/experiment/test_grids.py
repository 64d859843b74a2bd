"""A grid at work: each cell is drawn once, fails alone, and is found again."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import update

from tests.triptych.experiment.conftest import BASE, SIX, Begin, Process, finished, statuses
from triptych.budget import promise
from triptych.engine.serve import Engine
from triptych.errors import DatabaseDown, OverBudget
from triptych.experiment import Axis, Experiment
from triptych.servers import LITELLM
from triptych.store import Held
from triptych.store.db.tables import drawings

FAILING = Experiment("One fails", BASE, (Axis("prompt", ("a cat", "a dog [fault:server_error*2]", "a fox")),))


def test_every_cell_is_drawn_once_with_its_tokens_seconds_and_dollars(process: Process, engine: Engine) -> None:
    grid = process.ran(process.keep(SIX))

    again = process.grids.start(grid, process.client)

    assert 0 == again.drawings
    assert ["done"] * 6 == statuses(grid)
    assert 6 == len(engine.log)
    for state in grid.states:
        assert state.pictures
        assert state.seconds
        assert state.output_tokens
        assert state.dollars == sum(saved.dollars or 0 for saved in state.saved)
    assert 6 == grid.progress.count("done")


def test_a_failing_cell_stops_no_other_and_is_tried_again_alone(process: Process, engine: Engine) -> None:
    experiment = Experiment("One fails", BASE, (Axis("prompt", ("a cat", "a dog [fault:quota]", "a fox")),))
    grid = process.ran(process.keep(experiment))
    before = statuses(grid), len(engine.log)

    process.ran(grid, grid.places("failed"))

    assert (["done", "failed", "done"], 3) == before
    assert 4 == len(engine.log)
    assert grid.states[1].reason
    assert "credit" in grid.states[1].reason[0]


def test_repeats_of_a_cell_are_pictures_of_their_own(process: Process, engine: Engine) -> None:
    grid = process.ran(process.keep(Experiment("Twice", BASE, repeats=2)))

    assert ["done", "done"] == statuses(grid)
    assert 2 == len(engine.log)
    assert 2 == len({state.ticket for state in grid.states})


def test_what_is_done_is_found_by_the_next_process_and_not_drawn_again(begin: Begin, engine: Engine) -> None:
    first = begin()
    done = first.ran(first.keep(SIX))
    second = begin()

    grid = second.grids.open("local", done.id, second.account)
    second.ran(grid)

    assert ["done"] * 6 == statuses(grid)
    assert 6 == len(engine.log)
    kept = [(state.ticket, state.dollars, state.output_tokens, state.pictures) for state in grid.states]
    assert [(s.ticket, s.dollars, s.output_tokens, s.pictures) for s in done.states] == kept
    assert all(state.record_ids for state in grid.states)


def test_what_is_done_stays_where_the_server_is_recognised_as_another_kind(process: Process, engine: Engine) -> None:
    done = process.ran(process.keep(SIX))

    grid = process.grids.open("local", done.id, replace(process.account, server=LITELLM))

    assert LITELLM is grid.server
    assert ["done"] * 6 == statuses(grid)
    elsewhere = replace(process.account, base_url="http://127.0.0.1:9/v1")
    assert ["missing"] * 6 == statuses(process.grids.open("local", done.id, elsewhere))


def test_cells_that_were_named_with_the_kind_of_their_server_are_found(process: Process) -> None:
    done, other = process.ran(process.keep(SIX)), process.keep(replace(SIX, name="Of an earlier version"))
    names = {(f"{state.cell.key}@{done.engine}", 0): state.ticket for state in done.states if state.ticket}
    process.grids.saved.place(other.id, names)

    process.grids.refresh(other)

    assert ["done"] * 6 == statuses(other)


def test_what_was_drawn_and_not_noted_is_not_paid_twice_by_who_takes_the_server_for_another_kind(
    begin: Begin, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise DatabaseDown("The database does not answer.")

    first, second = begin(), begin()
    second.account = replace(second.account, server=LITELLM)
    second.client.recognise(LITELLM)
    grid = first.keep(SIX)
    monkeypatch.setattr(first.grids._many, "_note", down)
    with pytest.raises(DatabaseDown):
        first.grids.start(grid, first.client)
    finished(grid)

    again = second.ran(second.grids.open("local", grid.id, second.account))

    assert 6 == len(engine.log)
    assert ["done"] * 6 == statuses(again)


def test_an_equal_picture_in_history_fills_a_cell_for_nothing(process: Process, engine: Engine) -> None:
    process.ran(process.keep(SIX))

    other = process.ran(process.keep(replace(SIX, name="Other")))

    assert 6 == len(engine.log)
    assert {("done", True)} == {(state.status, state.cached) for state in other.states}


def test_a_grid_over_the_cap_is_refused_whole_and_its_affordable_part_named(begin: Begin, engine: Engine) -> None:
    process = begin(day="0.08")
    grid = process.keep(SIX)

    with pytest.raises(OverBudget) as refused:
        process.grids.start(grid, process.client)
    before = len(engine.log), statuses(grid)
    process.ran(grid, grid.places()[: refused.value.fits])

    assert (0, ["missing"] * 6) == before
    assert 2 == refused.value.fits  # $0.006 and $0.053 of six cells
    assert ["done"] * 2 + ["missing"] * 4 == statuses(grid)


def test_what_is_cancelled_before_it_is_sent_gives_its_money_back(begin: Begin, engine: Engine) -> None:
    process = begin(day="5")
    engine.faults.plan("timeout", times=4)
    grid = process.keep(SIX)
    process.grids.start(grid, process.client)
    held = process.store.journal.money("day").reserved
    while grid.progress.count("drawing") < 4:
        grid.wait(grid.version, 1)

    grid.cancel()
    finished(grid)

    assert {"cancelled"} == set(statuses(grid))
    waited = [state for state in grid.states if state.error and not state.error.may_be_charged]
    assert 2 == len(waited)
    money = process.store.journal.money("day")
    assert Decimal(0) < money.reserved < held
    promised = [promise(state.cell.request, process.account.server) for state in waited]
    given_back = sum((most.high for most in promised if most), Decimal(0))
    assert pytest.approx(float(given_back), abs=1e-5) == float(held - money.reserved)  # kept in millionths


def test_one_cell_is_cancelled_alone(process: Process, engine: Engine) -> None:
    engine.faults.plan("timeout", times=1)
    grid = process.keep(Experiment("One", BASE, (Axis("quality", ("low", "medium")),)))
    first, second = grid.places()
    process.grids.start(grid, process.client, (first,))
    while engine.faults.pending:  # the answer that never comes is the first one's
        grid.wait(grid.version, 0.05)
    process.grids.start(grid, process.client, (second,))

    grid.cancel(first)
    finished(grid)

    assert ["cancelled", "done"] == statuses(grid)


def test_a_rate_limit_slows_the_grid_and_says_so(process: Process, engine: Engine) -> None:
    engine.faults.plan("rate_limit", times=1)
    grid = process.keep(SIX)
    process.grids.start(grid, process.client)
    slowed = []
    while grid.running:
        slowed.append(grid.slowed)
        grid.wait(grid.version, 1)

    assert any(seconds is not None for seconds in slowed)
    assert ["done"] * 6 == statuses(grid)


def test_a_crash_leaves_what_was_sent_unknown_and_gives_the_rest_back(begin: Begin, engine: Engine) -> None:
    process = begin(day="5")
    engine.faults.plan("timeout", times=4)
    grid = process.keep(SIX)
    process.grids.start(grid, process.client)
    while grid.progress.count("drawing") < 4:
        grid.wait(grid.version, 1)
    with process.store.database.write() as connection:
        connection.execute(update(drawings).values(process="gone"))
    other = begin(day="5")
    other.store.journal.recover()

    found = other.grids.open("local", grid.id, other.account)

    assert (4, 2) == (found.progress.count("unknown"), found.progress.count("cancelled"))
    assert 2 == len(found.places())
    assert Held(Decimal(0), other.store.journal.money("day").reserved) == other.store.journal.money("day")
    grid.cancel()


def test_a_drawing_that_another_process_has_begun_is_not_sent_a_second_time(begin: Begin, engine: Engine) -> None:
    first, second = begin(), begin()
    engine.faults.plan("slow", times=6, seconds=0.3)
    grid = first.keep(SIX)
    other = second.grids.open("local", grid.id, second.account)
    first.grids.start(grid, first.client)

    started = second.grids.start(other, second.client)
    finished(grid)
    second.grids.refresh(other)

    assert (0, 6) == (started.drawings, started.elsewhere)
    assert 6 == len(engine.log)
    assert ["done"] * 6 == statuses(other)


def test_another_owner_finds_nothing(process: Process) -> None:
    grid = process.keep(SIX)

    with pytest.raises(KeyError):
        process.grids.open("someone", grid.id, process.account)
    assert process.grids.delete("someone", grid.id) is None
    assert () == process.grids.every("someone")


def test_a_deleted_experiment_comes_back_with_its_cells(process: Process) -> None:
    grid = process.ran(process.keep(SIX))
    removed = process.grids.delete("local", grid.id)
    gone = process.grids.every("local")

    assert removed
    process.grids.restore(removed)

    assert () == gone
    assert ["done"] * 6 == statuses(process.grids.open("local", grid.id, process.account))


def test_a_changed_experiment_keeps_the_cells_it_still_asks_for(process: Process, engine: Engine) -> None:
    grid = process.ran(process.keep(SIX))
    fewer = replace(SIX, axes=(SIX.axes[0], Axis("quality", ("low", "auto"))))

    changed = process.grids.keep("local", fewer, process.account, grid.id)

    assert ["done", "missing", "done", "missing"] == statuses(changed)


def test_a_link_opens_the_grid_as_it_was_drawn_until_it_is_taken_back(process: Process) -> None:
    grid = process.ran(process.keep(SIX))
    link = process.grids.saved.share("local", grid.id)
    assert link

    seen = process.grids.by_link(link)
    process.grids.saved.share("local", grid.id, on=False)

    assert seen
    assert ["done"] * 6 == statuses(seen)
    assert process.grids.by_link(link) is None
