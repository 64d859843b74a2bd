"""The server's answers as ours: pictures read from their bytes, usage as far as it is told."""

import io
import re
import warnings
from collections.abc import Mapping
from typing import Any

from PIL import Image, UnidentifiedImageError

from triptych.errors import BadAnswer
from triptych.results import Picture, Usage

RASTER = ("PNG", "JPEG", "WEBP", "GIF")
GOT = ("size", "quality", "background", "output_format")
MOST_TOKENS = 10**30  # beyond, it is no count: what stores and shows numbers has an end
SVG_HEAD = 4096  # bytes in which an SVG's root element must begin


def picture(data: bytes) -> Picture:
    """The picture in ``data`` with the format and size that its bytes say; raises BadAnswer if they hold none."""
    if not data:
        raise BadAnswer("The server's answer holds an empty picture.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # only the header is read here
            with Image.open(io.BytesIO(data), formats=RASTER) as image:
                return Picture(data, str(image.format).lower(), *image.size)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        if found := _svg(data):
            return found
    raise BadAnswer(f"The server's answer holds {len(data):,} bytes that are not a picture.")


def usage(said: Any, svg: Any = None) -> Usage | None:
    """The tokens of a ``usage`` object; None where there is none or, as some servers send it, it is all zeros."""
    outer = _mapping(said)
    inside, outside = _mapping(outer.get("input_tokens_details")), _mapping(outer.get("output_tokens_details"))
    found = Usage(
        input_tokens=_count(outer.get("input_tokens")),
        input_text_tokens=_count(inside.get("text_tokens")),
        input_image_tokens=_count(inside.get("image_tokens")),
        output_tokens=_count(outer.get("output_tokens")),
        output_image_tokens=_count(outside.get("image_tokens")),
        output_text_tokens=_count(outside.get("text_tokens")),
        svg=_mapping(svg) or None,
    )
    return found if any(value for value in vars(found).values()) else None


def got(said: Mapping[str, Any], first: Picture) -> dict[str, str]:
    """What the server says it did, and where it says nothing what the bytes show."""
    told = {name: str(said[name]) for name in GOT if said.get(name)}
    return {**told, "output_format": first.format, "size": first.size}


def _mapping(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}


def _count(value: Any) -> int | None:
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    known = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < MOST_TOKENS
    return number if known else None


def _svg(data: bytes) -> Picture | None:
    head = data[:SVG_HEAD].decode("utf-8", errors="replace")
    root = re.search(r"<svg\b[^>]*>", head)
    if not root or not re.match(r"\ufeff?\s*(<\?xml|<!--|<!DOCTYPE svg|<svg)", head):
        return None
    width, height = (re.search(rf'\b{edge}="(\d+)(?:px)?"', root[0]) for edge in ("width", "height"))
    box = re.search(r'\bviewBox="[\d.-]+[ ,]+[\d.-]+[ ,]+(\d+)[\d.]*[ ,]+(\d+)', root[0])
    if width and height:
        return Picture(data, "svg", int(width[1]), int(height[1]))
    return Picture(data, "svg", *((int(box[1]), int(box[2])) if box else (0, 0)))
