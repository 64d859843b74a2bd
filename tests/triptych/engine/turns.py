"""What the tests of conversations ask and how they read the answers."""

import base64
import io
from typing import Any

from openai import AsyncOpenAI
from openai.types.responses import Response
from PIL import Image, ImageChops

TEXT_MODEL = "gpt-5.6-luna"


TOOL = {"type": "image_generation", "model": "gpt-image-2.6-flare", "quality": "low", "size": "1024x1024"}


def asked(said: Any, **more: Any) -> dict[str, Any]:
    """A turn as the SDK is asked for it; `tool` adds to the tool's parameters."""
    tool = {**TOOL, **more.pop("tool", {})}
    return {"model": TEXT_MODEL, "input": said, "tools": [tool], **more}


async def told(api: AsyncOpenAI, said: Any, **more: Any) -> Response:
    response: Response = await api.responses.create(**asked(said, **more))
    return response


def call(response: Response) -> Any:
    return next((item for item in response.output if item.type == "image_generation_call"), None)


def picture(response: Response) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(call(response).result)))


def changed(before: Image.Image, after: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of all that differs."""
    return ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() or (0, 0, 0, 0)


def data_url(image: Image.Image) -> str:
    out = io.BytesIO()
    image.save(out, "png")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def shown(words: str, *images: dict[str, Any]) -> Any:
    """A message of words and images."""
    content = [{"type": "input_text", "text": words}, *({"type": "input_image", **image} for image in images)]
    return [{"type": "message", "role": "user", "content": content}]
