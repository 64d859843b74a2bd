"""Batches of the Batch API in the records, on both homes: begun whole or not at all, asked for once, followed."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from tests.triptych.store.drawn import REQUEST, entry
from triptych.errors import GivenBack
from triptych.store import Store
from triptych.store.db.tables import drawings
from triptych.store.ledger.api_batches import ApiBatch

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ONE = ApiBatch(
    id="one",
    owner="local",
    run="rows.1",
    page="batch",
    engine="openai",
    base_url="https://api.openai.com/v1",
    server="openai",
    public_only=False,
    charged=True,
    model="gpt-image-2",
    endpoint="generations",
    lines=3,
    created=NOW,
)
TICKETS = ("c", "a", "b")


def begun(store: Store) -> ApiBatch:
    store.journal.open_many([entry(ticket, replace(REQUEST, prompt=ticket), run="rows.1") for ticket in TICKETS])
    store.api_batches.begin({ONE: TICKETS})
    return ONE


def test_lines_keep_their_order_and_say_what_is_asked(store: Store) -> None:
    begun(store)

    lines = list(store.api_batches.lines(ONE))

    assert [(1, "c"), (2, "a"), (3, "b")] == [(line.number, line.ticket) for line in lines]
    assert ["c", "a", "b"] == [line.request.prompt for line in lines]
    assert {"batched"} == {line.status for line in lines}
    line = store.api_batches.line(ONE, "a")
    assert line
    assert 2 == line.number
    assert None is store.api_batches.line(ONE, "z")


def test_what_is_read_is_what_was_written(store: Store) -> None:
    batch = begun(store)

    now = store.api_batches.note(
        batch, status="failed", remote="batch_1", wrong=((2, "It is no JSON."), (None, "x")), looked=NOW, failed=3
    )

    assert now == store.api_batches.get("one")
    assert (now,) == store.api_batches.every("local", "rows.") == store.api_batches.unfinished()
    assert () == store.api_batches.every("local", "rows.2") == store.api_batches.every("other")
    assert None is store.api_batches.get("one", "other")
    store.api_batches.note(now, ended=NOW)
    assert () == store.api_batches.unfinished()
    store.api_batches.note(now, cleans=True)
    assert ["one"] == [one.id for one in store.api_batches.unfinished()]


def test_a_batch_is_asked_for_once(store: Store) -> None:
    batch = begun(store)

    first, second = (store.api_batches.posting(batch, NOW) for _ in range(2))

    assert first
    assert ("creating", NOW) == (first.status, first.posted)
    assert None is second


def test_a_batch_that_was_cancelled_is_not_asked_for(store: Store) -> None:
    batch = begun(store)
    store.api_batches.note(batch, cancelling=True)

    assert None is store.api_batches.posting(batch, NOW)


def test_of_a_run_that_was_given_back_no_batch_is_begun(store: Store) -> None:
    store.journal.open_many([entry(ticket, run="rows.1") for ticket in TICKETS])
    store.journal.closed("b", "cancelled")

    with pytest.raises(GivenBack):
        store.api_batches.begin({ONE: TICKETS})

    assert () == store.api_batches.unfinished()
    assert {"c": "queued", "a": "queued", "b": "cancelled"} == store.journal.statuses(TICKETS)


def test_nobody_recovers_a_line_and_its_money_stays_held(store: Store) -> None:
    begun(store)
    with store.database.write() as connection:
        connection.execute(update(drawings).values(process="gone"))
    held = store.journal.money("day").reserved

    recovery = store.journal.recover()

    assert ((), ()) == (recovery.unknown, recovery.saved)
    assert {"batched"} == set(store.journal.statuses(TICKETS).values())
    assert held == store.journal.money("day").reserved > 0


def test_an_image_is_uploaded_once_in_a_run(store: Store) -> None:
    for file in ("file-1", "file-2"):
        store.api_batches.upload("rows.1", "5ha", file)

    assert {"5ha": "file-2"} == store.api_batches.uploaded("rows.1")
    assert {} == store.api_batches.uploaded("rows.2")


def test_a_backup_has_what_is_under_way(local: Store, tmp_path_factory: pytest.TempPathFactory) -> None:
    begun(local)
    local.api_batches.upload("rows.1", "5ha", "file-1")
    out = io.BytesIO()
    local.transfer.backup(out)

    other = Store(tmp_path_factory.mktemp("other") / "images")
    out.seek(0)
    other.transfer.restore(out)

    assert (ONE,) == other.api_batches.unfinished()
    assert [*TICKETS] == [line.ticket for line in other.api_batches.lines(ONE)]
    assert {"5ha": "file-1"} == other.api_batches.uploaded("rows.1")
    assert () == other.journal.recover().unknown
    other.close()
