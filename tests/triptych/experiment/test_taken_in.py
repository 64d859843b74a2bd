"""A comparison out of a file that anybody may have written: refused in words, or one that every page can show."""

import json
from typing import Any

import pytest

from triptych.errors import InvalidRequest
from triptych.experiment import Experiment, variants

BASE = {"model": "gpt-image-2", "prompt": "a fox"}


def file(prompt: str = "a fox", **axis: Any) -> str:
    axes = [{"parameter": name, "values": values} for name, values in axis.items()]
    return json.dumps({"triptych_experiment": 1, "base": {**BASE, "prompt": prompt}, "axes": axes})


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("model", 1),
        ("model", None),
        ("prompt", 3),
        ("prompt", None),
        ("size", 5),
        ("size", None),
        ("n", "many"),
        ("n", True),
        ("partial_images", "a"),
        ("quality", 5),
        ("images", None),
        ("images", "ab"),
        ("mask", 7),
        ("variation", "yes"),
        ("stream_each", 3),
        ("output_format", True),
    ],
)
def test_a_value_that_no_request_could_hold_is_refused(parameter: str, value: Any) -> None:
    with pytest.raises(InvalidRequest):
        Experiment.from_text(file(**{parameter: [value]}))


def test_a_value_that_no_model_takes_comes_in_and_makes_its_cell_impossible() -> None:
    (cell,) = Experiment.from_text(file(quality=["purple"])).cells()

    assert cell.problem


@pytest.mark.parametrize("text", [file(prompt="\ud800"), file(model=["\udfff"])])
def test_half_a_character_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="damaged"):
        Experiment.from_text(text)


def test_more_groups_in_braces_than_anyone_writes_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="more than 1,000"):
        variants("{a|b}" * 2000)
