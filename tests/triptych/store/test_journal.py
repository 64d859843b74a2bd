"""A drawing's life and its money, on both homes (TRUST.md M4, M8, M9)."""

import threading
from decimal import Decimal
from pathlib import Path

import pytest

from tests.triptych.store.drawn import REQUEST, Home, draw, entry, keep
from triptych.errors import (
    DatabaseDown,
    Duplicate,
    InvalidSetting,
    NeverSent,
    NotSaved,
    OutcomeUnknown,
    OverBudget,
    ServerFailed,
)
from triptych.ranges import Range
from triptych.request import ImageRequest
from triptych.store import Caps, Held, Kept, Query, Store, sidecar_of

DOLLAR = Range(Decimal("0.5"), Decimal(1))


def capped(place: Home, **caps: Decimal) -> Store:
    return place.store(Caps(**caps))


def test_a_ticket_is_opened_once(store: Store) -> None:
    store.journal.open(entry(estimate=DOLLAR))

    with pytest.raises(Duplicate):
        store.journal.open(entry(estimate=DOLLAR))

    assert Held(Decimal(0), Decimal(1)) == store.journal.money("day")


def test_money_is_reserved_at_the_upper_end_and_settled_by_the_real_cost(store: Store) -> None:
    store.journal.open(entry(estimate=DOLLAR, run="r"))
    before = [store.journal.money(kind, "r") for kind in ("run", "day", "month")]
    store.journal.closed("t", "done", Decimal("0.7"), None, 3.0)
    after = [store.journal.money(kind, "r") for kind in ("run", "day", "month")]

    assert [Held(Decimal(0), Decimal(1))] * 3 == before
    assert [Held(Decimal("0.7"), Decimal(0))] * 3 == after


@pytest.mark.parametrize(
    ("status", "cost", "expected"),
    [
        ("failed", None, Held(Decimal(0), Decimal(0))),
        ("unknown", None, Held(Decimal(0), Decimal(1))),
        ("unknown", Decimal("0.4"), Held(Decimal("0.4"), Decimal("0.6"))),
        ("cancelled", None, Held(Decimal(0), Decimal(1))),
        ("done", None, Held(Decimal(1), Decimal(0))),
        ("done", Decimal(3), Held(Decimal(3), Decimal(0))),
    ],
)
def test_what_was_sent_is_settled_by_how_it_ended(store: Store, status: str, cost: Decimal, expected: Held) -> None:
    store.journal.open(entry(estimate=DOLLAR))
    store.journal.sent("t", 0, 1)
    store.journal.closed("t", status, cost)  # type: ignore[arg-type]

    assert expected == store.journal.money("day")


def test_what_was_cancelled_before_it_was_sent_costs_nothing_and_leaves_no_record(store: Store) -> None:
    store.journal.open(entry(estimate=DOLLAR))
    store.journal.closed("t", "cancelled")

    assert Held() == store.journal.money("day")
    assert 0 == store.history.search("local").total


def test_closing_twice_counts_once(store: Store) -> None:
    store.journal.open(entry(estimate=DOLLAR))
    store.journal.closed("t", "done", Decimal("0.7"))
    store.journal.closed("t", "failed")

    assert Held(Decimal("0.7"), Decimal(0)) == store.journal.money("day")
    assert {"t": "done"} == store.journal.statuses(["t"])


def test_an_unknown_outcome_that_comes_after_all_is_settled(store: Store) -> None:
    store.journal.open(entry(estimate=DOLLAR))
    store.journal.sent("t", 0, 1)
    store.journal.closed("t", "unknown", None, OutcomeUnknown("No answer came."))
    keep(store, "t")
    store.journal.closed("t", "done", Decimal("0.015"))

    assert Held(Decimal("0.015"), Decimal(0)) == store.journal.money("day")
    assert ["done"] == [record.status for record in store.history.search("local").records]


@pytest.mark.parametrize(("said", "expected"), [("0", "0"), ("0.8", "0.8")])
def test_a_person_says_what_an_unknown_drawing_cost(store: Store, said: str, expected: str) -> None:
    store.journal.open(entry(estimate=DOLLAR))
    store.journal.sent("t", 0, 1)
    store.journal.closed("t", "unknown")
    store.journal.resolve("someone else", "t", Decimal(9))
    store.journal.resolve("local", "t", Decimal(said))
    store.journal.resolve("local", "t", Decimal(said))

    assert Held(Decimal(expected), Decimal(0)) == store.journal.money("day")


def test_what_was_stopped_between_its_note_and_its_sending_gives_its_money_back(store: Store) -> None:
    store.journal.open(entry(estimate=DOLLAR))
    store.journal.sent("t", 0, 1)
    store.journal.closed("t", "cancelled", Decimal(0), NeverSent("You cancelled it before it was sent."))

    assert Held(Decimal(0), Decimal(0)) == store.journal.money("day")
    assert () == store.history.search("local").records


def test_a_person_says_what_a_drawing_of_unknown_price_cost(store: Store) -> None:
    store.journal.open(entry(estimate=None, allow_unknown=True))
    store.journal.sent("t", 0, 1)
    store.journal.closed("t", "unknown", Decimal(0))
    before = store.history.search("local").records[0]
    store.journal.resolve("local", "t", Decimal("0.3"))
    store.journal.resolve("local", "t", Decimal("0.4"))

    assert (False, True) == (before.settled, store.history.search("local").records[0].settled)
    assert Held(Decimal("0.3"), Decimal(0)) == store.journal.money("day")


@pytest.mark.parametrize("kind", ["run", "day", "month"])
def test_a_cap_holds_to_the_last_cent(place: Home, kind: str) -> None:
    store = capped(place, **{kind: Decimal("2.5")})
    for number in range(2):
        store.journal.open(entry(f"{number}", estimate=DOLLAR, run="r"))

    with pytest.raises(OverBudget) as refused:
        store.journal.open(entry("2", estimate=DOLLAR, run="r"))
    store.journal.open(entry("3", estimate=Range(Decimal(0), Decimal("0.5")), run="r"))

    assert (kind, Decimal("0.5"), kind == "run") == (
        refused.value.cap,
        refused.value.left,
        refused.value.renews is None,
    )
    assert {"0": "queued", "1": "queued", "3": "queued"} == store.journal.statuses(["0", "1", "2", "3"])
    assert Held(Decimal(0), Decimal("2.5")) == store.journal.money("day")
    store.close()


def test_a_cap_of_a_run_is_each_runs_own(place: Home) -> None:
    store = capped(place, run=Decimal(1))
    store.journal.open(entry("a", estimate=DOLLAR))
    store.journal.open(entry("b", estimate=DOLLAR))

    assert Held(Decimal(0), Decimal(2)) == store.journal.money("day")
    store.close()


def test_the_demo_is_free_and_never_counted(place: Home) -> None:
    store = capped(place, day=Decimal(0))
    record = draw(store, engine="demo", charged=False, of={"cost_usd": "0", "engine": "demo"})

    assert (Decimal(0), False) == (record.dollars, record.charged)
    assert Held() == store.journal.money("day")
    store.close()


def test_a_failure_is_recorded_with_its_reason_and_request_id(store: Store) -> None:
    store.journal.open(entry())
    store.journal.sent("t", 0, 1)
    store.journal.request_id("t", 0, "req_7")
    store.journal.closed("t", "failed", None, ServerFailed("It broke."), 1.5)

    (record,) = store.history.search("local", Query(status="failed")).records
    assert (None, "req_7", ("Try again in a moment", "It broke."), 1.5) == (
        record.stored,
        record.request_id,
        record.error,
        record.seconds,
    )


def test_the_last_pictures_and_the_end_are_noted_together_or_not_at_all(store: Store) -> None:
    record = draw(store)
    assert record.stored
    piece = Kept(0, record.stored, sidecar_of(record))
    for ticket in ("u", "v"):
        store.journal.open(entry(ticket, estimate=DOLLAR))
        store.journal.sent(ticket, 0, 1)

    store.journal.finished("u", 0, [piece], Decimal("0.7"), 3.0)
    store.files.forget(record.stored)
    with pytest.raises(NotSaved):
        store.journal.finished("v", 0, [piece], Decimal("0.7"), 3.0)

    assert {"u": "done", "v": "sent"} == store.journal.statuses(["u", "v"])
    assert 2 == store.history.search("local").total
    assert Held(Decimal("0.715"), Decimal(1)) == store.journal.money("day")


def test_a_picture_whose_bytes_are_gone_is_not_recorded(store: Store) -> None:
    record = draw(store)
    assert record.stored
    store.files.forget(record.stored)
    store.journal.open(entry("u"))

    with pytest.raises(NotSaved):
        store.journal.kept("u", 0, [Kept(0, record.stored, sidecar_of(record))])

    assert 1 == store.history.search("local").total


def test_sixteen_racing_threads_cannot_pass_a_cap_of_ten(place: Home) -> None:
    stores = [capped(place, day=Decimal(10)) for _ in range(4)]
    stores[0].journal.money("day")
    let_through: list[int] = []

    def race(number: int) -> None:
        for each in range(4):
            try:
                stores[number % 4].journal.open(entry(f"{number}-{each}", estimate=DOLLAR))
            except OverBudget:
                continue
            let_through.append(number)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 10 == len(let_through)
    assert Held(Decimal(0), Decimal(10)) == stores[0].journal.money("day")
    for store in stores:
        store.close()


def test_a_run_of_many_pictures_shares_its_price_to_the_last_millionth(store: Store) -> None:
    request = ImageRequest(model="gpt-image-2", prompt="three", n=3)
    store.journal.open(entry(request=request))
    for index in range(3):
        keep(store, "t", index, request=request, pictures=3, cost_usd="0.01")
    store.journal.closed("t", "done", Decimal("0.01"))

    shares = [record.dollars for record in store.history.search("local").records]
    assert [Decimal("0.003334"), Decimal("0.003333"), Decimal("0.003333")] == shares


def test_no_server_at_the_address_is_said_before_anything_is_paid_for(tmp_path: Path) -> None:
    store = Store(tmp_path, "postgresql://nobody:canary@127.0.0.1:9/none")

    with pytest.raises(DatabaseDown) as refused:
        store.journal.open(entry())

    assert "canary" not in str(refused.value)
    assert refused.value.message == store.trouble


@pytest.mark.parametrize("url", ["nonsense", "oracle9://x", "canary://u:canary@h"])
def test_an_address_of_no_database_is_a_setting_to_change(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        Store(tmp_path, url).journal.open(entry())

    assert "canary" not in str(refused.value)


def test_the_same_request_has_the_same_fingerprint_in_the_record(store: Store) -> None:
    assert REQUEST.fingerprint() == draw(store).fingerprint


def test_drawings_opened_together_are_all_promised_or_none(place: Home) -> None:
    store = place.store(Caps(day=Decimal(3), run=Decimal("2.5")))
    many = [entry(f"{number}", estimate=DOLLAR, run="r") for number in range(4)]

    with pytest.raises(OverBudget) as caught:
        store.journal.open_many(many)
    refused = store.journal.statuses(["0", "1", "2", "3"])
    store.journal.open_many(many[:2])

    assert (2, {}) == (caught.value.fits, refused)
    assert Held(Decimal(0), Decimal(2)) == store.journal.money("run", "r")
    store.close()


def test_a_ticket_used_before_opens_none_of_its_company(store: Store) -> None:
    store.journal.open(entry("1"))

    with pytest.raises(Duplicate):
        store.journal.open_many([entry("0", run="r"), entry("1", run="r")])

    assert {"1": "queued"} == store.journal.statuses(["0", "1"])
