"""Batches over a real socket: run, paused, cancelled, retried, reopened, and gone on with by others."""

import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from PIL import Image

from tests.triptych.batch.conftest import Begin
from tests.triptych.batch.process import BASE, PATIENCE, finished, of_prompts, statuses
from tests.triptych.batch.stub import BLOCKED, HANGS_UP, Stub
from triptych.batch import Images, each_image
from triptych.batch.batch import BatchInput
from triptych.budget import promise
from triptych.errors import InvalidRequest, OverBudget
from triptych.inputs import Attachment
from triptych.pricing import estimate
from triptych.servers import LIKE_OPENAI
from triptych.store.db.units import dollars, micro

SIX = of_prompts(*(f"fox {number}" for number in range(1, 7)))
ONCE = Counter({f"fox {number}": 1 for number in range(1, 7)})


def test_every_row_is_sent_once_and_its_image_saved(begin: Begin, server: Stub) -> None:
    process = begin()
    batch = process.ran(process.keep(SIX))

    assert ["done"] * 6 == statuses(batch)
    assert ONCE == server.posts
    assert [f"fox {number}" for number in range(1, 7)] == [state.row.values["prompt"] for state in batch.states]
    assert all(state.pictures for state in batch.states)
    assert process.store.journal.money("day").spent == sum(state.dollars or 0 for state in batch.states)


def test_a_restart_finds_it_with_its_name_and_its_images_and_sends_nothing_again(begin: Begin, server: Stub) -> None:
    first = begin()
    done = first.ran(first.keep(SIX))
    second = begin()

    assert [("A batch", {})] == [(one.name, dict(one.document)) for one in second.batches.titles("local")]
    batch = second.batches.open("local", done.id, second.account)
    second.ran(batch)

    assert SIX == batch.input
    assert ["done"] * 6 == statuses(batch)
    assert [state.pictures for state in done.states] == [state.pictures for state in batch.states]
    assert ONCE == server.posts


def test_others_have_no_batch_of_ours(begin: Begin) -> None:
    process = begin()
    batch = process.keep(SIX)

    assert () == process.batches.titles("ann")
    with pytest.raises(KeyError):
        process.batches.open("ann", batch.id)
    assert process.batches.delete("ann", batch.id) is None


def test_a_batch_of_a_newer_version_says_so(begin: Begin) -> None:
    process = begin()
    newer = process.batches.saved.save("local", "", {**SIX.to_json(), "batch": 2})

    with pytest.raises(InvalidRequest, match="newer version"):
        process.batches.open("local", newer)


def test_paused_what_is_in_flight_ends_and_the_others_wait_for_nothing_held(begin: Begin, server: Stub) -> None:
    process = begin()
    server.hold()
    batch = process.start(process.keep(SIX))
    server.until(2)

    process.batches.pause(batch)
    server.let_go()
    finished(batch)

    assert 2 == server.posts.total()
    assert (2, 4) == (batch.progress.count("done"), batch.progress.count("cancelled"))
    assert batch.paused
    assert Decimal(0) == process.store.journal.money("day").reserved

    process.ran(batch)
    assert ["done"] * 6 == statuses(batch)
    assert ONCE == server.posts
    assert not batch.paused


@pytest.mark.parametrize("turn", range(5))
def test_paused_as_soon_as_it_is_started_nothing_that_went_out_is_stopped(
    begin: Begin, server: Stub, turn: int
) -> None:
    process = begin()
    batch = process.start(process.keep(of_prompts(*(f"fox {turn} {number}" for number in range(100)))))
    process.batches.pause(batch)

    finished(batch)

    assert server.posts.total() == batch.progress.count("done")
    assert 100 - server.posts.total() == batch.progress.count("cancelled")
    assert Decimal(0) == process.store.journal.money("day").reserved


def test_a_paused_batch_goes_on_after_a_restart_with_one_click(begin: Begin, server: Stub) -> None:
    first = begin()
    server.hold()
    batch = first.start(first.keep(SIX))
    server.until(2)
    first.batches.pause(batch)
    server.let_go()
    finished(batch)

    second = begin()
    again = second.batches.open("local", batch.id, second.account)
    assert Counter({"done": 2, "cancelled": 4}) == Counter(statuses(again))

    second.ran(again)
    assert ["done"] * 6 == statuses(again)
    assert ONCE == server.posts


def test_cancelled_it_gives_back_the_money_of_what_was_not_sent(begin: Begin, server: Stub) -> None:
    process = begin()
    server.hold()
    batch = process.start(process.keep(SIX), goes_on=True)
    server.until(2)

    process.batches.cancel(batch)
    finished(batch)

    promised = promise(batch.requests["row1", 0], LIKE_OPENAI)
    assert promised
    assert ["cancelled"] * 6 == statuses(batch)
    held = process.store.journal.money("day").reserved  # of what was sent nobody knows
    assert 2 * dollars(micro(promised.high)) == held
    assert not process.batches.goes_on(batch)


def test_what_failed_is_retried_and_what_may_be_charged_only_by_name(begin: Begin, server: Stub) -> None:
    server.faults = {"fox 2": [BLOCKED], "fox 5": [HANGS_UP]}
    process = begin()
    batch = process.ran(process.keep(SIX))
    assert {"fox 2": "failed", "fox 5": "unknown"} == {
        state.row.values["prompt"]: state.status for state in batch.states if state.status != "done"
    }

    process.ran(batch, batch.places("failed"))
    process.ran(batch)
    assert ONCE + Counter(["fox 2"]) == server.posts
    assert ["fox 5"] == [state.row.values["prompt"] for state in batch.states if state.status == "unknown"]

    process.ran(batch, batch.places("unknown"))
    assert ONCE + Counter(["fox 2", "fox 5"]) == server.posts
    assert ["done"] * 6 == statuses(batch)


def test_over_the_cap_nothing_is_sent_and_the_part_there_is_money_for_can_be(begin: Begin, server: Stub) -> None:
    one = estimate(SIX.plan(LIKE_OPENAI).requests["row1", 0], LIKE_OPENAI).most
    assert one
    process = begin(day=str(one * Decimal("2.5")))
    batch = process.keep(SIX)

    with pytest.raises(OverBudget) as refused:
        process.start(batch)
    assert (2, 0) == (refused.value.fits, server.posts.total())

    process.ran(batch, batch.places()[:2])
    assert ["done"] * 2 + ["missing"] * 4 == statuses(batch)


def test_the_pace_of_what_has_ended_says_how_long_the_others_take(begin: Begin, server: Stub) -> None:
    process = begin()
    batch = process.keep(SIX)
    assert batch.seconds_left is None
    server.hold()
    process.start(batch)
    server.until(2)
    assert batch.seconds_left is None

    process.batches.pause(batch)

    batch.wait(batch.version, 1.0)
    assert (batch.seconds_left or 0) >= 0
    server.let_go()
    finished(batch)
    assert batch.seconds_left is None


def test_a_deleted_batch_comes_back_with_its_rows_and_images(begin: Begin) -> None:
    process = begin()
    batch = process.ran(process.keep(SIX))

    removed = process.batches.delete("local", batch.id)
    assert removed
    assert () == process.batches.titles("local")
    process.batches.restore(removed)

    assert ["done"] * 6 == statuses(process.batches.open("local", batch.id, process.account))


def photos(*colours: str) -> tuple[dict[str, Attachment], dict[str, bytes]]:
    """Images by file name with a subject on a clear ground, and their bytes by SHA-256."""
    named, files = dict[str, Attachment](), dict[str, bytes]()
    for colour in colours:
        image, out = Image.new("RGBA", (64, 64), (0, 0, 0, 0)), io.BytesIO()
        image.paste(colour, (16, 16, 48, 48))
        image.save(out, "PNG")
        named[f"{colour}.png"] = one = Attachment.of(out.getvalue())
        files[one.sha256] = out.getvalue()
    return named, files


def test_a_batch_that_was_saved_and_never_run_has_its_images_and_masks_in_another_process(
    begin: Begin, server: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, files = photos("red", "blue")
    given = Images(named, read=lambda one: files[one.sha256])
    made_of = BatchInput(each_image(given, "subject"), "at night", BASE, named, masks=given.masks)
    first = begin()
    rows = made_of.plan(LIKE_OPENAI, given)
    saved = first.batches.keep("local", made_of, rows, first.account, files | given.made)
    monkeypatch.setattr("triptych.vision.subject", None)  # none is looked for again

    second = begin()
    batch = second.batches.open("local", saved.id, second.account)

    assert rows.requests == batch.requests
    assert all(request.mask for request in batch.requests.values())
    assert not second.store.orphans()
    assert ["done", "done"] == statuses(second.ran(batch))
    assert 2 == server.posts.total()


def test_what_a_batch_holds_is_its_owners_and_goes_and_comes_back_with_it(begin: Begin) -> None:
    named, files = photos("red")
    (one,) = named.values()
    process = begin()
    made_of = BatchInput(each_image(Images(named)), "at night", BASE, named)
    process.batches.keep("local", made_of, made_of.plan(LIKE_OPENAI), process.account, files)

    assert (True, False) == tuple(process.store.history.has(owner, one.sha256) for owner in ("local", "ann"))
    (title,) = process.batches.titles("local")
    removed = process.batches.delete("local", title.id)
    assert removed
    assert not process.store.history.has("local", one.sha256)
    process.batches.restore(removed)
    assert process.store.attached(one.sha256, one.format, "local") == files[one.sha256]


def test_nobody_holds_the_bytes_of_another_by_naming_them(begin: Begin) -> None:
    named, files = photos("red")
    (one,) = named.values()
    process = begin()
    made_of = BatchInput(each_image(Images(named)), "at night", BASE, named)
    process.batches.keep("local", made_of, made_of.plan(LIKE_OPENAI), process.account, files)

    process.batches.keep("ann", made_of, made_of.plan(LIKE_OPENAI), process.account)

    assert not process.store.history.has("ann", one.sha256)


def test_two_tabs_that_run_it_at_once_send_every_row_once(begin: Begin, server: Stub) -> None:
    process = begin()
    batch = process.keep(SIX)
    server.hold()

    def click() -> None:
        process.start(process.batches.open("local", batch.id, process.account))

    with ThreadPoolExecutor(2) as tabs:
        for one in [tabs.submit(click), tabs.submit(click)]:
            one.result(PATIENCE)
    server.let_go()
    finished(batch)

    assert ["done"] * 6 == statuses(batch)
    assert ONCE == server.posts


def test_a_batch_that_is_deleted_as_it_runs_sends_no_more_and_is_brought_back_whole(begin: Begin, server: Stub) -> None:
    process = begin()
    server.hold()
    batch = process.start(process.keep(SIX))
    server.until(2)

    removed = process.batches.delete("local", batch.id)
    server.let_go()
    process.jobs.drain(PATIENCE)
    assert removed
    process.batches.restore(removed)
    again = process.batches.open("local", batch.id, process.account)

    assert 2 == server.posts.total()
    assert SIX == again.input
    assert not again.running
