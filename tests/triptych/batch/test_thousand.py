"""A thousand rows over a real socket, with faults among them, and a process that is killed in the middle of a batch."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tests import forks
from tests.triptych.batch.process import Process, finished, of_prompts, statuses
from tests.triptych.batch.stub import BLOCKED, BROKEN, HANGS_UP, SLOW_DOWN, Stub
from triptych.budget import promise
from triptych.servers import LIKE_OPENAI
from triptych.store.db.units import dollars, micro

FLYING = 16
EVERY = 80  # rows between two of one fault: together 5 % of all
PATIENCE = 60.0  # seconds

RUNS = """
import sys
from pathlib import Path
from tests.triptych.batch.process import Process, of_prompts
folder, address, count = sys.argv[1:]
process = Process(Path(folder), address, flying=8)
batch = process.keep(of_prompts(*(f"fox {number}" for number in range(1, int(count) + 1))))
process.start(batch, goes_on=True)
print(batch.id, flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("rows", [240, pytest.param(1000, marks=pytest.mark.trust)])
def test_a_thousand_rows_with_faults_are_all_done_or_named_and_no_cap_is_passed(
    tmp_path: Path, server: Stub, rows: int
) -> None:
    prompts = [f"fox {number}" for number in range(1, rows + 1)]
    faults = {
        prompt: [answer]
        for first, answer in enumerate((SLOW_DOWN, BLOCKED, BROKEN, HANGS_UP))
        for prompt in prompts[7 + 20 * first :: EVERY]
    }
    made_of = of_prompts(*prompts)
    each = [promise(request, LIKE_OPENAI) for request in made_of.plan(LIKE_OPENAI).requests.values()]
    cap = sum((dollars(micro(one.high)) for one in each if one), Decimal(0))
    server.faults = {prompt: [*answers] for prompt, answers in faults.items()}
    process = Process(tmp_path, server.base_url, FLYING, day=str(cap))
    batch = process.start(process.keep(made_of))
    held = [process.store.journal.money("day")]
    while batch.running:
        batch.wait(batch.version + 40, PATIENCE)
        held.append(process.store.journal.money("day"))

    assert max(one.spent + one.reserved for one in held) <= cap
    assert len(held) > 2
    by_fault = {
        name: {prompt for prompt, (answer,) in faults.items() if answer is kind}
        for name, kind in (("slow", SLOW_DOWN), ("failed", BLOCKED), ("broken", BROKEN), ("unknown", HANGS_UP))
    }
    ended = {state.row.values["prompt"]: state.status for state in batch.states}
    retried = by_fault["slow"] | by_fault["broken"]  # once more, as the retry table says
    assert by_fault["failed"] == {prompt for prompt, status in ended.items() if status == "failed"}
    assert by_fault["unknown"] == {prompt for prompt, status in ended.items() if status == "unknown"}
    assert {"done", "failed", "unknown"} == set(ended.values())
    assert Counter(prompts) + Counter(retried) == server.posts
    assert server.most <= FLYING
    assert rows // 20 == len(faults)
    process.end()


@pytest.mark.parametrize("count", [60, pytest.param(1000, marks=pytest.mark.trust)])
def test_killed_in_the_middle_it_goes_on_and_no_row_is_sent_twice(tmp_path: Path, server: Stub, count: int) -> None:
    with forks.talking("-c", RUNS, str(tmp_path), server.base_url, str(count)) as killed:
        id = killed.stdout.readline().strip()  # noqa: A001
        server.until(count // 3)
        server.hold()
        server.until(server.posts.total())
        killed.kill()
    server.let_go()
    process = Process(tmp_path, server.base_url, 8)
    lost = process.store.journal.recover()
    rescued = process.studio.late.catch_up()  # answers that were on the disk already

    begun = process.batches.take_over(process.client_at)
    batch = finished(process.batches.open("local", id, process.account))
    process.batches.refresh(batch)

    assert begun > 0
    assert {"done", "unknown"} >= set(statuses(batch))
    unknown = len({one.ticket for one in lost.unknown} - {ticket for ticket, _ in rescued})
    assert unknown == batch.progress.count("unknown") <= 2 * 8  # in flight, or on the way to the disk
    assert {1} == set(server.posts.values())
    assert count == len(batch.states)
    assert count - server.posts.total() <= unknown  # noted as sent, and killed before it went
    process.end()


def test_what_is_heard_of_one_row_makes_nothing_anew_of_the_others(tmp_path: Path, server: Stub) -> None:
    process = Process(tmp_path, server.base_url)
    batch = process.keep(of_prompts(*(f"fox {number}" for number in range(1, 1001))))
    before = batch.states

    process.ran(batch, [before[0].place])
    process.batches.refresh(batch)

    assert ["done", *["missing"] * 999] == statuses(batch)
    assert batch.states[0].record_ids
    assert all(now is then for now, then in zip(batch.states[1:], before[1:], strict=True))
    assert 1 == server.posts.total()
    process.end()
