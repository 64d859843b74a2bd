"""How batches at half price end when not all goes well: what is told of each line, and what it costs."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.triptych.batch.at_half import ONE, Process, posts, rows
from triptych.engine.serve import Engine


@pytest.fixture
def process(tmp_path: Path, engine: Engine) -> Iterator[Process]:
    made = Process(tmp_path, engine)
    yield made
    made.end()


def test_lines_fail_each_with_its_own_reason_and_cost_nothing(process: Process, engine: Engine) -> None:
    requests = {**rows(3), **{f"bad{number}": replace(ONE, prompt="[fault:moderation_input] x") for number in range(2)}}

    process.submit(requests)
    process.ended()

    assert {"done": 3, "failed": 2} == process.statuses(requests)
    failed = [record for record in process.records() if record.status == "failed"]
    assert ["Change the prompt"] * 2 == [record.error[0] for record in failed if record.error]
    assert 0 == process.store.journal.money("day").reserved


def test_where_all_lines_fail_no_output_file_is_missed(process: Process) -> None:
    requests = rows(2, "[fault:moderation_input] {}")

    process.submit(requests)
    (ended,) = process.ended()

    assert ("completed", None) == (ended.status, ended.output_file)
    assert {"failed": 2} == process.statuses(requests)


def test_a_file_that_is_refused_tells_which_line_is_wrong(process: Process, engine: Engine) -> None:
    engine.faults.plan("batch_invalid", line=2)
    requests = rows(3)

    process.submit(requests)
    (ended,) = process.ended()

    assert "failed" == ended.status
    assert [2] == [line for line, _ in ended.wrong]
    by_ticket = {record.ticket: record for record in process.records()}
    assert by_ticket["ticket1"].error
    assert "not parseable" in by_ticket["ticket1"].error[1]
    assert {"failed": 1, "cancelled": 2} == process.statuses(requests)
    assert 0 == process.store.journal.money("day").reserved


def test_what_the_day_was_too_short_for_costs_nothing(process: Process, engine: Engine) -> None:
    engine.faults.plan("batch_expired")
    requests = rows(4)

    process.submit(requests)
    (ended,) = process.ended()

    assert "expired" == ended.status
    assert {"done": 2, "cancelled": 2} == process.statuses(requests)
    assert 0 == process.store.journal.money("day").reserved


def test_a_line_that_neither_file_names_is_unknown_and_its_money_is_held(process: Process, engine: Engine) -> None:
    engine.faults.plan("batch_missing")
    requests = rows(3)

    process.submit(requests)
    process.ended()

    assert {"done": 2, "unknown": 1} == process.statuses(requests)
    assert process.store.journal.money("day").reserved > 0


def test_a_batch_whose_making_was_not_answered_is_found_and_never_asked_for_again(
    process: Process, engine: Engine
) -> None:
    engine.faults.plan("batch_lost")
    requests = rows(2)

    process.submit(requests)
    process.ended()

    assert {"done": 2} == process.statuses(requests)
    assert 1 == posts(engine)


def test_a_batch_that_was_never_made_is_unknown_in_the_end_and_never_asked_for_again(
    tmp_path: Path, engine: Engine
) -> None:
    process = Process(tmp_path, engine, patience=0.2)
    engine.faults.plan("batch_unmade")
    requests = rows(2)

    process.submit(requests)
    (ended,) = process.ended()

    assert "lost" == ended.status
    assert {"unknown": 2} == process.statuses(requests)
    assert process.store.journal.money("day").reserved > 0
    assert 1 == posts(engine)
    process.end()


def test_a_key_that_is_refused_ends_the_rows_before_they_cost_anything(process: Process, engine: Engine) -> None:
    process.account = replace(process.account, key="sk-canary-0123456789")

    process.submit(rows(2))
    (ended,) = process.ended()

    assert "refused" == ended.status
    assert "canary" not in str(vars(ended))
    assert {"failed": 2} == process.statuses(rows(2))
    assert 0 == process.store.journal.money("day").reserved
    assert 0 == posts(engine)


def test_a_batch_that_is_cancelled_before_it_is_asked_for_never_is(process: Process, engine: Engine) -> None:
    with socket.socket() as closed:  # bound, and nobody listens: a server that is down
        closed.bind(("127.0.0.1", 0))
        process.account = replace(process.account, base_url=f"http://127.0.0.1:{closed.getsockname()[1]}/v1")
        (batch,) = process.submit(rows(2))
        process.until(lambda batches: batches[0].trouble is not None)
        assert {"batched": 2} == process.statuses(rows(2))

        process.half.cancel("local", batch.id)
        (ended,) = process.ended()

    assert ("refused", None) == (ended.status, ended.remote)
    assert {"cancelled": 2} == process.statuses(rows(2))
    assert 0 == process.store.journal.money("day").reserved


def test_what_is_anothers_cannot_be_cancelled(process: Process, engine: Engine) -> None:
    engine.faults.plan("batch_stuck")
    (batch,) = process.submit(rows(1))
    process.until(lambda batches: batches[0].remote is not None)

    process.half.cancel("other", batch.id)
    assert not process.half.every("local")[0].cancelling
    assert () == process.half.every("other")

    process.half.cancel("local", batch.id)
    assert "cancelled" == process.ended()[0].status
