"""What goes back over the wire: the JSON of a whole answer, of its tokens, of a model, and the events of a stream."""

import base64
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from datetime import time as clock
from typing import Any

from triptych.model import Model
from triptych.results import Usage

STREAM_NAMES = {"generation": "image_generation", "edit": "image_edit"}
AT_NO_TIME = datetime.fromtimestamp(0, UTC)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def whole(images: Sequence[Mapping[str, str]], got: Mapping[str, str], used: Usage | None) -> dict[str, Any]:
    """A whole answer: each image as ``b64_json`` or ``url`` or both, what was drawn, and the tokens where known."""
    counted = {"usage": tokens(used)} if used else {}
    return {"created": int(time.time()), "data": list(images), **got, **counted}


def tokens(used: Usage) -> dict[str, Any]:
    """Tokens as they are told of an answer: those that are known."""
    known = {
        "input_tokens": used.input_tokens,
        "input_tokens_details": _kinds(used.input_text_tokens, used.input_image_tokens),
        "output_tokens": used.output_tokens,
        "output_tokens_details": _kinds(used.output_text_tokens, used.output_image_tokens),
    }
    said = {name: count for name, count in known.items() if count is not None}
    if used.input_tokens is not None and used.output_tokens is not None:
        said["total_tokens"] = used.input_tokens + used.output_tokens
    return said


def _kinds(text: int | None, image: int | None) -> dict[str, int] | None:
    known = {"text_tokens": text, "image_tokens": image}
    return {kind: count for kind, count in known.items() if count is not None} or None


def partial(kind: str, data: bytes, number: int, got: Mapping[str, str]) -> bytes:
    """The event of an unfinished image, counted from 0, of a "generation" or an "edit"."""
    said = {"b64_json": b64(data), "partial_image_index": number}
    return _event(f"{STREAM_NAMES[kind]}.partial_image", {**said, "created_at": int(time.time()), **got})


def completed(kind: str, data: bytes, got: Mapping[str, str], used: Usage | None, **more: Any) -> bytes:
    """The event of the finished image; the details of output tokens are in whole answers only, by the SDK's types."""
    counted = {name: count for name, count in tokens(used).items() if name != "output_tokens_details"} if used else None
    said = {"b64_json": b64(data), "created_at": int(time.time()), **got, **({"usage": counted} if counted else {})}
    return _event(f"{STREAM_NAMES[kind]}.completed", {**said, **more})


def failed(error: Mapping[str, Any]) -> bytes:
    """The event that ends a stream instead of its finished image."""
    return _event("error", {"error": dict(error), "sequence_number": 1})


def _event(name: str, data: Mapping[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()


def listed(model: Model, owner: str) -> dict[str, object]:
    """A model as an entry of the list of models."""
    released = datetime.combine(model.released, clock(), UTC) if model.released else AT_NO_TIME
    last_day = model.shuts_down.isoformat() if model.shuts_down else None
    return {
        "id": model.id,
        "object": "model",
        "created": int(released.timestamp()),
        "owned_by": owner,
        "shutdown_date": last_day,
    }
