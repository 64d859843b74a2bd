"""What votes say of tiers, held against published fits of the same model."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych.experiment.ranking import Ranking, frontier, ranking, strengths
from triptych.experiment.votes import Tally

TIERS = tuple((("quality", quality),) for quality in ("low", "medium", "high"))
PRICES = (Decimal("0.006"), Decimal("0.013"), Decimal("0.053"))


def ranked(low_medium: float, low_high: float, medium_high: float, votes: int = 20, **more: object) -> Ranking:
    """After so many votes on each pair, of which the first tier won that share."""
    wins: dict[tuple[int, int], float] = {}
    for (one, other), share in zip(((0, 1), (0, 2), (1, 2)), (low_medium, low_high, medium_high), strict=True):
        wins[one, other], wins[other, one] = share * votes, (1 - share) * votes
    told = {"tiers": TIERS, "ties": 0, "bad": (0, 0, 0), "dollars": PRICES, "seconds": (6.0, 9.0, 20.0), **more}
    return ranking(Tally(wins=wins, **told))  # type: ignore[arg-type]


def test_strengths_and_errors_are_those_of_a_published_fit() -> None:
    # Citations among four journals (Stigler 1994; Agresti, Categorical Data Analysis, 2002, p. 448), the cited one
    # winning; estimates and standard errors as in "Bradley-Terry Models in R" (Firth 2005; Turner and Firth 2012).
    cited = np.array([[0, 730, 498, 221], [33, 0, 68, 17], [320, 813, 0, 142], [284, 276, 325, 0]], dtype=float)

    found, spread = strengths(cited, spread=None)

    errors = [np.sqrt(spread[0, 0] + spread[at, at] - 2 * spread[0, at]) for at in (1, 2, 3)]
    assert pytest.approx([-2.94907, -0.47957, 0.26895], abs=6e-6) == list(found[1:] - found[0])
    assert pytest.approx([0.10255, 0.06059, 0.07083], abs=6e-6) == errors


def test_two_tiers_differ_by_the_log_of_their_odds() -> None:
    found, spread = strengths(np.array([[0.0, 30.0], [10.0, 0.0]]), spread=None)

    assert pytest.approx(np.log(3)) == found[0] - found[1]
    assert pytest.approx(1 / 30 + 1 / 10) == spread[0, 0] + spread[1, 1] - 2 * spread[0, 1]


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(0, 400), min_size=5, max_size=5), min_size=5, max_size=5))
def test_any_votes_give_finite_strengths_in_the_order_of_a_round_robin(rows: list[list[int]]) -> None:
    wins = np.array(rows, dtype=float)
    np.fill_diagonal(wins, 0)

    found, spread = strengths(wins)

    assert np.isfinite(found).all()
    assert np.isfinite(spread).all()
    assert (np.diag(spread) >= 0).all()
    assert pytest.approx(0, abs=1e-9) == found.sum()
    games = wins + wins.T
    expected = games / (1 + np.exp(found[None, :] - found[:, None]))
    assert pytest.approx((wins - expected).sum(axis=1), abs=1e-6) == found / 4  # the score equations, by the prior


def test_the_cheapest_tier_that_could_not_be_told_from_the_best_is_named() -> None:
    advice = ranked(0.2, 0.1, 0.5).advice

    assert advice.enough
    assert advice.best
    assert advice.cheapest
    assert ("high", "medium") == (advice.best.label, advice.cheapest.label)
    assert "could not tell from the best is medium, at $0.013" in advice.sentence
    assert "$0.053 for high" in advice.sentence


def test_few_votes_say_that_they_are_few_and_about_how_many_are_wanting() -> None:
    advice = ranked(0.25, 0.25, 0.5, votes=4).advice

    assert not advice.enough
    assert advice.more
    assert "Too few votes to tell" in advice.sentence
    assert ("No votes yet.", False) == (ranked(0, 0, 0, votes=0).advice.sentence, False)


@pytest.mark.parametrize(
    ("shares", "expected"), [((0.9, 0.9, 0.5), "none is cheaper"), ((0.1, 0.1, 0.1), "comes close")]
)
def test_a_best_tier_without_a_cheaper_rival_says_so(shares: tuple[float, float, float], expected: str) -> None:
    assert expected in ranked(*shares, votes=40).advice.sentence


def test_a_tier_that_wins_half_the_time_costs_two_pictures_a_win() -> None:
    (medium,) = (one for one in ranked(0.5, 0.5, 0.5).standings if one.label == "medium")

    assert (0.5, Decimal("0.026")) == (medium.win_rate, medium.cost_per_win)


def test_a_dominated_tier_names_what_beats_it() -> None:
    points = frontier(ranked(0.2, 0.9, 0.9, votes=40))

    assert [("low", None), ("medium", None), ("high", "low")] == [
        (point.standing.label, point.dominated_by and point.dominated_by.label) for point in points
    ]


def test_without_votes_nothing_is_called_dominated() -> None:
    assert () == frontier(ranked(0, 0, 0, votes=0))


def test_tiers_at_one_price_are_set_side_by_side() -> None:
    same = (Decimal("0.006"), Decimal("0.0527"), Decimal("0.053"))

    assert ("medium ($0.053) costs what high costs ($0.053); the first won 5 of 20.",) == ranked(
        0.5, 0.5, 0.25, dollars=same
    ).equals


def test_a_tier_of_unknown_price_is_ranked_and_never_called_cheap() -> None:
    found = ranked(0.5, 0.5, 0.5, dollars=(None, None, None))

    assert 3 == len(found.standings)
    assert "not known" in found.advice.sentence
    assert () == frontier(found)
