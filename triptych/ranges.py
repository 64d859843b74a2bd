"""What lies between two ends: tokens, dollars and seconds that are not known exactly."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

Amount = TypeVar("Amount", int, Decimal, float)


@dataclass(frozen=True)
class Range(Generic[Amount]):
    """From ``low`` to ``high``; ``why`` says why the two differ, None where they do not or nobody says."""

    low: Amount
    high: Amount
    why: str | None = field(default=None, compare=False, kw_only=True)

    @property
    def is_exact(self) -> bool:
        """Whether both ends are one."""
        return self.low == self.high

    def __add__(self, other: "Range[Amount]") -> "Range[Amount]":
        return Range(self.low + other.low, self.high + other.high)

    def __mul__(self, times: Amount) -> "Range[Amount]":
        return Range(self.low * times, self.high * times)


def exactly(amount: Amount) -> Range[Amount]:
    """The range of one known amount."""
    return Range(amount, amount)


def added(ranges: Iterable[Range[Amount]], start: Range[Amount]) -> Range[Amount]:
    """The sum of ``ranges`` and ``start``, which is what there is where there are none."""
    some = tuple(ranges)  # of thousands, a range made for each sum would take most of the time
    return Range(sum((one.low for one in some), start.low), sum((one.high for one in some), start.high))


def spanned(ranges: Iterable[Range[Amount] | None]) -> Range[Amount] | None:
    """From the lowest to the highest of all that are known; None where none is."""
    known = [each for each in ranges if each is not None]
    return Range(min(each.low for each in known), max(each.high for each in known)) if known else None
