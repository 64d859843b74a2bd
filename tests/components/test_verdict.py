"""The charts of what votes say."""

from decimal import Decimal

from components.compare.verdict import _rows
from triptych.experiment.ranking import Point, Standing


def point(price: str) -> Point:
    return Point(Standing((("quality", price),), 0.0, -1.0, 1.0, 3, 1.5, 0, Decimal(price), 2.0), None)


def test_a_name_stands_on_the_side_of_its_point_on_which_there_is_room() -> None:
    rows = _rows(tuple(map(point, ("0.006", "0.053", "0.211"))), "dollars")

    assert ["left", "left", "right"] == [row["Side"] for row in rows]  # where its text begins or ends: at the point
