"""No two transactions wait for each other in a circle, however many writers there are and in whichever order they go.

PostgreSQL ends one of such a circle after a second: a run that was paid for could not be noted then.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import select, text

from tests.triptych.client.raw import png
from tests.triptych.store.drawn import REQUEST, Home, entry, noted
from triptych.inputs import Attachment
from triptych.request import ImageRequest
from triptych.results import Picture
from triptych.store import Caps, Ending, Going, Kept, Store
from triptych.store.db.statements import lock_bytes
from triptych.store.db.tables import batches, drawings
from triptych.store.history.documents import Documents
from triptych.store.saved import SavedDocument

ROUNDS = 12
CAPS = Caps(run=Decimal(100), day=Decimal(1000), month=Decimal(1000))
INPUTS = [png(8 + number) for number in range(6)]
IMAGES = [Picture(f"image {number}".encode(), "png", 8, 8) for number in range(6)]
Work = Callable[[Store, int], object]


@pytest.fixture
def stores(tmp_path: Path, schema: str) -> Iterator[list[Store]]:
    """Processes that share their records."""
    found = [Home(tmp_path / "images", schema).store(CAPS) for _ in range(4)]
    for data in INPUTS:
        found[0].keep_input(data, Attachment.of(data))
    yield found
    for store in found:
        store.close()


def edit(data: bytes) -> ImageRequest:
    return replace(REQUEST, images=(Attachment.of(data),))


def life(name: str, inputs: Sequence[bytes], images: Sequence[Picture]) -> Work:
    """Many runs together from their opening to their end, in the order of their inputs and of their images."""

    def lived(store: Store, turn: int) -> None:
        tickets = [f"{name}-{turn}-{number}" for number in range(len(inputs))]
        requests = [edit(data) for data in inputs]
        store.journal.open_many(
            [entry(one, request, run=f"{name}-{turn}") for one, request in zip(tickets, requests, strict=True)]
        )
        store.journal.sent_many([Going(ticket, 0, 1) for ticket in reversed(tickets)])
        kept = [Kept(0, store.save(image), noted(image)) for image in images]
        endings = [
            Ending(ticket, 0, (piece,), Decimal("0.015"), 1.0) for ticket, piece in zip(tickets, kept, strict=True)
        ]
        assert [None] * len(endings) == list(store.journal.finished_many(endings[::-1]))

    return lived


def saved(inputs: Sequence[bytes]) -> Work:
    """A batch that holds its inputs."""
    kept = [Attachment.of(data) for data in inputs]
    return lambda store, turn: Documents(store.database, batches, SavedDocument).save("local", f"{turn}", {}, kept=kept)


def at_once(stores: Sequence[Store], works: Sequence[Work]) -> None:
    """Each work in a thread and in a process of its own, again and again, all of them beginning together."""
    start = Barrier(len(works))

    def again(store: Store, work: Work) -> None:
        try:
            for turn in range(ROUNDS):
                start.wait(60)
                work(store, turn)
        except BaseException:
            start.abort()  # nobody waits for this one
            raise

    with ThreadPoolExecutor(len(works)) as threads:
        futures = [threads.submit(again, *one) for one in zip(stores, works, strict=False)]
    wrong = [error for future in futures if (error := future.exception())]
    assert [] == [str(error) for error in wrong if not isinstance(error, BrokenBarrierError)]
    assert () == stores[0].journal.imbalance()


def test_runs_over_the_same_images_may_come_in_any_order(stores: list[Store]) -> None:
    there, back = life("a", INPUTS, IMAGES), life("b", INPUTS[::-1], IMAGES[::-1])

    at_once(stores, [there, back, life("c", INPUTS, IMAGES[::-1]), life("d", INPUTS[::-1], IMAGES)])


def test_batches_of_the_same_images_may_be_saved_in_any_order(stores: list[Store]) -> None:
    at_once(stores, [saved(INPUTS), saved(INPUTS[::-1]), life("a", INPUTS, IMAGES), life("b", INPUTS[::-1], IMAGES)])


def test_whoever_takes_runs_over_goes_through_them_as_they_end_by_their_tickets(stores: list[Store]) -> None:
    for ticket in ("b", "a"):
        stores[0].journal.open(entry(ticket))
    row = select(drawings.c.ticket).with_for_update(skip_locked=True)
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")

    with ThreadPoolExecutor(1) as thread, stores[0].database.write() as ending:
        ending.execute(row.where(drawings.c.ticket == "b"))
        taken = thread.submit(stores[1].owners.take_over, ["local"], "ada")
        while not ending.execute(waits).scalar():
            assert not taken.done()
        left = ending.execute(row.where(drawings.c.ticket == "a")).all()

    assert [] == left  # it has the first, and waits for the second
    assert 0 == taken.result()


def test_however_many_images_a_transaction_names_it_holds_few_of_the_servers_locks(stores: list[Store]) -> None:
    names = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(10_000)]
    held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")

    with stores[0].database.write() as connection:
        lock_bytes(connection, names)
        count = connection.execute(held).scalar_one()

    assert 256 == count
