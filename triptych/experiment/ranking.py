"""From votes to worth: Bradley-Terry strengths with intervals, what a win costs, and the cheapest tier that will do."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from triptych.experiment.design import Coordinates
from triptych.experiment.votes import Tally, label

Floats = NDArray[np.float64]

SURE = 1.959964  # standard errors to either side: 95 %
SPREAD = (
    2.0  # log-odds by which tiers are thought to differ before any vote: few votes stay modest, and none is endless
)
CLOSE = 0.75  # of the pairs: as long as the best may win more of them than this, there are too few votes
ALIKE = Decimal("1.1")  # prices no further apart than this factor count as equal
MOST_MORE = 1000  # votes; asking for more helps nobody


@dataclass(frozen=True)
class Standing:
    """How a tier did. ``strength`` is in log-odds, 0 for the middle of all; ``low`` to ``high`` holds it at 95 %.

    ``wins`` counts ties as halves, ``win_rate`` is of its ``votes``. ``dollars`` and ``seconds`` are of one picture,
    ``cost_per_win`` the dollars spent for each picture that won; None where not known.
    """

    tier: Coordinates
    strength: float
    low: float
    high: float
    votes: int
    wins: float
    bad: int
    dollars: Decimal | None
    seconds: float | None

    @property
    def label(self) -> str:
        """Its coordinates as people read them."""
        return label(self.tier)

    @property
    def win_rate(self) -> float | None:
        """Its share of wins, None without votes."""
        return self.wins / self.votes if self.votes else None

    @property
    def cost_per_win(self) -> Decimal | None:
        """Dollars of one of its pictures over how often it wins."""
        rate = self.win_rate
        return self.dollars / Decimal(str(rate)) if rate and self.dollars is not None else None


@dataclass(frozen=True)
class Advice:
    """``cheapest`` is the cheapest tier that could not be told from ``best``; ``sentence`` says so with its limits.

    ``enough`` is False while the votes are too few; ``more`` is then about how many would settle it, None for far more.
    """

    sentence: str
    enough: bool
    best: Standing | None = None
    cheapest: Standing | None = None
    more: int | None = None


@dataclass(frozen=True)
class Ranking:
    """All tiers, the strongest first, with what the votes allow to say."""

    standings: tuple[Standing, ...]
    advice: Advice
    equals: tuple[str, ...]


@dataclass(frozen=True)
class Point:
    """A tier on the frontier's plane. ``dominated_by`` is one at least as strong that costs no more, None for none."""

    standing: Standing
    dominated_by: Standing | None


def strengths(wins: Floats, spread: float | None = SPREAD) -> tuple[Floats, Floats]:
    """Bradley-Terry log-odds, with mean 0, and their covariance; ``wins[i, j]`` is how often i won over j.

    ``spread`` is the standard deviation of a normal prior; None is maximum likelihood, which is endless for a tier
    that always wins. Newton's method; checked against published tables in tests/triptych/experiment/test_ranking.py.
    """
    games, count = wins + wins.T, len(wins)
    ridge = np.eye(count) / spread**2 if spread else np.zeros((count, count))
    theta = np.zeros(count)
    for _ in range(100):
        chance = 1 / (1 + np.exp(theta[None, :] - theta[:, None]))
        weight = games * chance * (1 - chance)
        curve = np.diag(weight.sum(axis=1)) - weight + ridge
        step = np.linalg.pinv(curve) @ ((wins - games * chance).sum(axis=1) - ridge @ theta)
        theta = theta + step / max(1.0, float(np.abs(step).max()) / 2)
        if np.abs(step).max() < 1e-12:  # noqa: PLR2004 - far below what is shown
            break
    centred = np.eye(count) - 1 / count
    return centred @ theta, centred @ np.linalg.pinv(curve) @ centred


def ranking(tally: Tally) -> Ranking:
    """What the votes say of the tiers."""
    if not tally.tiers:
        return Ranking((), Advice("There is nothing to vote on yet.", enough=False), ())
    wins = np.zeros((len(tally.tiers),) * 2)
    for (one, other), count in tally.wins.items():
        wins[one, other] = count
    theta, spread = strengths(wins)
    standings = [_standing(tally, wins, theta, spread, at) for at in range(len(tally.tiers))]
    order = sorted(range(len(standings)), key=lambda at: -standings[at].strength)
    equals = tuple(_equals(standings, wins))
    return Ranking(tuple(standings[at] for at in order), _advice(standings, tally.votes, theta, spread), equals)


def frontier(ranked: Ranking, by: Literal["dollars", "seconds"] = "dollars") -> tuple[Point, ...]:
    """Tiers with votes and known dollars or seconds, the cheapest or quickest first, with what makes one pointless."""
    known = [one for one in ranked.standings if getattr(one, by) is not None and one.votes]
    known.sort(key=lambda one: (getattr(one, by), -one.strength))
    return tuple(Point(one, next((other for other in known if _beats(other, one, by)), None)) for one in known)


def _beats(other: Standing, one: Standing, by: str) -> bool:
    price, strength = getattr(other, by) - getattr(one, by), other.strength - one.strength
    return bool(price <= 0 and strength >= 0 and (price < 0 or strength > 0))


def _standing(tally: Tally, wins: Floats, theta: Floats, spread: Floats, at: int) -> Standing:
    error = SURE * math.sqrt(max(float(spread[at, at]), 0.0))
    strength = float(theta[at])
    votes = round(float(wins[at].sum() + wins[:, at].sum()))
    return Standing(
        tally.tiers[at],
        strength,
        strength - error,
        strength + error,
        votes,
        float(wins[at].sum()),
        tally.bad[at],
        tally.dollars[at],
        tally.seconds[at],
    )


def _advice(standings: list[Standing], votes: int, theta: Floats, spread: Floats) -> Advice:
    if not votes:
        return Advice("No votes yet.", enough=False)
    best = max(range(len(standings)), key=lambda at: standings[at].strength)
    like, cheapest = standings[best], _cheapest(standings, best, theta, spread)
    if like.dollars is None or cheapest is None:
        return Advice(f"{like.label} is ahead; what it costs is not known.", enough=False, best=like)
    if cheapest == best:
        rivals = [at for at in range(len(standings)) if at != best]
        enough = all(_told(theta, spread, best, at) or _most(theta, spread, best, at) <= CLOSE for at in rivals)
        cheaper = any(one.dollars is not None and one.dollars < like.dollars for one in standings)
        why = "and no cheaper tier comes close" if cheaper else "and none is cheaper"
        words = f"{like.label} is ahead, {why}: ${_dollars(like)} an image."
        return Advice(words if enough else f"{words} There are few votes yet.", enough, like, like)
    other, most = standings[cheapest], _most(theta, spread, best, cheapest)
    if most > CLOSE:
        more = _more(theta, spread, best, cheapest, votes)
        few = f"Too few votes to tell: {like.label} may still win up to {most:.0%} of its pairs with {other.label}."
        ask = f" About {more} more would settle it." if more else " It would take very many more to settle it."
        return Advice(few + ask, False, like, other, more)
    found = f"The cheapest tier you could not tell from the best is {other.label}, at ${_dollars(other)} an image"
    rest = f" instead of ${_dollars(like)} for {like.label}, which wins at most {most:.0%} of their pairs."
    return Advice(found + rest, True, like, other)


def _cheapest(standings: list[Standing], best: int, theta: Floats, spread: Floats) -> int | None:
    """The cheapest that the votes do not tell from the best."""
    alike = [at for at in range(len(standings)) if at == best or not _told(theta, spread, best, at)]
    prices: list[Any] = [(standings[at].dollars, at != best, at) for at in alike if standings[at].dollars is not None]
    return min(prices)[2] if prices else None


def _gap(theta: Floats, spread: Floats, best: int, at: int) -> tuple[float, float]:
    """By how much the best is stronger, and the half of the 95 % interval around it."""
    variance = float(spread[best, best] + spread[at, at] - 2 * spread[best, at])
    return float(theta[best] - theta[at]), SURE * math.sqrt(max(variance, 0.0))


def _told(theta: Floats, spread: Floats, best: int, at: int) -> bool:
    gap, half = _gap(theta, spread, best, at)
    return gap - half > 0


def _most(theta: Floats, spread: Floats, best: int, at: int) -> float:
    return 1 / (1 + math.exp(-sum(_gap(theta, spread, best, at))))


def _more(theta: Floats, spread: Floats, best: int, at: int, votes: int) -> int | None:
    """Votes after which the interval, which shrinks by their root, excludes either 0 or a clear lead."""
    gap, half = _gap(theta, spread, best, at)
    room = max(gap, math.log(CLOSE / (1 - CLOSE)) - gap)
    more = math.ceil(votes * ((half / room) ** 2 - 1))
    return more if 0 < more <= MOST_MORE else None


def _equals(standings: list[Standing], wins: Floats) -> Iterator[str]:
    """Pairs of tiers at the same price, and how they did against each other."""
    for one, other in itertools.combinations(range(len(standings)), 2):
        a, b = standings[one], standings[other]
        if not a.dollars or not b.dollars or max(a.dollars, b.dollars) > ALIKE * min(a.dollars, b.dollars):
            continue
        met = wins[one, other] + wins[other, one]
        score = f"the first won {wins[one, other]:g} of {met:g}" if met else "they have not met"
        yield f"{a.label} (${_dollars(a)}) costs what {b.label} costs (${_dollars(b)}); {score}."


def _dollars(one: Standing) -> str:
    return f"{one.dollars:.3f}" if one.dollars is not None else "?"
