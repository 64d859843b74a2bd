"""The content credentials of the demo's pictures, read back with the standard's own reader."""

import io
import json
from typing import Any

import pytest
from c2pa import C2paError, Reader
from openai import OpenAI
from PIL import Image

from tests.triptych.engine.wire import MODEL, files, png
from triptych.engine.manifest import SIGNED_BY
from triptych.inputs.formats import KNOWN


def credentials(data: bytes, form: str) -> tuple[dict[str, Any], str]:
    """The active manifest and its state."""
    with Reader(KNOWN[form].media_type, io.BytesIO(data)) as reader:
        return json.loads(reader.json())["manifests"][_label(reader)], str(reader.get_validation_state())


def _label(reader: Reader) -> str:
    return str(json.loads(reader.json())["active_manifest"])


def action(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = manifest["assertions"][0]["data"]["actions"][0]
    return found


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "gif", "svg"])
def test_every_format_carries_a_manifest_that_names_the_demo(client: OpenAI, form: str) -> None:
    response = client.images.generate(model=MODEL, prompt="a cat", quality="low", size="1024x640", output_format=form)

    manifest, state = credentials(files(response)[0], form)

    assert "Valid" == state
    assert "Triptych demo engine" == manifest["claim_generator_info"][0]["name"]
    assert SIGNED_BY == manifest["signature_info"]["common_name"]
    assert "not a real signature" in SIGNED_BY
    assert action(manifest)["digitalSourceType"].endswith("/algorithmicMedia")
    assert "c2pa.created" == action(manifest)["action"]


def test_an_edit_says_that_it_is_composed(client: OpenAI) -> None:
    response = client.images.edit(model=MODEL, prompt="at night", image=png(Image.new("RGB", (64, 64), "teal")))

    manifest, _ = credentials(files(response)[0], "png")

    assert action(manifest)["digitalSourceType"].endswith("/compositeSynthetic")


def test_a_changed_picture_is_found_out(client: OpenAI) -> None:
    data = bytearray(files(client.images.generate(model=MODEL, prompt="a cat", quality="low"))[0])
    data[-200] ^= 1

    _, state = credentials(bytes(data), "png")

    assert "Invalid" == state


def test_partial_images_are_not_signed(client: OpenAI) -> None:
    import base64

    first = next(
        iter(client.images.generate(model=MODEL, prompt="a cat", stream=True, partial_images=1, quality="low"))
    )

    with pytest.raises(C2paError):
        credentials(base64.b64decode(first.b64_json), "png")
