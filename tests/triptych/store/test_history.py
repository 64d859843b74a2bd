"""Finding, rating and throwing away what was made, on both homes."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from tests.triptych.store.drawn import REQUEST, draw, entry, keep
from triptych.ranges import Range
from triptych.request import ImageRequest
from triptych.results import Usage
from triptych.store import Choices, Query, Store
from triptych.store.db.units import now

OTHER = ImageRequest(model="gpt-image-2.5-flare", prompt="Ein BLAUER Fuchs, Straße", size="1536x1024", quality="high")


def found(store: Store, owner: str = "local", **query: object) -> list[str]:
    return [record.ticket for record in store.history.search(owner, Query(**query)).records]  # type: ignore[arg-type]


def test_a_record_holds_what_was_asked_got_and_paid(store: Store) -> None:
    began = now().replace(microsecond=0)

    record = draw(store, parents=("a" * 64,), page="edit")

    assert record == store.history.get("local", record.id)
    assert (REQUEST, "openai", "edit", "done", 0, 0) == (
        record.request,
        record.engine,
        record.page,
        record.status,
        record.part,
        record.index,
    )
    assert (Usage(output_tokens=9), Decimal("0.015"), 2.5, "req_1") == (
        record.usage,
        record.dollars,
        record.seconds,
        record.request_id,
    )
    assert (("a" * 64,), Range(Decimal("0.01"), Decimal("0.02"))) == (record.parents, record.estimate)
    assert record.stored
    assert b"t-0" == store.original(record.stored.sha256, record.stored.format)
    assert began <= record.created <= now()


YESTERDAY = datetime.combine(now().date() - timedelta(days=1), time(), UTC)


QUERIES: list[tuple[dict[str, object], list[str]]] = [
    ({}, ["b", "a"]),
    ({"sort": "oldest"}, ["a", "b"]),
    ({"text": "fox"}, ["a"]),
    ({"text": "SNOW red"}, ["a"]),
    ({"text": "blauer strasse"}, ["b"]),
    ({"text": "%"}, []),
    ({"text": "_"}, []),
    ({"models": ("gpt-image-2",)}, ["a"]),
    ({"models": ("gpt-image-2", "gpt-image-2.5-flare")}, ["b", "a"]),
    ({"qualities": ("high",)}, ["b"]),
    ({"sizes": ("1024x1024",), "qualities": ("high",)}, []),
    ({"engines": ("openai",)}, ["a"]),
    ({"cost_from": Decimal("0.02")}, ["b"]),
    ({"cost_to": Decimal("0.02")}, ["a"]),
    ({"rating_from": 3}, ["b"]),
    ({"favourite": True}, ["a"]),
    ({"favourite": False}, ["b"]),
    ({"tags": ("snow",)}, ["a"]),
    ({"tags": ("snow", "night")}, []),
    ({"status": "failed"}, []),
    ({"sort": "cost"}, ["b", "a"]),
    ({"sort": "time"}, ["a", "b"]),
    ({"sort": "rating"}, ["b", "a"]),
    ({"since": YESTERDAY}, ["b", "a"]),
    ({"until": YESTERDAY}, []),
]


def test_a_query_finds_what_it_says(store: Store) -> None:
    first = draw(store, "a", of={"seconds": 9.0})
    second = draw(store, "b", request=OTHER, engine="like-openai", of={"cost_usd": "0.5", "engine": "like-openai"})
    store.history.rate("local", [second.id], 4)
    store.history.favourite("local", [first.id], flag=True)
    store.history.tag("local", [first.id], add=[" snow "])

    assert QUERIES == [(query, found(store, **query)) for query, _ in QUERIES]


def test_pages_hold_every_record_once(store: Store) -> None:
    for number in range(7):
        draw(store, f"{number}")

    pages = [store.history.search("local", Query(), page, 3) for page in (1, 2, 3, 4)]

    assert [7] * 4 == [page.total for page in pages]
    assert [3, 3, 1, 0] == [len(page.records) for page in pages]
    assert {f"{number}" for number in range(7)} == {record.ticket for page in pages for record in page.records}


def test_what_one_owner_made_does_not_exist_for_another(store: Store) -> None:
    record = draw(store, owner="ann")
    history = store.history

    history.rate("bob", [record.id], 5)
    history.favourite("bob", [record.id], flag=True)
    history.tag("bob", [record.id], add=["mine"])
    history.note("bob", record.id, "mine")
    history.trash("bob", [record.id])
    history.purge("bob", [record.id])

    assert record == history.get("ann", record.id)
    assert (None, 0, Choices(), ((), ())) == (
        history.get("bob", record.id),
        history.search("bob").total,
        history.choices("bob"),
        history.lineage("bob", record.id),
    )
    assert () == history.cached("bob", REQUEST.fingerprint(), "openai", 60)


def test_marks_are_kept(store: Store) -> None:
    record = draw(store)
    store.history.rate("local", [record.id], 5)
    store.history.tag("local", [record.id], add=["b", "a", "b"])
    store.history.tag("local", [record.id], remove=["b"], add=["c"])
    store.history.note("local", record.id, "print this")

    marked = store.history.get("local", record.id)
    assert marked
    assert (5, ("a", "c"), "print this") == (marked.rating, marked.tags, marked.note)
    with pytest.raises(ValueError, match="0 to 5"):
        store.history.rate("local", [record.id], 6)


def test_the_filters_offer_what_there_is(store: Store) -> None:
    record = draw(store, "a")
    draw(store, "b", request=OTHER)
    store.history.tag("local", [record.id], add=["snow"])

    assert Choices(
        models=("gpt-image-2", "gpt-image-2.5-flare"),
        qualities=("high", "low"),
        sizes=("1024x1024", "1536x1024"),
        engines=("openai",),
        tags=("snow",),
    ) == store.history.choices("local")


def test_the_trash_can_be_undone(store: Store) -> None:
    record = draw(store)
    store.history.trash("local", [record.id])
    gone = (found(store), found(store, trashed=True), store.history.latest("local", "generate", 9))
    store.history.restore("local", [record.id])

    assert ([], ["t"], ()) == gone
    assert ["t"] == found(store)


def test_only_the_trash_is_purged(store: Store) -> None:
    record = draw(store)

    assert 0 == store.history.purge("local", [record.id])
    assert 0 == store.history.purge("local")
    assert ["t"] == found(store)


def test_the_trash_is_emptied_by_age(store: Store) -> None:
    record = draw(store)
    store.history.trash("local", [record.id])

    assert 0 == store.history.purge("local", older_than=timedelta(days=1))
    assert 1 == store.history.purge("local", older_than=timedelta(0))
    assert ([], ()) == (found(store, trashed=True), tuple(store.files.place.names("originals")))


def test_bytes_go_with_the_last_record_that_names_them(store: Store) -> None:
    first, second = draw(store, "a", data=b"same"), draw(store, "b", owner="bob", data=b"same")
    assert first.stored
    assert first.stored == second.stored
    store.history.trash("local", [first.id])
    store.history.purge("local", [first.id])
    still = store.files.holds(first.stored)
    store.history.trash("bob", [second.id])
    store.history.purge("bob", [second.id])

    assert (True, False) == (still, store.files.holds(first.stored))


def test_what_is_purged_leaves_its_price_and_nothing_of_its_prompt(store: Store) -> None:
    record = draw(store)
    store.history.trash("local", [record.id])
    store.history.purge("local")

    assert Decimal("0.015") == store.journal.money("day").spent
    assert [Decimal("0.015")] == [
        row.dollars
        for row in store.history.spending("local", now() - timedelta(days=1), now() + timedelta(days=1), "day")
    ]
    assert [] == [name for name, _ in store.files.place.names("sidecars")]
    assert () == store.orphans()


def test_a_drawing_is_found_again_for_an_equal_request(store: Store) -> None:
    request = ImageRequest(model="gpt-image-2", prompt="two", n=2)
    store.journal.open(entry(request=request))
    for index in range(2):
        keep(store, "t", index, request=request, pictures=2)
    store.journal.closed("t", "done", Decimal("0.015"))
    cached = store.history.cached

    assert [0, 1] == [record.index for record in cached("local", request.fingerprint(), "openai", 60)]
    assert () == cached("local", request.fingerprint(), "demo", 60)
    assert () == cached("local", request.fingerprint(), "openai", 0)
    assert () == cached("local", REQUEST.fingerprint(), "openai", 60)


@pytest.mark.parametrize("how", ["trashed", "lost"])
def test_a_drawing_that_lacks_a_picture_answers_nothing(store: Store, how: str) -> None:
    record = draw(store)
    assert record.stored
    if how == "trashed":
        store.history.trash("local", [record.id])
    else:
        store.files.forget(record.stored)

    assert () == store.history.cached("local", REQUEST.fingerprint(), "openai", 60)


def test_what_was_made_from_what_is_followed_both_ways(store: Store) -> None:
    first = draw(store, "a")
    assert first.stored
    second = draw(store, "b", parents=(first.stored.sha256,))
    assert second.stored
    third = draw(store, "c", parents=(second.stored.sha256, "f" * 64))

    above, below = store.history.lineage("local", second.id)
    assert (["a"], ["c"]) == ([one.ticket for one in above], [one.ticket for one in below])
    assert ["b", "a"] == [one.ticket for one in store.history.lineage("local", third.id)[0]]


def test_earlier_times_and_errors_teach(store: Store) -> None:
    draw(store, "a", of={"seconds": 9.0})
    draw(store, "b", of={"seconds": 4.0})
    draw(store, "c", request=OTHER)

    assert (9.0, 4.0) == store.history.seconds_like("local", REQUEST)
    assert () == store.history.seconds_like("local", REQUEST, engine="demo")
    assert {f"{request.model} {request.quality}": 1.0 for request in (REQUEST, OTHER)} == store.history.learned("local")
    assert {} == store.history.learned("bob")
