"""A picture and its paint as the browser needs them to be painted on: no larger than the screen has use for."""

import base64
import io
from typing import Any

from triptych.inputs import decoded
from triptych.masks.painting import Painting, canvas_of

EDGE = 1600  # pixels, the longer edge of a picture that is shown as a whole
SHARPEST = 4096  # pixels, of one that is looked at closely
LEVELS = 16  # of the paint's edge on the screen; the mask has all of them
MOST_OVERLAY = 10_000  # bytes of it


def backdrop(data: bytes, edge: int = EDGE) -> bytes:
    """``data``, a picture, as a WebP whose longer edge is ``edge`` pixels at most."""
    from PIL import Image

    opened = decoded(data, edge)
    picture = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    picture.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=82, method=2)
    return written.getvalue()


def base_object(painting: Painting) -> dict[str, Any] | None:
    """A painting's baked paint as an object of the canvas, None where there is none."""
    if painting.base is None:
        return None
    width, height = canvas_of(painting.size)
    data, (across, down) = _overlay(painting.base, (width, height))
    place = {"left": 0, "top": 0, "originX": "left", "originY": "top", "width": across, "height": down}
    place |= {"scaleX": width / across, "scaleY": height / down, "selectable": False, "evented": False}
    return {"type": "Image", "src": f"data:image/png;base64,{base64.b64encode(data).decode()}", **place}


def _overlay(base: bytes, size: tuple[int, int]) -> tuple[bytes, tuple[int, int]]:
    """The paint in red on nothing as a small PNG, and its size in pixels."""
    from PIL import Image

    with Image.open(io.BytesIO(base), formats=("PNG",)) as opened:
        paint = opened.convert("L")
    level = 255 / (LEVELS - 1)
    while True:
        shown = paint.resize(size, Image.Resampling.BOX).point(lambda grey: round(grey / level))
        indexed = Image.frombytes("P", size, shown.tobytes())
        indexed.putpalette(bytes([255, 0, 0]) * LEVELS)
        written = io.BytesIO()
        alphas = bytes(round(index * level) for index in range(LEVELS))
        indexed.save(written, "PNG", transparency=alphas, optimize=True)
        if written.tell() <= MOST_OVERLAY or min(size) < EDGE // 8:
            return written.getvalue(), size
        size = (max(1, size[0] // 2), max(1, size[1] // 2))
