"""Settings as a link: what one installation writes another reads, and nothing else is read."""

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych.errors import InvalidRequest
from triptych.inputs import Attachment
from triptych.request import ImageRequest
from triptych.request.link import packed, shareable, unpacked

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)


def folded(data: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(data)).decode().rstrip("=")


@settings(max_examples=50)
@given(st.dictionaries(st.text(), JSON))
def test_a_link_holds_what_was_put_into_it(values: dict[str, Any]) -> None:
    assert values == unpacked(packed(values))


def test_a_link_holds_neither_images_nor_who_asks() -> None:
    one = Attachment("a" * 64, "png", 8, 8, 100)
    request = ImageRequest(
        model="gpt-image-2", prompt="x", images=(one,), mask=one, safety_identifier="ann", quality="low"
    )

    assert ImageRequest(model="gpt-image-2", prompt="x", quality="low") == shareable(request)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "…",
        "abc",
        "A" * 100_001,
        folded(b"no json"),
        folded(b'"\\ud800"'),
        folded(b"[" * 100_000),
        folded(json.dumps("x" * (2 << 20)).encode()),
        packed({"a": 1})[:-4],
    ],
    ids=["empty", "no base64", "no zlib", "long", "no JSON", "half a character", "deep", "bomb", "cut"],
)
def test_a_link_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidRequest, match="damaged"):
        unpacked(text)
