"""What keeps a request from being sent, and what settles it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from triptych.catalog import MODELS
from triptych.errors import InvalidRequest
from triptych.request import ImageRequest
from triptych.servers import AZURE, GENERIC, LEMONADE, LIKE_OPENAI, LOCALAI, OPENAI, Server

TODAY = date(2026, 11, 23)
BOAT = ImageRequest(model="gpt-image-2.6-flare", prompt="A boat")


def found(request: ImageRequest, server: Server = OPENAI) -> dict[str, str]:
    """The problems by parameter."""
    problems = request.problems(server, TODAY)
    return {problem.parameter: problem.sentence for problem in problems}


CONFLICTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "transparent jpeg": (
        {"background": "transparent", "output_format": "jpeg"},
        "background",
        "A transparent background needs png or webp; jpeg has none.",
    ),
    "gif and stream": ({"output_format": "gif", "stream": True}, "partial_images", "A gif cannot be streamed."),
    "gif and partial images": (
        {"output_format": "gif", "partial_images": 2},
        "partial_images",
        "A gif cannot be streamed.",
    ),
    "gif and compression": (
        {"output_format": "gif", "output_compression": 50},
        "output_compression",
        "Compression works with webp and jpeg only, not gif.",
    ),
    "several svg": ({"output_format": "svg", "n": 2}, "n", "An svg is generated one at a time."),
    "svg and stream": ({"output_format": "svg", "stream": True}, "partial_images", "An svg cannot be streamed."),
    "svg and partial images": (
        {"output_format": "svg", "partial_images": 1},
        "partial_images",
        "An svg cannot be streamed.",
    ),
    "svg and compression": (
        {"output_format": "svg", "output_compression": 50},
        "output_compression",
        "Compression works with webp and jpeg only, not svg.",
    ),
    "png and compression": (
        {"output_compression": 50},
        "output_compression",
        "Compression works with webp and jpeg only, not png.",
    ),
    "a stream of several": (
        {"n": 2, "stream": True},
        "partial_images",
        "The API streams one image at a time.",
    ),
    "partial images of several": (
        {"n": 2, "partial_images": 1},
        "partial_images",
        "The API streams one image at a time.",
    ),
    "frames without gif": ({"frame_count": 4}, "frame_count", "Frames is for gif only, not png."),
    "frame duration without gif": (
        {"frame_duration_ms": 500},
        "frame_duration_ms",
        "Frame duration is for gif only, not png.",
    ),
    "an SVG author without svg": (
        {"svg_model": "gpt-5"},
        "svg_model",
        "An SVG author is for svg only, not png.",
    ),
    "effort without an SVG author": (
        {"output_format": "svg", "svg_effort": "low"},
        "svg_effort",
        "Effort needs an SVG author.",
    ),
}
FINE: dict[str, dict[str, Any]] = {
    "transparent png": {"background": "transparent"},
    "transparent webp": {"background": "transparent", "output_format": "webp"},
    "webp and compression": {"output_format": "webp", "output_compression": 0},
    "jpeg and compression": {"output_format": "jpeg", "output_compression": 50},
    "gif with frames": {"output_format": "gif", "frame_count": 16, "frame_duration_ms": 10},
    "one svg with its author": {"output_format": "svg", "svg_model": "gpt-5", "svg_effort": "low"},
    "one streamed": {"stream": True},
    "three partial images": {"partial_images": 3},
    "several, each streamed": {"n": 10, "partial_images": 1, "stream_each": True},
    "everything at its largest": {"n": 10, "size": "3840x2160", "quality": "max", "complexity": "high"},
}


@pytest.mark.parametrize(("changes", "parameter", "sentence"), CONFLICTS.values(), ids=CONFLICTS)
def test_a_conflict_is_named(changes: dict[str, Any], parameter: str, sentence: str) -> None:
    assert {parameter: sentence} == found(replace(BOAT, **changes))


@pytest.mark.parametrize("changes", [row[0] for row in CONFLICTS.values()], ids=CONFLICTS)
def test_the_fix_of_a_conflict_settles_it(changes: dict[str, Any]) -> None:
    request = replace(BOAT, **changes)
    fixes = [problem.fix for problem in request.problems(OPENAI, TODAY) if problem.fix]

    assert {} == found(replace(request, **fixes[0]))


@pytest.mark.parametrize("size", ["1000x1000", "3856x1600", "3200x800", "512x512", "3840x3840", "1x99999", "wide"])
@pytest.mark.parametrize("model", ["gpt-image-2", "gpt-image-1.5"])
def test_an_illegal_size_offers_a_legal_one(model: str, size: str) -> None:
    request = replace(BOAT, model=model, size=size)
    (problem,) = request.problems(OPENAI, TODAY)

    assert problem.fix
    assert f"Use {problem.fix['size']}" == problem.fix_label
    assert {} == found(replace(request, **problem.fix))


@pytest.mark.parametrize("changes", FINE.values(), ids=FINE)
def test_what_the_api_takes_is_no_problem(changes: dict[str, Any]) -> None:
    assert {} == found(replace(BOAT, **changes))


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": " \n"}, "prompt"),
        ({"prompt": "x" * 32_001}, "prompt"),
        ({"n": 0}, "n"),
        ({"n": 11}, "n"),
        ({"size": "1000x1000"}, "size"),
        ({"quality": "ultra"}, "quality"),
        ({"background": "green"}, "background"),
        ({"output_format": "bmp"}, "output_format"),
        ({"output_format": "webp", "output_compression": 101}, "output_compression"),
        ({"output_format": "webp", "output_compression": -1}, "output_compression"),
        ({"moderation": "high"}, "moderation"),
        ({"complexity": "max"}, "complexity"),
        ({"output_format": "gif", "frame_count": 17}, "frame_count"),
        ({"output_format": "gif", "frame_duration_ms": 655_360}, "frame_duration_ms"),
        ({"partial_images": 4}, "partial_images"),
        ({"output_format": "svg", "svg_model": "x" * 201}, "svg_model"),
        ({"safety_identifier": "x" * 513}, "safety_identifier"),
        ({"model": " "}, "model"),
    ],
)
def test_a_value_out_of_its_range_is_named(changes: dict[str, Any], parameter: str) -> None:
    assert parameter in found(replace(BOAT, **changes))


@pytest.mark.parametrize("model", ["gpt-image-1", "dall-e-2", "dall-e-3"])
def test_a_retired_model_is_refused_on_openai_and_names_its_replacement(model: str) -> None:
    request = replace(BOAT, model=model, size="1024x1024")
    problem = request.problems(OPENAI, TODAY)[0]

    assert f"Its replacement is {MODELS[model].replaced_by}." in problem.sentence
    assert {"model": MODELS[model].replaced_by} == problem.fix


def test_a_retired_model_may_live_on_a_compatible_server() -> None:
    assert {} == found(replace(BOAT, model="dall-e-2", size="512x512"), LIKE_OPENAI)


def test_a_model_is_refused_from_the_day_of_its_shutdown() -> None:
    request = replace(BOAT, model="gpt-image-1.5")

    assert (0, 1) == tuple(len(request.problems(OPENAI, day)) for day in (date(2026, 11, 30), date(2026, 12, 1)))


def test_a_server_that_draws_one_at_a_time_says_so() -> None:
    request = replace(BOAT, model="sd-turbo", size="512x512", n=2)

    assert {"n": "Lemonade generates at most 1 at a time."} == found(request, LEMONADE)


def test_azure_draws_no_webp() -> None:
    assert {"output_format": "Azure OpenAI does not support webp."} == found(replace(BOAT, output_format="webp"), AZURE)


def test_a_local_server_needs_a_size_in_pixels() -> None:
    assert {"size": "LocalAI needs a size in pixels."} == found(replace(BOAT, model="flux"), LOCALAI)


def test_several_are_no_problem_where_nothing_streams() -> None:
    assert {} == found(replace(BOAT, model="flux", size="512x512", n=2, partial_images=2), GENERIC)


def test_a_check_raises_the_first_problem() -> None:
    with pytest.raises(InvalidRequest, match="Write a prompt first") as refused:
        replace(BOAT, prompt="").check()

    assert "prompt" == refused.value.param


def test_a_good_request_passes_the_check() -> None:
    BOAT.check()
