"""Blind votes: which two pictures are shown next, to whom on which side, and what all the verdicts add up to."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from triptych.experiment.design import Coordinates, shown
from triptych.experiment.state import CellState
from triptych.store import Stored
from triptych.store.saved import Ballot

Verdict = Literal["left", "right", "same", "bad"]  # "bad": both are
VERDICTS: tuple[Verdict, ...] = ("left", "right", "same", "bad")
SUBJECT = {"prompt", "images", "mask", "markup"}  # what is drawn; all else is how, and that is what is compared


@dataclass(frozen=True)
class Entrant:
    """A drawing that can be voted on. ``tier`` is how it was drawn, ``subject`` what; only equal subjects meet."""

    name: str
    state: CellState
    tier: Coordinates
    subject: Coordinates


@dataclass(frozen=True)
class Pair:
    """Two drawings side by side, and which picture of each (one, unless a cell asks for several)."""

    left: Entrant
    right: Entrant
    left_picture: Stored
    right_picture: Stored


@dataclass(frozen=True)
class Tally:
    """The verdicts by tier. ``wins[a, b]`` is how often a won over b, a tie being half a win for each.

    ``bad`` counts per tier how often a pair of it was called bad on both sides, which is no win and no loss.
    ``dollars`` and ``seconds`` are the mean of a tier's drawings, None where not all of them are known.
    """

    tiers: tuple[Coordinates, ...]
    wins: Mapping[tuple[int, int], float]
    ties: int
    bad: tuple[int, ...]
    dollars: tuple[Decimal | None, ...]
    seconds: tuple[float | None, ...]

    @property
    def votes(self) -> int:
        """How many verdicts chose between two tiers, or called them the same."""
        return round(sum(self.wins.values()))


def name_of(state: CellState) -> str:
    """What the ballots call a drawing: its cell, its repeat and the ticket that filled it."""
    return f"{state.cell.key}.{state.repeat}.{state.ticket}"


def entrants(states: Iterable[CellState], tiers: Sequence[str] | None = None) -> tuple[Entrant, ...]:
    """What can be voted on: what is done. ``tiers`` names the axes that make a tier; else all but the subject's."""
    return tuple(_entrant(state, tiers) for state in states if state.status == "done" and state.pictures)


def pairs(those: Sequence[Entrant]) -> Iterator[tuple[Entrant, Entrant]]:
    """Every two of the same subject and of different tiers."""
    meet = itertools.combinations(those, 2)
    return ((one, other) for one, other in meet if one.subject == other.subject and one.tier != other.tier)


def next_pair(those: Sequence[Entrant], ballots: Sequence[Ballot], voter: str) -> Pair | None:
    """The pair this voter judges next, None when there is none left that this voter has not judged.

    Tiers that met least come first, then pictures that met least; among equals and for the sides, chance decides,
    by the voter's name alone, so that a reload shows the same again.
    """
    tier_of = {one.name: one.tier for one in those}
    met = _counted(frozenset((b.left, b.right)) for b in ballots)
    tiers_met = _counted(
        frozenset((tier_of[b.left], tier_of[b.right])) for b in ballots if b.left in tier_of and b.right in tier_of
    )
    seen = {frozenset((b.left, b.right)) for b in ballots if b.voter == voter}
    turn = sum(b.voter == voter for b in ballots)

    def order(pair: tuple[Entrant, Entrant]) -> tuple[int, int, int]:
        names, tiers = frozenset(one.name for one in pair), frozenset(one.tier for one in pair)
        return tiers_met.get(tiers, 0), met.get(names, 0), _chance(voter, str(turn), *sorted(names))

    fresh = (pair for pair in pairs(those) if frozenset(one.name for one in pair) not in seen)
    chosen = min(fresh, key=order, default=None)
    return _sided(chosen, voter) if chosen else None


def tally(those: Sequence[Entrant], ballots: Iterable[Ballot]) -> Tally:
    """What the ballots add up to; those on pictures that are no longer there do not count."""
    tiers = tuple(dict.fromkeys(one.tier for one in those))
    place = {one.name: tiers.index(one.tier) for one in those}
    wins: dict[tuple[int, int], float] = {}
    bad, ties = [0] * len(tiers), 0
    for ballot in ballots:
        if ballot.left not in place or ballot.right not in place:
            continue
        left, right = place[ballot.left], place[ballot.right]
        if ballot.verdict == "bad":
            bad[left], bad[right] = bad[left] + 1, bad[right] + 1
            continue
        share = {"left": 1.0, "right": 0.0}.get(ballot.verdict, 0.5)
        ties += ballot.verdict == "same"
        wins[left, right] = wins.get((left, right), 0.0) + share
        wins[right, left] = wins.get((right, left), 0.0) + 1 - share
    means = [_means([one.state for one in those if one.tier == tier]) for tier in tiers]
    return Tally(tiers, wins, ties, tuple(bad), tuple(d for d, _ in means), tuple(s for _, s in means))


def label(coordinates: Coordinates) -> str:
    """A tier as people read it: "gpt-image-2 · high"."""
    return " · ".join(shown(value) for _, value in coordinates) or "the only tier"


def _entrant(state: CellState, tiers: Sequence[str] | None) -> Entrant:
    mine = [
        pair for pair in state.cell.coordinates if (pair[0] in tiers if tiers is not None else pair[0] not in SUBJECT)
    ]
    rest = tuple(pair for pair in state.cell.coordinates if pair not in mine)
    return Entrant(name_of(state), state, tuple(mine), rest)


def _sided(pair: tuple[Entrant, Entrant], voter: str) -> Pair:
    one, other = sorted(pair, key=lambda each: each.name)
    chance = _chance(voter, "side", one.name, other.name)
    left, right = (one, other) if chance % 2 else (other, one)
    pictures = [each.state.pictures for each in (left, right)]
    return Pair(left, right, *(some[chance // 2 % len(some)] for some in pictures))


def _chance(*words: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(words).encode()).digest()[:8])


def _counted(things: Iterable[frozenset[object]]) -> dict[frozenset[object], int]:
    counts: dict[frozenset[object], int] = {}
    for each in things:
        counts[each] = counts.get(each, 0) + 1
    return counts


def _means(states: Sequence[CellState]) -> tuple[Decimal | None, float | None]:
    """Of one picture, since a cell may ask for several."""
    many = sum(len(state.pictures) for state in states)
    dollars = [state.dollars for state in states]
    seconds = [state.seconds for state in states if state.seconds is not None]
    known = sum((d for d in dollars if d is not None), Decimal(0)) / many if None not in dollars else None
    return known, sum(seconds) / len(seconds) if len(seconds) == len(states) else None
