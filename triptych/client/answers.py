"""The server's answers as ours: pictures read from their bytes, usage as far as it is told."""

import re
from collections.abc import Mapping
from typing import Any

from triptych.client.documents import is_endless
from triptych.errors import BadAnswer
from triptych.inputs import measured
from triptych.results import Picture, Usage

GOT = ("size", "quality", "background", "output_format")
MOST_TOKENS = 10**30  # beyond, it is no count: what stores and shows numbers has an end
SVG_HEAD = 4096  # bytes in which an SVG's root element must begin


def picture(data: bytes) -> Picture:
    """The picture in ``data`` with the format and size that its first bytes say; raises BadAnswer if they hold none.

    Nothing is decoded: what is too large, damaged or of a format without a preview here is a picture that is kept.
    """
    if not data:
        raise BadAnswer("The server's answer contains an empty image.")
    if found := measured(data):
        form, width, height = found
        return Picture(data, form.name, width, height)
    if svg := _svg(data):
        return svg
    raise BadAnswer(f"The server's answer holds {len(data):,} bytes that are not an image.")


def usage(said: Any, svg: Any = None) -> Usage | None:
    """The tokens of a ``usage`` object; None where there is none or, as some servers send it, it is all zeros."""
    outer = _mapping(said)
    inside, outside = _mapping(outer.get("input_tokens_details")), _mapping(outer.get("output_tokens_details"))
    told = {
        "input_tokens": outer.get("input_tokens"),
        "input_text_tokens": inside.get("text_tokens"),
        "input_image_tokens": inside.get("image_tokens"),
        "output_tokens": outer.get("output_tokens"),
        "output_image_tokens": outside.get("image_tokens"),
        "output_text_tokens": outside.get("text_tokens"),
    }
    counts = {name: _count(value) for name, value in told.items()}
    untrue = [f"{name} {value}" for name, value in told.items() if counts[name] is None and _is_number(value)]
    found = Usage(**counts, svg=_mapping(svg) or None, untrue=", ".join(untrue) or None)
    return found if any(value for value in vars(found).values()) else None


def turn_usage(said: Any, tools: Any, *calls: Mapping[str, Any], made: bool) -> Usage | None:
    """The tokens of both meters of a turn: of its ``usage``, which is the text model's, and of its ``tool_usage``.

    The image tool's are 0 where it made nothing and none are told, None where it did.
    """
    svg = next((one["svg_usage"] for one in calls if one.get("svg_usage")), None)
    images = usage(_mapping(tools).get("image_gen"), svg) or (
        Usage() if made else Usage(input_tokens=0, output_tokens=0)
    )
    outer = _mapping(said)
    inside, outside = _mapping(outer.get("input_tokens_details")), _mapping(outer.get("output_tokens_details"))
    told = {
        "text_model_input_tokens": outer.get("input_tokens"),
        "text_model_cached_tokens": inside.get("cached_tokens"),
        "text_model_output_tokens": outer.get("output_tokens"),
        "text_model_reasoning_tokens": outside.get("reasoning_tokens"),
    }
    counts = {name: _count(value) for name, value in told.items()}
    untrue = [f"{name} {value}" for name, value in told.items() if counts[name] is None and _is_number(value)]
    doubtful = ", ".join(filter(None, [images.untrue, *untrue])) or None
    found = Usage(**{**vars(images), **counts, "untrue": doubtful})
    return found if outer or any(value for value in vars(found).values()) else None


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


def _is_number(value: Any) -> bool:
    return (isinstance(value, int | float) and not isinstance(value, bool)) or is_endless(value)


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
