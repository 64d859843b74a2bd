"""What was spent, summed by what is asked, on both homes."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.triptych.client.raw import png
from tests.triptych.store.drawn import REQUEST, draw, entry
from triptych.errors import ServerFailed
from triptych.request import ImageRequest
from triptych.store import Spending, Store
from triptych.store.db.units import now
from triptych.store.history.derived import Origin
from triptych.store.history.spending import By
from triptych.store.values import Made

OTHER = ImageRequest(model="gpt-image-2.5-flare", prompt="Ein BLAUER Fuchs, Straße", size="1536x1024", quality="high")


def test_spending_sums_by_what_is_asked(store: Store) -> None:
    draw(store, "a")
    record = draw(store, "b", page="edit")
    store.history.trash("local", [record.id])
    store.journal.open(entry("c"))
    store.journal.sent("c", 0, 1)
    store.journal.closed("c", "failed", None, ServerFailed("It broke."))
    store.journal.open(entry("d"))
    store.journal.sent("d", 0, 1)
    store.journal.closed("d", "unknown")

    (day,) = _spending(store)
    assert (f"{now().astimezone():%Y-%m-%d}", Decimal("0.03"), Decimal("0.04"), Decimal("0.02")) == (
        day.key,
        day.dollars,
        day.estimated,
        day.reserved,
    )
    assert (4, 2, 1, 1) == (day.drawings, day.measured, day.failed, day.unknown)
    spent = store.history.spent("local", now() - timedelta(days=1), now() + timedelta(days=1))
    assert Made(images=2, kept=1) == spent.made()
    (latency,) = spent.latencies()
    assert ("gpt-image-2 low", 2, 2.5, 2.5, 2.5) == tuple(vars(latency).values())
    assert ["edit", "generate"] == [row.key for row in _spending(store, "page")]
    assert () == store.history.spending("bob", now() - timedelta(days=1), now())

    said = store.journal.resolve("local", "d", Decimal("0.01"))
    assert (0, Decimal("0.04")) == (_spending(store)[0].unknown, _spending(store)[0].dollars)
    assert said is not None
    assert store.journal.take_back("local", said)
    assert 1 == _spending(store)[0].unknown


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("model", ["gpt-image-2", "gpt-image-2.6-flare"]),
        ("quality", ["high", "low"]),
        ("tier", ["gpt-image-2 high", "gpt-image-2 low", "gpt-image-2.6-flare low"]),
        ("page", ["edit", "generate"]),
    ],
)
def test_money_is_summed_by_any_kind_without_what_was_made_here(store: Store, by: By, keys: list[str]) -> None:
    flare, high = replace(REQUEST, model="gpt-image-2.6-flare"), replace(REQUEST, quality="high")
    draw(store, "a")
    draw(store, "b", request=flare, page="edit")
    draw(store, "c", request=high)
    draw(store, "free", request=high, engine="demo", charged=False)
    here = Origin(owner="local", page="import", request=flare, parents=(), how="upscaled 2x")
    store.derive(png(16), here)

    rows = _spending(store, by)

    assert keys == [row.key for row in rows]
    since, until = now() - timedelta(days=1), now() + timedelta(days=1)
    assert (Decimal("0.045"), 4) == (sum(row.dollars for row in rows), sum(row.drawings for row in rows))
    assert Made(images=4, kept=4) == store.history.spent("local", since, until).made()
    billed = store.history.spending("local", since, until, by, charged=True)
    assert (3, Decimal("0.045")) == (sum(row.drawings for row in billed), sum(row.dollars for row in billed))


def _spending(store: Store, by: By = "day") -> tuple[Spending, ...]:
    return store.history.spending("local", now() - timedelta(days=1), now() + timedelta(days=1), by)
