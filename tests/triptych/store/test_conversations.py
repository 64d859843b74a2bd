"""Threads in both of the store's homes, and through a backup."""

import io
from dataclasses import replace

import pytest

from tests.triptych.client.raw import png
from tests.triptych.store.drawn import REQUEST, entry
from triptych.conversation import Composed, Threads
from triptych.errors import Duplicate, OutcomeUnknown
from triptych.inputs import Attachment
from triptych.request import TurnOptions
from triptych.store import Store
from triptych.studio import Order

TURN = replace(REQUEST, turn=TurnOptions(previous="resp_0"))


def composed(ticket: str, message: str = "at night", parent: str | None = None) -> Composed:
    return Composed(Order(replace(TURN, prompt=message), ticket), parent)


def test_of_two_sends_at_once_one_is_written_and_what_never_came_can_be_fetched(store: Store) -> None:
    threads = Threads(store)
    thread = threads.begin("local")
    threads.add(thread, composed("t", "a fox"))
    with pytest.raises(Duplicate):
        threads.add(thread, composed("u", "a fox"))
    store.journal.open(entry("t", request=TURN))
    store.journal.sent("t", 0, 1)
    store.journal.response_id("t", 0, "resp_1")
    store.journal.closed("t", "unknown", error=OutcomeUnknown("It broke off."))

    (turn,) = threads.turns(thread)
    assert ("unknown", True, "It broke off.") == (turn.state, turn.is_fetchable, (turn.error or ("", ""))[1])
    assert ["resp_1"] == [lost.response_id for lost in store.journal.fetchable("local")]
    assert () == store.journal.fetchable("somebody")
    threads.add(thread, composed("u", "a fox"))
    assert [["t", "u"], []] == [[one.id for one in threads.turns(each)] for each in (thread, threads.begin("local"))]


def test_a_pinned_image_is_kept_and_is_its_owners(store: Store) -> None:
    threads, data = Threads(store), png()
    thread, reference = threads.begin("ann"), Attachment.of(data)

    threads.pin("ann", thread.id, "in ink", reference, data)
    store.release([reference])

    assert data == store.attached(reference.sha256, reference.format, "ann")
    with pytest.raises(KeyError):
        store.attached(reference.sha256, reference.format, "bob")
    threads.pin("ann", thread.id, "", None)
    assert threads.get("ann", thread.id).reference is None  # type: ignore[union-attr]


def test_threads_are_in_a_backup(store: Store, local: Store) -> None:
    threads = Threads(store)
    thread = threads.begin("local", "Foxes")
    threads.add(thread, composed("t"))
    out = io.BytesIO()

    store.transfer.backup(out)
    local.transfer.restore(out)

    (found,) = Threads(local).all("local", "foxes night")
    assert thread.id == found.id
    assert ["at night"] == [turn.message for turn in Threads(local).turns(found)]
