"""Runs at half price through the Batch API: promised, asked for once, settled line by line, whatever happens."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import delete, insert, select, update

from tests import forks
from tests.serving import ROOT
from tests.triptych.batch.at_half import ONE, PATIENCE, Process, mixed, posts, rows
from tests.triptych.engine.wire import png
from triptych.batch import half_price
from triptych.batch.at_server import AtServer
from triptych.batch.half_price import ApiBatch, HalfPrice, cost
from triptych.batch.settling import LEASE
from triptych.client import ImageClient
from triptych.engine.serve import Engine
from triptych.errors import InvalidRequest, OverBudget
from triptych.inputs import Attachment
from triptych.pricing import charged
from triptych.servers import DEMO, GENERIC, LIKE_OPENAI
from triptych.store.db.statements import clock
from triptych.store.db.tables import api_batches, leases, processes


@pytest.fixture
def process(tmp_path: Path, engine: Engine) -> Iterator[Process]:
    made = Process(tmp_path, engine)
    yield made
    made.end()


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


def test_a_look_that_breaks_is_followed_by_another(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    look, broken = HalfPrice.look, [True]

    async def breaks(self: HalfPrice) -> float | None:
        if broken:
            broken.clear()
            raise RuntimeError
        return await look(self)

    monkeypatch.setattr(half_price, "LATEST", 0.0)
    monkeypatch.setattr(HalfPrice, "look", breaks)

    process.submit(rows(1))
    process.ended()

    assert {"done": 1} == process.statuses(rows(1))


def killed(when: str, folder: Path, engine: Engine) -> None:
    """Run a process that is killed then."""
    command = ["-m", "tests.triptych.batch.poller", when, str(folder), engine.base_url, engine.token]
    ended = forks.run(*command, cwd=ROOT, environment=os.environ)
    assert -signal.SIGKILL == ended.returncode


def test_a_process_that_dies_as_it_asks_leaves_a_batch_that_is_found(tmp_path: Path, engine: Engine) -> None:
    killed("asked", tmp_path, engine)
    process = Process(tmp_path, engine)
    assert "creating" == process.half.every("local")[0].status

    process.half.follow(process.account)
    process.ended()

    assert {"done": 3} == process.statuses(rows(3))
    assert 1 == posts(engine)
    process.end()


def test_200_rows_outlive_the_process_that_polls(tmp_path: Path, engine: Engine) -> None:
    _, data, _ = png(Image.new("RGB", (64, 64), "navy"))
    image = Attachment.of(data)
    (tmp_path / "image").write_bytes(data)
    killed("saving", tmp_path, engine)
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


def test_of_several_processes_one_asks_the_server_at_a_time(process: Process, engine: Engine) -> None:
    engine.faults.plan("batch_stuck")
    (batch,) = process.submit(rows(1))
    process.until(lambda batches: batches[0].remote is not None)
    process.half.close()
    with process.store.database.write() as connection:
        at = connection.execute(select(clock(connection))).scalar_one()
        here = {"host": "elsewhere", "pid": 1, "home": "", "started": at, "heartbeat": at}
        connection.execute(insert(processes).values(id="another", **here))
        held = {"name": f"{LEASE}{batch.id}", "holder": "another", "until": at + 3_600_000_000}
        connection.execute(delete(leases))
        connection.execute(insert(leases).values(**held))
        connection.execute(update(api_batches).values(looked=api_batches.c.created))  # it is due, however old it is
    engine.log.clear()

    process.jobs.run(process.half.look()).result(PATIENCE)
    assert 0 == len(engine.log)

    with process.store.database.write() as connection:
        connection.execute(delete(processes).where(processes.c.id == "another"))  # it is gone, and its lease with it
    process.jobs.run(process.half.look()).result(PATIENCE)
    assert [f"/v1/batches/{process.half.every('local')[0].remote}"] == [entry.path for entry in engine.log]


def test_the_demos_batches_end_with_it_and_cost_nothing(process: Process, engine: Engine, tmp_path: Path) -> None:
    engine.faults.plan("batch_stuck")
    process.account = replace(process.account, server=DEMO)
    process.submit(rows(2))
    process.until(lambda batches: batches[0].remote is not None)
    process.half.close()
    anew = Engine.start(pace=0)
    other = Process(tmp_path, anew)

    other.half.follow(replace(other.account, server=DEMO))
    (ended,) = other.ended()

    assert "lost" == ended.status
    assert {"cancelled": 2} == other.statuses(rows(2))
    other.end()
    anew.stop()


def test_a_batch_that_breaks_keeps_no_other_from_its_end(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good, step = {"bad": ONE}, {"good": replace(ONE, prompt="circle")}, AtServer.step

    async def breaks(self: AtServer, batch: ApiBatch, client: ImageClient) -> ApiBatch:
        if batch.run == "run.bad":
            raise KeyError(batch.id)
        return await step(self, batch, client)

    with monkeypatch.context() as broken:
        broken.setattr(AtServer, "step", breaks)
        process.submit(bad, run="run.bad")
        process.submit(good, run="run.good")
        batches = process.until(lambda batches: all(batch.ended or batch.trouble for batch in batches))

        assert {"done": 1} == process.statuses(good)
        assert ["Triptych failed"] == [(batch.trouble or "")[:15] for batch in batches if batch.run == "run.bad"]
    process.ended()
    assert {"done": 1} == process.statuses(bad)
