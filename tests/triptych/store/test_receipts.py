"""What was paid is counted anew from files alone, also where its picture never came or was deleted (TRUST.md D5)."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.triptych.store.drawn import NO_CAPS, Home, draw, entry, keep
from triptych.errors import NotSaved
from triptych.store import Held, Store
from triptych.store.db.tables import drawings
from triptych.store.files.folder import Folder
from triptych.store.ledger.books import recompute


def purge(store: Store, *tickets: str) -> None:
    ids = [one.id for one in store.history.search("local").records if one.ticket in tickets]
    store.history.trash("local", ids)
    store.history.purge("local")


def counted_anew(place: Home, folder: Path) -> Decimal:
    """Dollars that new records begin with, where the old ones are lost."""
    folder.mkdir(exist_ok=True)
    fresh = Store(place.images, f"sqlite:///{folder / 'new.db'}", caps=NO_CAPS)
    (day, month) = (fresh.journal.money(kind) for kind in ("day", "month"))
    fresh.close()
    assert (day, Decimal(0)) == (month, month.reserved)
    return month.spent


def test_what_was_deleted_for_good_was_paid_all_the_same(place: Home, store: Store, tmp_path: Path) -> None:
    draw(store, "kept", data=b"kept")
    draw(store, "gone", data=b"gone", of={"cost_usd": "0.25"})
    draw(store, "free", data=b"free", engine="demo", charged=False)

    purge(store, "gone", "free")

    assert Decimal("0.265") == store.journal.money("month").spent == counted_anew(place, tmp_path / "new")


def test_a_receipt_tells_no_more_than_the_money(store: Store) -> None:
    draw(store, "gone")
    purge(store, "gone")

    (name,) = (name for name, _ in store.files.place.names("receipts"))

    assert b"fox" not in store.files.place.read(name)
    assert [] == list(store.files.place.names("sidecars"))


def test_pictures_of_one_answer_deleted_one_by_one_add_up(place: Home, store: Store, tmp_path: Path) -> None:
    store.journal.open(entry("three"))
    for index in range(3):
        keep(store, "three", index, pictures=3, cost_usd="0.01")
    store.journal.closed("three", "done", Decimal("0.01"))
    ids = [record.id for record in store.history.search("local").records]

    for one in ids[:2]:
        store.history.trash("local", [one])
        store.history.purge("local")

    # The sidecar that is left tells a third, rounded up to a millionth; the receipts tell theirs exactly.
    assert Decimal("0.01") <= counted_anew(place, tmp_path / "two") <= Decimal("0.010001")
    store.history.trash("local", ids)
    store.history.purge("local")
    assert Decimal("0.01") == counted_anew(place, tmp_path / "three")


def test_what_a_person_says_was_charged_is_remembered(place: Home, store: Store, tmp_path: Path) -> None:
    for ticket, word in (("lost", "0.5"), ("free", "0")):
        store.journal.open(entry(ticket))
        store.journal.sent(ticket, 0, 1)
        store.journal.closed(ticket, "unknown")
        store.journal.resolve("local", ticket, Decimal(word))

    assert Decimal("0.5") == store.journal.money("month").spent == counted_anew(place, tmp_path / "new")


def test_a_word_that_was_taken_back_is_not_remembered(place: Home, store: Store, tmp_path: Path) -> None:
    store.journal.open(entry("lost"))
    store.journal.sent("lost", 0, 1)
    store.journal.closed("lost", "unknown", Decimal("0.005"))
    at_first = store.journal.money("month"), store.history.unsettled("local", 9).records
    word = store.journal.resolve("local", "lost", Decimal("0.5"))
    assert word

    assert [False, True, False] == [
        store.journal.take_back(owner, word) for owner in ("someone else", "local", "local")
    ]

    assert at_first == (store.journal.money("month"), store.history.unsettled("local", 9).records)
    assert Decimal("0.005") == counted_anew(place, tmp_path / "new")


def test_a_word_stands_where_an_answer_came_after_it(store: Store) -> None:
    store.journal.open(entry("lost"))
    store.journal.sent("lost", 0, 1)
    store.journal.closed("lost", "unknown")
    word = store.journal.resolve("local", "lost", Decimal("0.5"))
    assert word
    keep(store, "lost")
    store.journal.closed("lost", "done", Decimal("0.015"))

    assert not store.journal.take_back("local", word)

    assert Held(Decimal("0.5"), Decimal(0)) == store.journal.money("month")


def test_what_was_paid_for_a_picture_that_could_not_be_saved_is_remembered(
    place: Home, store: Store, tmp_path: Path
) -> None:
    store.journal.open(entry("two", run="r"))
    keep(store, "two", cost_usd="0.015")
    store.journal.closed("two", "done", Decimal("0.04"))

    assert Decimal("0.04") == store.journal.money("month").spent == counted_anew(place, tmp_path / "new")


def test_the_upper_end_that_stands_for_an_unknown_price_is_remembered(
    place: Home, store: Store, tmp_path: Path
) -> None:
    draw(store, "dear", of={"cost_usd": None})

    assert Decimal("0.02") == store.journal.money("month").spent == counted_anew(place, tmp_path / "new")


def test_what_came_from_elsewhere_was_never_paid_here(place: Home, store: Store, tmp_path: Path) -> None:
    draw(store, "mine", of={"cost_usd": "0.25"})
    with store.database.write() as connection:
        connection.execute(update(drawings).values(imported=True))
        recompute(connection, NO_CAPS)

    purge(store, "mine")

    assert Decimal(0) == counted_anew(place, tmp_path / "new")


def test_a_backup_brings_a_deleted_picture_back_and_its_price_once(place: Home, store: Store, tmp_path: Path) -> None:
    draw(store, "gone", of={"cost_usd": "0.25"})
    before = io.BytesIO()
    store.transfer.backup(before)
    purge(store, "gone")

    store.transfer.restore(before)

    assert 1 == store.history.search("local").total
    assert Decimal("0.25") == counted_anew(place, tmp_path / "new")


def test_a_backup_has_the_receipts(place: Home, store: Store, tmp_path: Path) -> None:
    draw(store, "gone", of={"cost_usd": "0.25"})
    purge(store, "gone")
    whole = io.BytesIO()
    store.transfer.backup(whole)
    other = Home(tmp_path / "other" / "images", f"sqlite:///{tmp_path / 'other.db'}")
    fresh = other.store()

    fresh.transfer.restore(whole)

    assert Held(Decimal("0.25"), Decimal(0)) == fresh.journal.money("month")
    fresh.close()
    assert Decimal("0.25") == counted_anew(other, tmp_path / "new")


def test_a_damaged_receipt_is_of_unknown_price(store: Store, tmp_path: Path) -> None:
    store.files.place.write("receipts/2026-11-20/x-0-0.json", b"{")
    store.files.place.write("receipts/2026-11-20/y-0-0.json", b'{"created": "2026-11-20T00:00:00Z", "cost_usd": null}')
    with store.database.write() as connection:
        from triptych.store.ledger.rebuild import doubt

        doubt(connection, "damaged")

    assert 2 == store.journal.rebuild_spent().unknown


def test_a_disk_that_is_full_at_the_end_keeps_the_books_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = Home(tmp_path / "images", f"sqlite:///{tmp_path / 'triptych.db'}").store()
    store.journal.open(entry("t"))
    store.journal.sent("t", 0, 1)

    def full(*_: object) -> None:
        raise NotSaved("No space left on device.")

    monkeypatch.setattr(Folder, "write", full)
    store.journal.closed("t", "done", Decimal("0.015"))

    assert Held(Decimal("0.015"), Decimal(0)) == store.journal.money("day")
    assert "no receipt" in caplog.text
    store.close()
