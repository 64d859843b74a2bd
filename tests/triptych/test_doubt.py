"""Tokens that a request cannot have used are doubted, and count as what was estimated at most (TRUST.md M13)."""

from dataclasses import replace

import pytest

from triptych.catalog import MODELS
from triptych.pricing import charged, doubt, estimate
from triptych.request import ImageRequest
from triptych.results import Usage

SQUARE = ImageRequest(model="gpt-image-2", prompt="A boat", size="1024x1024", quality="medium")
LOW = replace(SQUARE, quality="low")
TOP = estimate(LOW).most


@pytest.mark.parametrize(
    "usage",
    [
        Usage(14, 14, 0, 196, None, 1_000_000),  # text above output booked -$22.00
        Usage(14, 14, 0, 196, None, 197),  # the same, of as many as it can use
        Usage(14, 14, 0, 196, -5),
        Usage(14, 15, 0, 196),
        Usage(14, 14, 0, 10**12),  # booked $30,000,000
        Usage(14, 14, 0, 10**24),
        Usage(10**12, None, None, 196),
        Usage(14, 10**12, 0, 196),
        Usage(14, 14, 10**12, 196),
        Usage(14, 14, 0, 196, 10**12),
        Usage(14, 14, 0, -196),
        Usage(-14, None, None, 196),
        Usage(10**24),  # beside an output that is no count, such as Infinity
        Usage(10**24, None, None, 0),
        Usage(14, 14, 0, None, 10**12),
        Usage(14, 14, 0, 10**24, svg={"model": "gpt-5"}),
    ],
)
def test_tokens_that_a_request_cannot_have_used_count_as_the_upper_end_of_its_estimate(usage: Usage) -> None:
    assert TOP == charged(LOW, usage)
    assert (doubt(LOW, usage) or "").startswith("doubtful: the server said ")


@pytest.mark.parametrize(
    "usage",
    [Usage(14, 14, 0, 196), Usage(14, 14, 0, 7024), Usage(500, 20, 480, 196, 196), Usage(14, 14, 0, 600, 196, 404)],
)
def test_tokens_of_another_quality_or_with_text_are_believed(usage: Usage) -> None:
    assert doubt(LOW, usage) is None


def test_what_many_images_use_is_believed_and_no_more() -> None:
    tokens = estimate(replace(SQUARE, quality="high")).output_tokens
    assert tokens
    one = tokens.high

    assert doubt(replace(SQUARE, n=10), Usage(14, 14, 0, 10 * one)) is None
    assert doubt(SQUARE, Usage(14, 14, 0, 10 * one)) is not None


def test_each_request_of_several_counts_its_share_where_its_tokens_are_doubtful() -> None:
    each = replace(LOW, n=2, partial_images=1, stream_each=True)
    most = estimate(each).most

    assert most
    assert most == charged(each, Usage(14, 14, 0, 10**12)) * len(each.parts())  # type: ignore[operator]


@pytest.mark.parametrize("model", [name for name, entry in MODELS.items() if entry.rates.image_out])
def test_no_server_can_book_more_than_a_bounded_sum_or_less_than_nothing(model: str) -> None:
    for tokens in (1, 1000, 10**5, 10**7, 10**12):
        dollars = charged(replace(SQUARE, model=model, quality="auto"), Usage(tokens, None, None, tokens))
        assert dollars is None or 0 <= dollars < 10
