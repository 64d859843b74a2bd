"""Sidecars by one strict type: what fits comes back as it was, what does not is refused by name (TRUST.md F10)."""

import json
import random
from typing import Any

import pytest

from tests.triptych.store.drawn import facts
from triptych.errors import BadSidecar
from triptych.results import Picture, Usage
from triptych.sidecar import Sidecar, owner_hash, read_sidecar

PICTURE = Picture(b"a", "png", 8, 8)
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1.5,
    10**24,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x",
    "0",
    "NaN",
    "-1",
    "1e99",
    "\ud800",
    "\0",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "a" * 2_000_000,
    [],
    [1],
    {},
    {"x": 1},
    {"x": {}},
)


def mutated(rng: random.Random, value: Any) -> Any:
    """``value`` with one thing in it changed, at any depth."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        name = rng.choice(sorted(value))
        if rng.random() < 0.1:
            return {key: each for key, each in value.items() if key != name}
        return {**value, name: mutated(rng, value[name])}
    return rng.choice(ODD)


def test_a_sidecar_comes_back_as_it_was() -> None:
    usage = {"output_tokens": 10**24, "svg": {"total": 7}}
    told = facts(PICTURE, owner=owner_hash("ann"), imported=True, usage=usage, parents=["a" * 64])

    sidecar = Sidecar.from_json(told)

    assert sidecar == read_sidecar(json.dumps(sidecar.to_json()))
    assert told == sidecar.to_json()
    assert Usage(output_tokens=10**24, svg={"total": 7}) == sidecar.usage


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("got", "x"),
        ("got", {"size": 1}),
        ("got", {"a": "\ud800"}),
        ("usage", "many"),
        ("usage", {"tokens": 1}),
        ("usage", {"output_tokens": -1}),
        ("usage", {"output_tokens": True}),
        ("pictures", "0"),
        ("pictures", 0),
        ("pictures", 10**9),
        ("seconds", float("nan")),
        ("seconds", "2"),
        ("cost_usd", "NaN"),
        ("cost_usd", 1),
        ("cost_usd", "1e9"),
        ("created", "9999-12-31T23:59:59Z"),
        ("created", "2026-11-23"),
        ("sha256", "A" * 64),
        ("request", {"model": "m", "prompt": "p", "n": 10**9, "stream_each": True, "partial_images": 1}),
        ("parents", "a" * 64),
        ("parents", [1]),
        ("triptych", 2),
        ("request_id", 7),
        ("imported", "no"),
        ("owner", "ann"),
        ("surprise", 1),
        ("dollars", "x"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(BadSidecar, match=f"“{field}”") as refused:
        Sidecar.from_json({**facts(PICTURE), field: value})

    assert field == refused.value.param


@pytest.mark.parametrize("count", [2_000, pytest.param(200_000, marks=pytest.mark.trust)])
def test_a_mutated_sidecar_is_refused_or_comes_back_as_it_was(count: int) -> None:
    rng, taken = random.Random(6), 0
    for _ in range(count):
        told = facts(PICTURE, usage={"output_tokens": 9, "svg": {"a": 1}})
        for _ in range(rng.randrange(1, 4)):
            told = mutated(rng, told)
        try:
            sidecar = Sidecar.from_json(told)
        except BadSidecar:
            continue
        taken += 1
        assert sidecar == read_sidecar(json.dumps(sidecar.to_json()))

    assert 0 < taken < count


def test_an_owners_hash_is_the_same_everywhere_and_tells_no_name() -> None:
    assert owner_hash("ann@example.com") == owner_hash("ann@example.com") != owner_hash("bob@example.com")
    assert 32 == len(owner_hash("\ud800"))
