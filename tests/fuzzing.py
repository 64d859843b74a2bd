"""Bent inputs without end, by seeds: a fixed few in the normal suite, a minute of new ones under `-m trust`.

A case that fails names its seed; `FUZZ_SEED=<seed> pytest <the test>` is that case again, alone.
"""

import copy
import os
import random
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

import pytest

MINUTE = 60.0  # seconds: for how long new cases are begun, never how long one may take
SEED = "FUZZ_SEED"
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1.5,
    10**24,
    10**400,
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
    "é" * 5_000,
    "a" * 70_000,
    "\u202e",
    "\ue000",
    [],
    [1],
    [[]],
    {},
    {"x": 1},
    {"x": {}},
    {"error": {}},
    "data:,",
    "http://[",
    "../../x",
    "%00",
    "$x$",
)


def cases(few: int) -> pytest.MarkDecorator:
    """The parameter ``seeds`` of a test: so ``few``, always the same, and under `-m trust` a minute of them."""
    minute = pytest.param(None, id="a minute", marks=pytest.mark.trust)
    return pytest.mark.parametrize("seeds", [pytest.param(few, id=f"{few} cases"), minute])


def seeds_of(few: int | None) -> Iterator[int]:
    """The seeds to go through: one that is to be seen again, the ``few`` first, or (None) new ones for a minute."""
    if again := os.environ.get(SEED):
        yield int(again)
    elif few is not None:
        yield from range(few)
    else:
        end = time.monotonic() + MINUTE
        while time.monotonic() < end:
            yield random.SystemRandom().getrandbits(48)


def run(few: int | None, case: Callable[[random.Random], None]) -> None:
    """Go through ``case`` with each seed; the first that fails is named."""
    for seed in seeds_of(few):
        try:
            case(random.Random(seed))
        except Exception as error:
            raise AssertionError(f"{SEED}={seed}: {error!r:.2000}") from error


async def arun(few: int | None, case: Callable[[random.Random], Coroutine[Any, Any, None]]) -> None:
    """`run` for a case that waits."""
    for seed in seeds_of(few):
        try:
            await case(random.Random(seed))
        except Exception as error:
            raise AssertionError(f"{SEED}={seed}: {error!r:.2000}") from error


def bent(chance: random.Random, data: bytes, others: Sequence[bytes] = (), most: int = 6) -> bytes:
    """``data`` with bytes turned, cut out, doubled, put between and swapped, up to ``most`` times."""
    new, others = bytearray(data), others or (data,)
    for _ in range(chance.randint(0, most)):
        at, length = chance.randrange(len(new) + 1), chance.choice((1, 1, 2, 4, 40))
        part = slice(at, at + length)
        other = chance.choice(others)
        start = chance.randrange(len(other) or 1)
        filled = (b"", chance.randbytes(length), b"\xff" * length, bytes(length), bytes(new[part]) * 2)
        new[part] = chance.choice((*filled, other[start : start + length]))
    return bytes(new)


def changed(chance: random.Random, value: Any, odd: Sequence[Any] = ODD) -> Any:
    """JSON ``value`` with one thing in it changed, left out, doubled or wrapped, at any depth."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(sorted(value))
        if chance.random() < 0.1:
            return {key: each for key, each in value.items() if key != name}
        if chance.random() < 0.05:
            return {**value, str(chance.choice(odd))[:40]: copy.deepcopy(value[name])}
        return {**value, name: changed(chance, value[name], odd)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        return [*value[:at], changed(chance, value[at], odd), *value[at + chance.randint(0, 1) :]]
    if chance.random() < 0.1:
        return chance.choice(([value], {"data": value}, [value, value], str(value)))
    return chance.choice(odd)


def pieces(chance: random.Random, data: bytes) -> Iterator[bytes]:
    """``data`` cut anywhere: whole, byte by byte at its start, or in pieces of any length."""
    at, most = 0, chance.choice((1, 7, 100, 5_000, len(data) + 1))
    while at < len(data):
        length = chance.randint(1, most) if at < 2_000 else max(5_000, most)
        yield data[at : at + length]
        at += length
