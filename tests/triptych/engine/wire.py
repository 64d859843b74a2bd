"""What the tests of the demo engine ask and how they read the answers."""

import base64
import io

from openai.types import ImagesResponse
from PIL import Image

MODEL = "gpt-image-2.6-flare"


def files(response: ImagesResponse) -> list[bytes]:
    return [base64.b64decode(image.b64_json or "") for image in response.data or []]


def pictures(response: ImagesResponse) -> list[Image.Image]:
    return [Image.open(io.BytesIO(data)) for data in files(response)]


def png(picture: Image.Image) -> tuple[str, bytes, str]:
    """An upload as the API wants it: with its name and type."""
    out = io.BytesIO()
    picture.save(out, "png")
    return "image.png", out.getvalue(), "image/png"
