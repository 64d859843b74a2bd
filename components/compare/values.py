"""Values of an axis as people write and read them."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from triptych.experiment import shown

MOST_TYPED = 40  # values of one axis
LONG = 60  # characters of a heading
RANGE = re.compile(r"(\d{1,7})(?:\s*[-–]\s*(\d{1,7})(?:\s*/\s*(\d{1,7}))?)?")


def numbers(text: str) -> tuple[int, ...]:
    """The numbers that "60, 80-100/10" names, each once; none where a piece is no number, or they are too many."""
    pieces = [RANGE.fullmatch(piece.strip()) for piece in text.split(",") if piece.strip()]
    found = [piece for piece in pieces if piece]
    read = tuple(dict.fromkeys(islice((number for piece in found for number in _spelled(piece)), 10 * MOST_TYPED)))
    return read if len(found) == len(pieces) and len(read) <= MOST_TYPED else ()


def written(values: Sequence[Any]) -> str:
    """Numbers as ``numbers`` reads them."""
    return ", ".join(str(value) for value in values)


def described(value: Any) -> str:
    """A value as a heading or a button has it, cut where it is long."""
    text = shown(value)
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"


def _spelled(piece: re.Match[str]) -> Iterator[int]:
    first, last, step = piece.groups()
    if last is None:
        yield int(first)
    else:
        yield from range(int(first), int(last) + 1, max(1, int(step or 1)))
