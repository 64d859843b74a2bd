"""The rows of a table as requests, and what is said of each that cannot be sent."""

from triptych.batch import lines, plan
from triptych.request import ImageRequest

BASE = ImageRequest(model="gpt-image-2", prompt="", size="1024x1024", quality="low")


def test_each_line_is_a_row_with_the_number_of_its_line() -> None:
    planned = plan(lines("a fox\n\n  an owl \n"), "", BASE)

    assert [("row1", 0), ("row3", 0)] == list(planned.requests)
    assert ["a fox", "an owl"] == [request.prompt for request in planned.requests.values()]
