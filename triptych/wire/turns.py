"""Reads a turn of a conversation off the Responses wire: what is said, which images are shown, and what is asked."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from triptych.wire.asks import Fields, Find, Upload, image
from triptych.wire.refusals import Refusal, invalid, missing

KNOWN = {
    "access_programs",
    "background",
    "background_options",
    "context_management",
    "conversation",
    "image",
    "include",
    "input",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "moderation",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_diagnostics",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
}
TOOL = "image_generation"
OF_TOOL = {
    "type",
    "action",
    "background",
    "complexity",
    "frame_count",
    "frame_duration_ms",
    "input_fidelity",
    "input_image_mask",
    "model",
    "moderation",
    "output_compression",
    "output_format",
    "partial_images",
    "quality",
    "size",
    "svg",
}
ACTIONS = ("auto", "generate", "edit")
KINDS: Mapping[str, tuple[type, str]] = {
    **dict.fromkeys(("background", "store", "stream"), (bool, "a boolean")),
    **dict.fromkeys(("model", "previous_response_id", "safety_identifier"), (str, "a string")),
    "reasoning": (dict, "an object"),
    "tools": (list, "an array of objects"),
}
LONGEST_IDENTIFIER = 128  # characters


@dataclass(frozen=True)
class Said:
    """Words of the conversation; `role` is user, assistant, system or developer."""

    role: str
    text: str


@dataclass(frozen=True)
class Call:
    """An earlier image, by the id of its call; `upload` is the image itself where it was sent again."""

    id: str
    upload: Upload | None = None


Piece = Said | Upload | Call


@dataclass(frozen=True)
class TurnAsk(Fields):
    """One request for a turn; `tool` is None where no image may be made, `mask` the tool's `input_image_mask`."""

    fields: Mapping[str, Any]
    pieces: tuple[Piece, ...]
    tool: Mapping[str, Any] | None = None
    mask: Upload | None = None
    forced: bool = False

    @property
    def background(self) -> bool:
        return self.get("background") is True

    @property
    def stored(self) -> bool:
        return self.get("store", True) is True

    @property
    def said(self) -> str:
        """What the user says in this turn."""
        return "\n".join(piece.text for piece in self.pieces if isinstance(piece, Said) and piece.role == "user")

    @property
    def action(self) -> str:
        return str((self.tool or {}).get("action") or "auto")


async def read(request: Request, find: Find) -> TurnAsk:
    """Raises Refusal for what is no turn."""
    try:
        fields = json.loads(await request.body())
    except (ValueError, RecursionError):  # nested deeper than any request is
        fields = None
    if not isinstance(fields, dict):
        raise Refusal("We could not parse the JSON body of your request.")
    _check(fields)
    pieces = tuple(_pieces(fields["input"], find))
    tool, place = _tool(fields)
    masked = (tool or {}).get("input_image_mask")
    mask = image(masked, f"{place}.input_image_mask", find) if masked else None
    choice = fields.get("tool_choice") or "auto"
    forced = choice == "required" or (isinstance(choice, dict) and choice.get("type") == TOOL)
    if forced and tool is None:
        raise invalid("tool_choice", f"Tool choice '{TOOL}' not found in 'tools' parameter.")
    return TurnAsk(fields, pieces, None if choice == "none" else tool, mask, forced)


def _check(fields: Mapping[str, Any]) -> None:
    """Each field by itself, and those that exclude each other."""
    for name in fields:
        if name not in KNOWN:
            raise invalid(name, f"Unknown parameter: '{name}'.", "unknown_parameter")
    for name in ("model", "input"):
        if not fields.get(name):
            raise missing(name)
    for name, (kind, expected) in KINDS.items():
        _of_kind(name, fields.get(name), kind, expected)
    _of_kind("reasoning.effort", (fields.get("reasoning") or {}).get("effort"), str, "a string")
    if fields.get("conversation"):
        raise invalid("conversation", "Conversations are not held here: use 'previous_response_id'.")
    if fields.get("background") and fields.get("store") is False:
        raise invalid("background", "Background mode requires 'store' to be true.")
    if len(fields.get("safety_identifier") or "") > LONGEST_IDENTIFIER:
        message = f"Invalid 'safety_identifier': expected at most {LONGEST_IDENTIFIER} characters."
        raise invalid("safety_identifier", message, "string_above_max_length")


def _of_kind(name: str, value: Any, kind: type, expected: str) -> None:
    if value is not None and not isinstance(value, kind):
        raise invalid(name, f"Invalid type for '{name}': expected {expected}.", "invalid_type")


def _tool(fields: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, str]:
    """The image tool and where it stands in the request."""
    for number, tool in enumerate(fields.get("tools") or []):
        place = f"tools[{number}]"
        if not isinstance(tool, dict) or tool.get("type") != TOOL:
            raise invalid(place, f"Here is only one tool: '{TOOL}'.")
        for name in tool:
            if name not in OF_TOOL:
                raise invalid(f"{place}.{name}", f"Unknown parameter: '{place}.{name}'.", "unknown_parameter")
        _of_kind(f"{place}.model", tool.get("model"), str, "a string")
        _of_kind(f"{place}.svg", tool.get("svg"), dict, "an object")
        if (tool.get("action") or "auto") not in ACTIONS:
            said = f"Invalid value: '{tool['action']}'. Supported values are: 'auto', 'generate', and 'edit'."
            raise invalid(f"{place}.action", said)
        return tool, place
    return None, ""


def _pieces(given: Any, find: Find) -> Iterator[Piece]:
    """The input, piece by piece, in its order."""
    if isinstance(given, str):
        yield Said("user", given)
        return
    if not isinstance(given, list):
        raise invalid("input", "Invalid type for 'input': expected a string or an array.", "invalid_type")
    for number, item in enumerate(given):
        yield from _item(item, f"input[{number}]", find)


def _item(item: Any, place: str, find: Find) -> Iterator[Piece]:
    kind = item.get("type", "message") if isinstance(item, dict) else None
    if kind == "message":
        yield from _message(item, place, find)
    elif kind == "image_generation_call":
        name, result = item.get("id"), item.get("result")
        if not isinstance(name, str):
            raise missing(f"{place}.id")
        again = {"image_url": f"data:{_mime(item)};base64,{result}"} if result else None
        yield Call(name, image(again, f"{place}.result", find) if again else None)
    elif kind == "item_reference":
        yield Call(str(item.get("id", "")))
    elif kind != "reasoning":
        raise invalid(f"{place}.type", f"Invalid value: '{kind}'.")


def _mime(item: Mapping[str, Any]) -> str:
    return f"image/{item.get('output_format') or 'png'}"


def _message(item: Mapping[str, Any], place: str, find: Find) -> Iterator[Piece]:
    role, content = item.get("role"), item.get("content")
    if role not in {"user", "assistant", "system", "developer"}:
        raise invalid(f"{place}.role", f"Invalid value: '{role}'.")
    parts = [{"type": "input_text", "text": content}] if isinstance(content, str) else content
    if not isinstance(parts, list):
        raise missing(f"{place}.content")
    for number, part in enumerate(parts):
        here, kind = f"{place}.content[{number}]", part.get("type") if isinstance(part, dict) else None
        if kind in {"input_text", "output_text"}:
            yield Said(role, str(part.get("text", "")))
        elif kind == "input_image":
            yield image(part, here, find)
        elif kind != "refusal":
            raise invalid(f"{here}.type", f"Invalid value: '{kind}'.")
