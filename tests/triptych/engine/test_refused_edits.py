"""What the API refuses of an edit, the demo engine refuses in the same words."""

import base64
import io
from typing import Any

import pytest
from openai import APIStatusError, BadRequestError, OpenAI
from PIL import Image

from tests.triptych.engine.wire import MODEL, png

SQUARE = Image.new("RGB", (64, 64), "teal")
CLEAR = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
NO_ALPHA = "Invalid mask image format - mask image missing alpha channel"
MIME = (
    "Invalid file 'image': unsupported mimetype ('application/octet-stream'). "
    "Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'."
)


def _jpeg() -> tuple[str, bytes, str]:
    out = io.BytesIO()
    SQUARE.save(out, "jpeg")
    return "mask.jpg", out.getvalue(), "image/jpeg"


EDITS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a file without its type": ({"image": png(SQUARE)[1]}, "unsupported_file_mimetype", MIME),
    "a file that is no picture": (
        {"image": ("a.png", b"no picture", "image/png")},
        "invalid_image_file",
        "Invalid image file or mode for image 1",
    ),
    "the second file that is no picture": (
        {"image": [png(SQUARE), ("a.png", b"no picture", "image/png")]},
        "invalid_image_file",
        "for image 2",
    ),
    "a gif by another name": (
        {"image": ("a.png", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "image/png")},
        "invalid_image_file",
        "image 1",
    ),
    "seventeen pictures": ({"image": [png(SQUARE)] * 17}, "array_above_max_length", "maximum length 16"),
    "a picture of 50 MB": (
        {"image": ("a.png", png(SQUARE)[1].ljust(50 << 20, b"\0"), "image/png")},
        "image_file_too_large",
        "50 MB",
    ),
    "a mask of another size": (
        {"mask": png(CLEAR.resize((32, 64)))},
        "invalid_mask_image_format",
        "Invalid mask image format - mask size does not match image size",
    ),
    "a mask without alpha": ({"mask": png(SQUARE)}, "invalid_mask_image_format", NO_ALPHA),
    "a mask that is a jpeg": ({"mask": _jpeg()}, "invalid_mask_image_format", "PNG"),
    "a mask of 4 MB": (
        {"mask": ("m.png", png(CLEAR)[1].ljust(4 << 20, b"\0"), "image/png")},
        "invalid_mask_image_format",
        "4 MB",
    ),
    "a mask for a gif": ({"mask": png(CLEAR), "output_format": "gif"}, "invalid_value", "'gif'"),
    "a number in words": ({"extra_body": {"n": "two"}}, "invalid_type", "'n'"),
    "response_format": ({"response_format": "b64_json"}, "unknown_parameter", "response_format"),
}


@pytest.mark.parametrize(("sent", "code", "words"), EDITS.values(), ids=EDITS)
def test_an_edit_is_refused(client: OpenAI, sent: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        client.images.edit(**{"model": MODEL, "prompt": "a cat", "image": png(SQUARE), **sent})

    assert code == refused.value.code
    assert words in str(refused.value)


def test_an_edit_needs_a_picture(client: OpenAI) -> None:
    with pytest.raises(BadRequestError) as refused:
        client.post("/images/edits", cast_to=object, body={"model": MODEL, "prompt": "a cat", "images": []})

    assert "missing_required_parameter" == refused.value.code


@pytest.mark.parametrize(
    ("url", "code"),
    [("https://example.com/a.png", "invalid_image_url"), ("data:image/png;base64,%%%", "invalid_base64_image")],
)
def test_json_edits_take_data_urls_only(client: OpenAI, url: str, code: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        client.post(
            "/images/edits", cast_to=object, body={"model": MODEL, "prompt": "a cat", "images": [{"image_url": url}]}
        )

    assert code == refused.value.code


def test_mask_and_markup_exclude_each_other(client: OpenAI) -> None:
    url = {"image_url": f"data:image/png;base64,{base64.b64encode(png(CLEAR)[1]).decode()}"}
    body = {"model": MODEL, "prompt": "a cat", "images": [url], "mask": url, "markup": url}

    with pytest.raises(BadRequestError, match="cannot be combined"):
        client.post("/images/edits", cast_to=object, body=body)


def test_a_bomb_is_refused_by_its_header(client: OpenAI) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 9_000)).save(out, "png")

    with pytest.raises(BadRequestError) as refused:
        client.images.edit(model=MODEL, prompt="a cat", image=("bomb.png", out.getvalue(), "image/png"))

    assert "invalid_image_file" == refused.value.code


def test_a_variation_wants_a_square_and_a_legacy_size(client: OpenAI) -> None:
    with pytest.warns(DeprecationWarning, match="deprecated"), pytest.raises(APIStatusError, match="square"):
        client.images.create_variation(image=png(Image.new("RGB", (64, 32))))
    with pytest.warns(DeprecationWarning, match="deprecated"), pytest.raises(APIStatusError, match="256x256"):
        client.images.create_variation(image=png(SQUARE), size="640x640")
