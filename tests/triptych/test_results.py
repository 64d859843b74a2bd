"""What comes back."""

import pytest

from triptych.inputs.formats import KNOWN
from triptych.results import Picture, Usage


def test_usage_says_only_what_is_known() -> None:
    assert {"input_tokens": 0, "output_tokens": 196} == Usage(input_tokens=0, output_tokens=196).to_json()


@pytest.mark.parametrize(("form", "media_type"), [(name, one.media_type) for name, one in KNOWN.items()])
def test_a_picture_knows_its_media_type_and_size(form: str, media_type: str) -> None:
    picture = Picture(b"", form, 1536, 1024)

    assert (media_type, "1536x1024") == (picture.media_type, picture.size)
