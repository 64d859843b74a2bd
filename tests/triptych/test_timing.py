"""How long a request should take."""

import pytest

from triptych.request import ImageRequest
from triptych.timing import Seconds, expected


def request(**changes: str) -> ImageRequest:
    return ImageRequest(model="gpt-image-2.6-flare", prompt="A boat", **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("quality", "seconds"),
    [("low", (3, 10)), ("medium", (10, 30)), ("high", (30, 120)), ("xhigh", (60, 180)), ("auto", (3, 120))],
)
def test_without_history_the_published_range_counts(quality: str, seconds: tuple[float, float]) -> None:
    assert Seconds(*seconds) == expected(request(quality=quality))


def test_high_complexity_takes_as_long_as_the_best_quality() -> None:
    assert Seconds(60, 180) == expected(request(quality="low", complexity="high"))


def test_three_runs_weigh_as_much_as_the_prior() -> None:
    assert Seconds(6.5, 15.0, learned=True) == expected(request(quality="low"), [10, 15, 20])


def test_many_runs_leave_little_of_the_prior() -> None:
    learned = expected(request(quality="low"), [20.0] * 297)

    assert (19.83, 19.9) == (round(learned.low, 2), round(learned.high, 2))


def test_the_middle_is_geometric() -> None:
    assert 6.0 == Seconds(3, 12).middle


def test_a_quality_of_another_server_has_the_widest_range() -> None:
    assert Seconds(3, 120) == expected(request(quality="hd"))
