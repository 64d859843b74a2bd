"""Runs at half price through the Batch API: promised, asked for once, settled line by line, whatever happens."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.serving import ROOT
from tests.triptych.engine.wire import png
from triptych.batch.half_price import ApiBatch, HalfPrice, cost
from triptych.budget import Budget
from triptych.client import ImageClient, Pace
from triptych.engine.serve import Engine
from triptych.errors import InvalidRequest, OverBudget
from triptych.inputs import Attachment
from triptych.jobs import Jobs
from triptych.pricing import charged
from triptych.request import ImageRequest
from triptych.servers import GENERIC, LIKE_OPENAI, Account
from triptych.store import Caps, Query, Record, Store
from triptych.studio import Studio

PATIENCE = 60.0  # seconds a test waits for anything
ONE = ImageRequest(
    model="gpt-image-2", prompt="a red square", size="1024x640", quality="low", output_format="jpeg", stream=True
)


class Process:
    """What a process has, on the records below ``folder``; it looks again at once."""

    def __init__(self, folder: Path, engine: Engine, day: Decimal | None = None, patience: float = 600.0) -> None:
        self.store = Store(folder / "images", caps=Caps(day=day, timezone="UTC"))
        self.jobs = Jobs()
        self.studio = Studio(self.store, Budget(self.store, {"day": day} if day else {}))
        self.account = Account(engine.base_url, engine.token, server=LIKE_OPENAI)
        self.clients: list[ImageClient] = []
        self.half = HalfPrice(self.jobs, self.studio, self.client, soonest=0.0, patience=patience)

    def client(self, account: Account) -> ImageClient:
        self.clients.append(ImageClient(account, Pace(4), seed=1))
        return self.clients[-1]

    def submit(self, requests: Mapping[str, ImageRequest], **more: Any) -> tuple[ApiBatch, ...]:
        return self.half.submit(self.account, requests, **{"owner": "local", "run": "run.1", **more})

    def until(self, true: Callable[[tuple[ApiBatch, ...]], bool]) -> tuple[ApiBatch, ...]:
        """The batches once that is true of them."""
        end = time.monotonic() + PATIENCE
        while not true(batches := self.half.every("local")):
            assert time.monotonic() < end, batches
            with self.half.news:
                version = self.half.news.version
                self.half.news.wait_for(lambda: self.half.news.version > version, 0.5)  # noqa: B023 - used here
        return batches

    def ended(self) -> tuple[ApiBatch, ...]:
        return self.until(lambda batches: all(batch.ended for batch in batches))

    def statuses(self, requests: Mapping[str, ImageRequest]) -> Counter[str]:
        return Counter(self.store.journal.statuses(list(requests)).values())

    def records(self) -> list[Record]:
        return list(self.store.history.search("local", Query(), size=1000).records)

    def end(self) -> None:
        self.half.close()
        for client in self.clients:
            asyncio.run_coroutine_threadsafe(client.aclose(), self.jobs._loop).result(PATIENCE)
        self.store.close()


@pytest.fixture
def process(tmp_path: Path, engine: Engine) -> Iterator[Process]:
    made = Process(tmp_path, engine)
    yield made
    made.end()


def rows(count: int, prompt: str = "square {}") -> dict[str, ImageRequest]:
    return {f"ticket{number}": replace(ONE, prompt=prompt.format(number)) for number in range(count)}


def posts(engine: Engine, path: str = "/v1/batches") -> int:
    return sum(entry.method == "POST" and entry.path == path for entry in engine.log)


def test_rows_come_back_as_images_at_half_price(process: Process, engine: Engine) -> None:
    requests = rows(3)

    (batch,) = process.submit(requests)
    most = [cost(request, LIKE_OPENAI) for request in requests.values()]
    assert sum(one.high for one in most if one) == process.store.journal.money("day").reserved
    (ended,) = process.ended()

    assert ("completed", batch.id, 3, 3) == (ended.status, ended.id, ended.lines, ended.completed)
    assert {"done": 3} == process.statuses(requests)
    for record in process.records():
        assert record.stored
        whole = charged(record.request, record.usage, LIKE_OPENAI)
        assert whole
        assert record.dollars == whole / 2
        assert record.seconds is None
        assert len(process.store.original(record.stored.sha256, record.stored.format)) == record.stored.bytes
    money = process.store.journal.money("day")
    assert (sum(record.dollars or 0 for record in process.records()), 0) == (money.spent, money.reserved)
    assert 1 == posts(engine)


def test_a_batch_is_journalled_before_it_is_asked_for_and_none_of_its_lines_is_recovered(
    process: Process, tmp_path: Path, engine: Engine
) -> None:
    engine.faults.plan("batch_stuck")
    requests = rows(2)
    process.submit(requests)
    process.until(lambda batches: batches[0].remote is not None)
    process.half.close()
    process.store.close()  # which says that the process has ended

    other = Process(tmp_path, engine)
    assert () == other.store.journal.recover().unknown
    assert {"batched": 2} == other.statuses(requests)
    other.half.follow(other.account)
    other.half.cancel("local", other.half.every("local")[0].id)
    (ended,) = other.ended()

    assert "cancelled" == ended.status
    assert {"cancelled": 2} == other.statuses(requests)
    assert (0, 0) == (other.store.journal.money("day").spent, other.store.journal.money("day").reserved)
    assert 1 == posts(engine)
    other.end()


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


def test_each_model_and_endpoint_gets_a_file_and_each_image_is_uploaded_once(process: Process, engine: Engine) -> None:
    _, data, _ = png(Image.new("RGB", (64, 64), "navy"))
    image = Attachment.of(data)
    edit = replace(ONE, images=(image,))
    requests = {
        "a": ONE,
        "b": replace(edit, prompt="one"),
        "c": replace(edit, prompt="two"),
        "d": replace(edit, model="gpt-image-2.6-flare"),
    }

    with pytest.raises(InvalidRequest, match="not confirmed"):
        process.submit(requests, files={image.sha256: data})
    batches = process.submit(requests, files={image.sha256: data}, unconfirmed=True)
    ended = process.ended()

    assert {("gpt-image-2", "generations"), ("gpt-image-2", "edits"), ("gpt-image-2.6-flare", "edits")} == {
        (batch.model, batch.endpoint) for batch in ended
    }
    assert {"done": 4} == process.statuses(requests)
    assert (3, 3 + 1) == (len(batches), posts(engine, "/v1/files"))


def test_what_was_uploaded_is_removed_at_the_end_on_request(process: Process, engine: Engine) -> None:
    _, data, _ = png(Image.new("RGB", (64, 64), "teal"))
    image = Attachment.of(data)
    (batch,) = process.submit({"a": replace(ONE, images=(image,))}, files={image.sha256: data})
    process.half.clean("other", batch.id)
    process.half.clean("local", batch.id)

    (cleaned,) = process.until(lambda batches: batches[0].cleaned is not None)

    assert cleaned.ended
    kept = engine.app.state.cabinet
    names = {cleaned.input_file, cleaned.output_file, *process.store.api_batches.uploaded(cleaned.run).values()}
    assert set() == names & {file.id for file in kept.every()}
    assert {"done": 1} == process.statuses({"a": ONE})


def test_a_batch_that_is_over_the_cap_is_not_sent(tmp_path: Path, engine: Engine) -> None:
    each = cost(ONE, LIKE_OPENAI)
    assert each
    process = Process(tmp_path, engine, day=each.high * Decimal("2.5"))

    with pytest.raises(OverBudget) as caught:
        process.submit(rows(3, "a red square"))

    assert 2 == caught.value.fits
    assert () == process.half.every("local")
    assert 0 == len(engine.log)
    process.end()


def test_a_server_without_a_batch_api_is_not_asked(process: Process, engine: Engine) -> None:
    process.account = replace(process.account, server=GENERIC)

    with pytest.raises(InvalidRequest, match="Batch API"):
        process.submit(rows(1))

    assert 0 == len(engine.log)
    assert {} == process.statuses(rows(1))


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


def mixed(image: Attachment) -> dict[str, ImageRequest]:
    """200 rows, 40 of which are edits and 10 of which fail."""
    requests = {f"row{number}": replace(ONE, prompt=f"square {number % 4}") for number in range(150)}
    requests |= {f"edit{number}": replace(ONE, prompt=f"dot {number % 2}", images=(image,)) for number in range(40)}
    return requests | {f"bad{number}": replace(ONE, prompt="[fault:moderation_input] x") for number in range(10)}


def test_200_rows_outlive_the_process_that_polls(tmp_path: Path, engine: Engine) -> None:
    _, data, _ = png(Image.new("RGB", (64, 64), "navy"))
    image = Attachment.of(data)
    (tmp_path / "image").write_bytes(data)
    command = [sys.executable, "-m", "tests.triptych.batch.poller", str(tmp_path), engine.base_url, engine.token]
    killed = subprocess.run(command, cwd=ROOT, check=False, timeout=PATIENCE)  # it ends itself among its 100 first
    assert -signal.SIGKILL == killed.returncode
    process, requests = Process(tmp_path, engine), mixed(image)
    before = process.statuses(requests)
    assert 0 < before["done"] < 190

    process.store.journal.recover()
    process.half.follow(process.account)
    ended = process.ended()

    assert {"done": 190, "failed": 10} == process.statuses(requests)
    assert {160, 40} == {batch.lines for batch in ended}
    assert (2, 2 + 1) == (posts(engine), posts(engine, "/v1/files"))
    assert 190 == sum(record.stored is not None for record in process.records())
    money = process.store.journal.money("day")
    assert (sum(record.dollars or 0 for record in process.records()), 0) == (money.spent, money.reserved)
    assert () == process.store.orphans()
    process.end()
