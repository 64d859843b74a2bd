"""A cap holds under any race: of 64 requests in 16 processes, ten are paid where it has room for ten (TRUST.md M8)."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.triptych.nurse import Nurse, nursery, outcome, until_gone
from tests.triptych.nursery import REQUEST
from tests.triptych.store.drawn import Home
from triptych.budget import promise
from triptych.engine.serve import Engine
from triptych.servers import LIKE_OPENAI
from triptych.store import Caps, Store

PROCESSES, EACH, ROOM = 16, 4, 10


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine.start(pace=0)
    yield engine
    engine.stop()


@pytest.fixture(scope="module")
def nurse() -> Iterator[Nurse]:
    with nursery() as nurse:
        yield nurse


@pytest.mark.parametrize("trial", [0, *(pytest.param(n, marks=pytest.mark.trust) for n in range(1, 10))])
def test_exactly_as_many_are_paid_as_the_cap_has_room_for(
    place: Home, tmp_path: Path, nurse: Nurse, engine: Engine, trial: int
) -> None:
    engine.log.clear()
    promised = promise(REQUEST, LIKE_OPENAI)
    assert promised
    cap = promised.high.quantize(Decimal("0.000001"), "ROUND_CEILING") * ROOM
    order = {"images": str(tmp_path / "images"), "database": place.database, "url": engine.base_url}
    children = [
        nurse.begin(
            **order,
            token=engine.token,
            alike=True,
            cap=str(cap),
            out=str(tmp_path / f"{number}"),
            tickets=[f"{trial}-{number}-{each}" for each in range(EACH)],
        )
        for number in range(PROCESSES)
    ]
    for child in children:
        until_gone(child)

    came = Counter(end for number in range(PROCESSES) for end in outcome(tmp_path / f"{number}").values())
    assert Counter(Saved=ROOM, OverBudget=PROCESSES * EACH - ROOM) == came
    assert ROOM == len(engine.log)
    store = Store(tmp_path / "images", place.database, caps=Caps(day=cap))
    assert (Decimal(0), True) == (store.journal.money("day").reserved, 0 < store.journal.money("day").spent <= cap)
    store.close()


def test_a_cap_that_was_set_on_the_page_holds_in_every_process(
    place: Home, tmp_path: Path, nurse: Nurse, engine: Engine
) -> None:
    engine.log.clear()
    promised = promise(REQUEST, LIKE_OPENAI)
    assert promised
    store = Store(tmp_path / "images", place.database)
    store.limits.set({"day": promised.high.quantize(Decimal("0.000001"), "ROUND_CEILING") * 3})
    order = {"images": str(tmp_path / "images"), "database": place.database, "url": engine.base_url}
    children = [
        nurse.begin(
            **order,
            token=engine.token,
            alike=True,
            cap="",
            out=str(tmp_path / name),
            tickets=[f"{name}{n}" for n in "123"],
        )
        for name in "ab"
    ]
    for child in children:
        until_gone(child)

    came = Counter(end for name in "ab" for end in outcome(tmp_path / name).values())
    assert Counter(Saved=3, OverBudget=3) == came
    assert 3 == len(engine.log)
    store.close()
