"""What of an estimate is made anew for each request."""

from dataclasses import replace

import pytest

from triptych.catalog import MODELS
from triptych.pricing import estimate
from triptych.ranges import Range
from triptych.request import ImageRequest

SQUARE = ImageRequest(model="gpt-image-2", prompt="A boat", size="1024x1024", quality="medium")

SIZES = (f"{width}x848" for width in range(1264, 640, -16))  # of which this process has weighed none yet


def test_requests_that_differ_in_their_words_alone_are_weighed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch of a thousand rows has a thousand prompts, and few sizes and qualities."""
    size = next(SIZES)
    weighed: list[tuple[int, int, str]] = []
    rule = MODELS["gpt-image-2"].tokens
    assert rule
    counted = rule.image_tokens

    def hear(self: object, width: int, height: int, quality: str) -> Range[int] | None:
        weighed.append((width, height, quality))
        return counted(width, height, quality)

    monkeypatch.setattr(type(rule), "image_tokens", hear)
    first = [estimate(replace(SQUARE, prompt=f"Boat {number}", size=size)) for number in range(100)]
    once = len(weighed)
    dearer = estimate(replace(SQUARE, prompt="Boat 0", size=size, quality="high"))

    assert 0 < once <= 2  # for its tokens, and for its price
    assert [first[0]] * 10 == first[:10]
    assert first[0].most
    assert dearer.most
    assert dearer.most > first[0].most
