"""Writes a turn onto the Responses wire: the whole response, its items, and the events of its stream."""

import json
from collections.abc import Mapping
from typing import Any

from triptych.results import Usage
from triptych.wire.turns import TurnAsk

ECHOED = (
    "instructions",
    "max_output_tokens",
    "metadata",
    "model",
    "parallel_tool_calls",
    "previous_response_id",
    "safety_identifier",
    "temperature",
    "tool_choice",
    "tools",
    "top_p",
    "truncation",
    "user",
)
DEFAULTS: Mapping[str, Any] = {
    "metadata": {},
    "parallel_tool_calls": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "tools": [],
    "top_p": 1.0,
    "truncation": "disabled",
}


def whole(name: str, ask: TurnAsk, created: float, status: str, output: list[dict[str, Any]]) -> dict[str, Any]:
    """A response as it stands; what it used and why it failed are added to it once they are known."""
    effort = (ask.get("reasoning") or {}).get("effort")
    return {
        "id": name,
        "object": "response",
        "created_at": int(created),
        "status": status,
        "background": ask.background,
        "error": None,
        "incomplete_details": None,
        **{field: ask.get(field, DEFAULTS.get(field)) for field in ECHOED},
        "output": output,
        "reasoning": {"effort": effort, "summary": None},
        "store": ask.stored,
        "text": {"format": {"type": "text"}},
        "usage": None,
    }


def text_usage(read: int, cached: int, written: int, reasoned: int) -> dict[str, Any]:
    """The meter of the text model, in tokens; those `reasoned` are among those `written`."""
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": reasoned},
        "total_tokens": read + written,
    }


def image_usage(used: Usage | None) -> dict[str, Any]:
    """The meter of the image tool, in tokens: all zero where no image was made."""
    used = used or Usage()
    seen = {"text_tokens": used.input_text_tokens or 0, "image_tokens": used.input_image_tokens or 0}
    made = {"text_tokens": used.output_text_tokens or 0, "image_tokens": used.output_image_tokens or 0}
    return {
        "image_gen": {
            "input_tokens": sum(seen.values()),
            "input_tokens_details": seen,
            "output_tokens": sum(made.values()),
            "output_tokens_details": made,
            "total_tokens": sum(seen.values()) + sum(made.values()),
        },
        "web_search": {"num_requests": 0},
    }


def message(name: str, text: str, status: str = "completed", kind: str = "output_text") -> dict[str, Any]:
    """An item of words; `kind` is output_text or refusal."""
    words = {"refusal": text} if kind == "refusal" else {"text": text, "annotations": [], "logprobs": []}
    content = [{"type": kind, **words}] if status != "in_progress" else []
    return {"id": name, "type": "message", "role": "assistant", "status": status, "content": content}


def call(name: str, status: str, **more: Any) -> dict[str, Any]:
    """An item of one image; `more` is what was drawn, and its `result` once it is finished."""
    return {"id": name, "type": "image_generation_call", "status": status, "result": None, **more}


def event(said: Mapping[str, Any]) -> bytes:
    """An event as it goes over the wire."""
    return f"event: {said['type']}\ndata: {json.dumps(said)}\n\n".encode()
