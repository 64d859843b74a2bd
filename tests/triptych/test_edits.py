"""Edits as values: their pictures, masks and markups, and what keeps them from being sent."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from triptych.catalog import MODELS
from triptych.inputs import Attachment
from triptych.request import ImageRequest
from triptych.servers import AZURE, DEMO, GENERIC, LEMONADE, LITELLM, LOCALAI, OPENAI, SD_CPP, SGLANG, VLLM, recognise

TODAY = date(2026, 11, 23)
MB = 1 << 20


def one(number: int = 0, form: str = "png", size: tuple[int, int] = (1024, 768), weight: int = 1000) -> Attachment:
    return Attachment(f"{number:064x}", form, *size, weight)


EDIT = ImageRequest(model="gpt-image-2.6-flare", prompt="A boat", size="1024x1024", images=(one(),))
OVER = one(1)
VARIATION = replace(EDIT, prompt="", size="512x512", variation=True, images=(one(size=(512, 512)),))

WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "a 17th picture": (
        {"images": tuple(map(one, range(17)))},
        "images",
        "At most 16 images go with one request; there are 17.",
    ),
    "a picture of 50 MB": (
        {"images": (one(), one(1, weight=50 * MB))},
        "images",
        "Image 2 has 50.0 MB; it must have less than 50.",
    ),
    "a gif": ({"images": (one(), one(1, "gif"))}, "images", "Image 2 is gif: the API takes png, webp and jpeg."),
    "a mask of another size": (
        {"mask": one(1, size=(768, 1024))},
        "mask",
        "The mask has 768x1024 pixels and the first image 1024x768.",
    ),
    "a mask of 4 MB": ({"mask": one(1, weight=4 * MB)}, "mask", "The mask has 4.0 MB; it must have less than 4."),
    "a mask that is no PNG": ({"mask": one(1, "webp")}, "mask", "The mask must be a PNG, not webp."),
    "a mask without a picture": ({"images": (), "mask": OVER}, "mask", "The mask needs an image."),
    "a gif with a mask": (
        {"mask": OVER, "output_format": "gif"},
        "mask",
        "A gif cannot be edited with a mask.",
    ),
    "mask and markup": ({"mask": OVER, "markup": one(2)}, "markup", "Mask and markup do not go together."),
    "a markup of another size": (
        {"markup": one(1, size=(8, 8))},
        "markup",
        "The markup has 8x8 pixels and the first image 1024x768.",
    ),
    "a markup for an older model": (
        {"model": "gpt-image-2", "markup": OVER},
        "markup",
        "gpt-image-2 takes no markup.",
    ),
    "a stream of several": (
        {"n": 2, "partial_images": 1},
        "partial_images",
        "The API streams one image at a time.",
    ),
}
FINE: dict[str, dict[str, Any]] = {
    "sixteen pictures": {"images": tuple(map(one, range(16)))},
    "every format": {"images": (one(), one(1, "webp"), one(2, "jpeg"))},
    "the largest picture": {"images": (one(weight=50 * MB - 1),)},
    "the largest mask": {"mask": one(1, weight=4 * MB - 1)},
    "a mask of the first of two": {"images": (one(), one(2, size=(64, 64))), "mask": OVER},
    "a markup": {"markup": OVER},
    "a markup for 2.5": {"model": "gpt-image-2.5-flare", "markup": OVER},
    "high fidelity": {"model": "gpt-image-1.5", "input_fidelity": "high"},
    "what edits do not know": {"moderation": "nonsense"},
}


def found(request: ImageRequest, server: Any = OPENAI) -> dict[str, str]:
    return {problem.parameter: problem.sentence for problem in request.problems(server, TODAY)}


@pytest.mark.parametrize(("changes", "parameter", "sentence"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_edited_is_said(changes: dict[str, Any], parameter: str, sentence: str) -> None:
    assert {parameter: sentence} == found(replace(EDIT, **changes))


@pytest.mark.parametrize("changes", [row[0] for row in WRONG.values()], ids=WRONG)
def test_the_fix_settles_it(changes: dict[str, Any]) -> None:
    request = replace(EDIT, **changes)
    fixes = [problem.fix for problem in request.problems(OPENAI, TODAY) if problem.fix]

    assert {} == found(replace(request, **fixes[0]))


@pytest.mark.parametrize("changes", FINE.values(), ids=FINE)
def test_what_the_api_edits_is_no_problem(changes: dict[str, Any]) -> None:
    assert {} == found(replace(EDIT, **changes))


def test_fidelity_is_low_only_for_mini_and_unknown_to_newer_models() -> None:
    high = replace(EDIT, input_fidelity="high")

    assert {"input_fidelity"} == set(found(replace(high, model="gpt-image-1-mini")))
    assert {"input_fidelity": "high"}.items() <= replace(high, model="gpt-image-1.5").api_kwargs().items()
    for name in ("gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.6-flare"):
        assert "input_fidelity" not in replace(high, model=name).api_kwargs()


def test_an_edit_offers_fidelity_and_no_moderation_and_a_generation_the_reverse() -> None:
    model = MODELS["gpt-image-1.5"]

    assert {"moderation"} == set(model.parameters) - set(model.at("edits"))
    assert {"input_fidelity"} == set(model.at("edits")) - set(model.parameters)
    assert "moderation" not in replace(EDIT, moderation="low").api_kwargs()


@pytest.mark.parametrize(
    ("server", "masks", "markups"),
    [
        (OPENAI, True, True),
        (DEMO, True, True),
        (AZURE, True, False),
        (LITELLM, True, False),
        (SD_CPP, True, False),
        (LEMONADE, True, False),
        (VLLM, False, False),
        (SGLANG, False, False),
    ],
    ids=lambda value: getattr(value, "id", None),
)
def test_a_server_edits_as_its_preset_says(server: Any, masks: bool, markups: bool) -> None:
    assert {} == found(EDIT, server)
    assert masks == ("mask" not in found(replace(EDIT, mask=OVER), server))
    assert markups == ("markup" not in found(replace(EDIT, markup=OVER), server))


@pytest.mark.parametrize("server", [LOCALAI, GENERIC], ids=lambda server: server.id)
def test_a_server_that_only_generates_says_so(server: Any) -> None:
    sentence = f"{server.label} works from a prompt only and takes no images."

    assert {"images": sentence} == found(replace(EDIT, mask=OVER), server)


def test_lemonade_is_known_by_its_list_and_makes_several_edits_but_one_generation() -> None:
    assert LEMONADE is recognise("http://localhost:9000/api/v1", [{"id": "SDXL-Turbo", "image_defaults": {}}])
    assert {} == found(replace(EDIT, n=10), LEMONADE)
    assert {"n"} == set(found(replace(EDIT, n=2, images=()), LEMONADE))
    assert 10 == replace(EDIT, n=10).api_kwargs(LEMONADE)["n"]


def test_variations_are_for_servers_that_still_have_them() -> None:
    assert {} == found(VARIATION, LEMONADE)
    assert {"model": VARIATION.model, "size": "512x512", "n": 2, "response_format": "b64_json"} == replace(
        VARIATION, n=2
    ).api_kwargs(LEMONADE)
    problem = next(one for one in VARIATION.problems(OPENAI, TODAY) if one.parameter == "variation")
    assert ("retired" in problem.sentence, {"variation": False}) == (True, problem.fix)


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"images": ()}, "images"),
        ({"images": (one(size=(8, 8)), one(1, size=(8, 8)))}, "images"),
        ({"images": (one(size=(512, 256)),)}, "images"),
        ({"images": (one(form="jpeg", size=(512, 512)),)}, "images"),
        ({"images": (one(size=(512, 512), weight=4 * MB),)}, "images"),
        ({"mask": one(1, size=(512, 512))}, "mask"),
        ({"size": "1536x1024"}, "size"),
    ],
)
def test_a_variation_keeps_to_the_retired_contract(changes: dict[str, Any], parameter: str) -> None:
    assert {parameter} == set(found(replace(VARIATION, **changes), LEMONADE))


def test_a_request_names_its_files_for_sending_and_export() -> None:
    request = replace(EDIT, images=(one(), one(1, "jpeg")), mask=one(2), markup=one(3))

    assert ["input-1.png", "input-2.jpg", "mask.png", "markup.png"] == [name for name, _, _ in request.named]
    assert ["image", "image", "mask", "markup"] == [role for _, role, _ in request.named]


def test_an_edit_is_written_down_and_read_back_and_known_by_its_files() -> None:
    request = replace(EDIT, mask=OVER, input_fidelity="low")

    assert request == ImageRequest.from_json(request.to_json())
    assert request.fingerprint() == ImageRequest.from_json(request.to_json()).fingerprint()
    assert 3 == len({request.fingerprint(), EDIT.fingerprint(), replace(EDIT, images=()).fingerprint()})
