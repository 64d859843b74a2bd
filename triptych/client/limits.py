"""A server's own word on how much it still takes: the x-ratelimit-* headers of its answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST = 900.0  # seconds to the reset of a limit that is heeded; of a longer one the server itself must say no
SLACK = 1.02  # by how much longer than said it takes: clocks differ, and what is said is rounded
DUST = 1e-6  # of a request or a second: what sums of fractions are off by
HEADER = re.compile(r"x-ratelimit-(?P<what>limit|remaining|reset)(?:-(?P<of>requests|images|input-images))?")
COUNT = re.compile(r"\d{1,9}")
# "58.891s", "120ms", "6m0s", or seconds alone.
SPAN = re.compile(
    r"(?=\d)(?:(?P<h>\d{1,6})h)?(?:(?P<m>\d{1,6})m(?!s))?(?:(?P<s>\d{1,9}(?:\.\d{1,9})?)(?:s|$))?"
    r"(?:(?P<ms>\d{1,9}(?:\.\d{1,9})?)ms)?"
)
UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}  # seconds


@dataclass(frozen=True)
class Said:
    """What one answer says of one limit: of ``limit`` so many are ``left``, and all again in ``reset`` seconds."""

    limit: int
    left: int
    reset: float


def said(headers: Mapping[str, str]) -> dict[str, Said]:
    """The limits on requests and on images that ``headers`` tell of, by name; what is incomplete is left out.

    Limits on tokens are none of them: nobody knows beforehand how many a request will use.
    """
    told: dict[str, dict[str, str]] = {}
    for name, value in headers.items():
        if found := HEADER.fullmatch(name.lower()):
            told.setdefault(found["of"] or "requests", {})[found["what"]] = value.strip()
    read = {name: _read(one) for name, one in told.items()}
    return {name: one for name, one in read.items() if one}


def exhausted(headers: Mapping[str, str]) -> float | None:
    """Seconds until the last of the limits is reset of which nothing is left; None where something is of all."""
    return max((one.reset for one in said(headers).values() if not one.left), default=None)


def _read(told: Mapping[str, str]) -> Said | None:
    span = SPAN.fullmatch(told.get("reset", ""))
    limit, left = told.get("limit", ""), told.get("remaining", "")
    if not (span and COUNT.fullmatch(limit) and COUNT.fullmatch(left) and int(limit)):
        return None
    reset = sum(float(span[name]) * seconds for name, seconds in UNITS.items() if span[name])
    return Said(int(limit), min(int(left), int(limit)), reset)


@dataclass
class _Bucket:
    """One limit as it stands: ``level`` are left of ``limit`` at ``at``, and all again at ``full_at``."""

    limit: int
    level: float
    at: float
    full_at: float
    period: float  # seconds in which an empty one fills

    def now(self, at: float, *, at_once: bool) -> float:
        """What is left at ``at``, where it comes back a little at a time, or ``at_once`` when the time is over."""
        if at >= self.full_at - DUST:
            self.level, self.full_at = float(self.limit), at + self.period
        elif not at_once:
            self.level = min(self.limit, self.level + (at - self.at) * self.limit / self.period)
        self.at = at
        return self.level

    def wait(self, cost: int, at: float, *, at_once: bool) -> float:
        """Seconds until ``cost`` may be taken; of more than there can be, until all is there."""
        missing = min(cost, self.limit) - self.now(at, at_once=at_once)
        if missing <= DUST:
            return 0.0
        return self.full_at - at if at_once else min(missing * self.period / self.limit, self.full_at - at)


@dataclass
class Limits:
    """The limits of one server and key. Times are seconds by the clock of whoever asks.

    OpenAI gives back a little at a time, so that one may go on long before the reset. Of a server that has refused
    what would have been right by that, all is taken to come back at once.
    """

    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=lambda: {"requests": 0, "images": 0})
    _at_once: bool = False

    def take(self, images: int) -> dict[str, int]:
        """Count a request that goes out now; gives the count with it, which `heard` wants back with its answer."""
        for name, bucket in self._buckets.items():
            bucket.level -= _cost(name, images)
        self._taken = {name: count + _cost(name, images) for name, count in self._taken.items()}
        return self._taken

    def heard(self, headers: Mapping[str, str], counted: Mapping[str, int], at: float) -> None:
        """Heed what an answer says of the limits; what went out after its request (``counted``) is not in it yet."""
        for name, one in said(headers).items():
            used = one.limit - one.left
            if not used or not 0 < one.reset <= LONGEST:
                self._buckets.pop(name, None)
                continue
            unit = "requests" if name == "requests" else "images"
            reset = one.reset * SLACK
            level = max(one.left - (self._taken[unit] - counted[unit]), -one.limit)
            self._buckets[name] = _Bucket(one.limit, level, at, at + reset, min(reset * one.limit / used, LONGEST))

    def refused(self, at: float) -> None:
        """The server's rate limit was hit: where none was exceeded by what is known, they come back at once."""
        levels = [bucket.now(at, at_once=self._at_once) for bucket in self._buckets.values()]
        self._at_once |= bool(levels) and min(levels) >= 0

    def wait(self, images: int, at: float) -> float:
        """Seconds until a request of so many images may go out, 0 for now."""
        waits = (one.wait(_cost(name, images), at, at_once=self._at_once) for name, one in self._buckets.items())
        return max(waits, default=0.0)

    @property
    def quiet_after(self) -> float:
        """When nothing is known any more that is worth keeping."""
        return max(bucket.full_at for bucket in self._buckets.values()) if self._buckets else 0.0


def _cost(name: str, images: int) -> int:
    return 1 if name == "requests" else images
