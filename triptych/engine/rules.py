"""Refuses what the Images API refuses, with its codes and its words where they are known; facts are the catalog's."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from triptych.catalog import MODELS
from triptych.engine.uploads import check_files
from triptych.model import Model
from triptych.parameters import PARAMETERS, PROMPT_LIMIT, Number, Sizes, pixels
from triptych.wire.asks import KNOWN, Ask
from triptych.wire.refusals import USER, Refusal, invalid, missing

VARIATION_SIZES = ("256x256", "512x512", "1024x1024")


def check(ask: Ask) -> None:
    """Raise the Refusal the API would answer with, if any."""
    for name in ask.fields:
        if name not in KNOWN[ask.kind]:
            raise invalid(name, f"Unknown parameter: '{name}'.", "unknown_parameter")
    if ask.kind == "variation":
        _number(ask, "n", 1, 10)
        _one_of(ask, "size", VARIATION_SIZES)
        _one_of(ask, "response_format", ("url", "b64_json"))
    else:
        entry = _model(ask)
        _prompt(ask)
        _values(ask, entry)
        _size(ask, entry.sizes)
        _format(ask)
        _stream(ask)
    check_files(ask)


def active(today: Any = None) -> list[Model]:
    """The models the demo engine serves: those OpenAI has not shut down."""
    day = today or datetime.now(UTC).date()
    return [model for model in MODELS.values() if not model.retired(day)]


def _model(ask: Ask) -> Model:
    name = ask.get("model")
    if name is None:
        raise missing("model")
    for model in active():
        if model.id == name:
            return model
    raise invalid("model", f"The model '{name}' does not exist.", kind=USER)


def _prompt(ask: Ask) -> None:
    prompt = ask.get("prompt")
    if prompt is None or prompt == "":
        raise missing("prompt")
    if not isinstance(prompt, str):
        raise _type("prompt", "a string", prompt)
    if len(prompt) > PROMPT_LIMIT:
        long = (
            f"Expected a string with maximum length {PROMPT_LIMIT}, but got a string with length {len(prompt)} instead."
        )
        raise invalid("prompt", f"Invalid 'prompt': string too long. {long}", "string_above_max_length")


def _values(ask: Ask, entry: Model) -> None:
    """Each value by itself, against what the catalog says the model takes."""
    for name in ("n", "output_compression", "frame_count", "frame_duration_ms", "partial_images"):
        parameter = PARAMETERS[name]
        if isinstance(parameter, Number):
            _number(ask, name, 0 if name == "frame_duration_ms" else parameter.low, parameter.high)
    for name in ("quality", "moderation", "output_format"):
        _one_of(ask, name, (*entry.options.get(name, ()), *(("auto",) if name != "output_format" else ())))
    _one_of(ask, "background", ("transparent", "opaque", "auto"))
    if ask.get("background") == "transparent" and "transparent" not in entry.options.get("background", ()):
        raise invalid("background", "Transparent background is not supported for this model", kind=USER)
    for name in ("complexity", "input_fidelity"):
        options = entry.options.get(name, ("low", "high") if name == "input_fidelity" else ())
        if ask.get(name) is not None and not options:
            raise invalid(name, f"The model '{entry.id}' does not support the '{name}' parameter.", kind=USER)
        _one_of(ask, name, options)
    if not isinstance(ask.get("stream", False), bool):
        raise _type("stream", "a boolean", ask.get("stream"))


def _one_of(ask: Ask, name: str, options: Collection[str]) -> None:
    value = ask.get(name)
    if value is not None and value not in options:
        supported = ", ".join(f"'{option}'" for option in options)
        raise invalid(name, f"Invalid value: '{value}'. Supported values are: {supported}.")


def _number(ask: Ask, name: str, low: int, high: int) -> None:
    value = ask.get(name)
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise _type(name, "an integer", value)
    if value < low:
        message = f"Invalid '{name}': integer below minimum value. Expected a value >= {low}, but got {value} instead."
        raise invalid(name, message, "integer_below_min_value")
    # A longer frame is capped, not refused.
    if value > high and name != "frame_duration_ms":
        message = f"Invalid '{name}': integer above maximum value. Expected a value <= {high}, but got {value} instead."
        raise invalid(name, message, "integer_above_max_value")


def _type(name: str, expected: str, value: Any) -> Refusal:
    kinds = {
        bool: "a boolean",
        str: "a string",
        int: "an integer",
        float: "a decimal number",
        list: "an array",
        dict: "an object",
    }
    got = kinds.get(type(value), "null")
    return invalid(name, f"Invalid type for '{name}': expected {expected}, but got {got} instead.", "invalid_type")


def _size(ask: Ask, sizes: Sizes) -> None:
    size = ask.get("size", "auto")
    if size == "auto" or size in sizes.presets:
        return
    edges = pixels(size) if isinstance(size, str) else None
    if edges is None or not sizes.any_size:
        _one_of(ask, "size", (*sizes.presets, "auto"))
    elif said := _limits(sizes, *edges):
        raise invalid("size", f"Invalid size '{size}'. {said}", kind=USER)


def _limits(sizes: Sizes, width: int, height: int) -> str | None:
    """What is wrong with a size, in the API's words (those for the ratio are not known and are ours)."""
    if width % sizes.multiple or height % sizes.multiple:
        return f"Width and height must both be divisible by {sizes.multiple}."
    if max(width, height) > sizes.longest:
        return f"The longest edge must be less than or equal to {sizes.longest}."
    if max(width, height) > sizes.ratio * min(width, height):
        return f"The longest edge must be at most {sizes.ratio} times the shortest."
    if width * height < sizes.fewest:
        return "Requested resolution is below the current minimum pixel budget."
    return "Requested resolution exceeds the current pixel budget." if width * height > sizes.most else None


def _format(ask: Ask) -> None:
    """Parameters that do not go together with a format."""
    form = ask.get("output_format", "png")
    if ask.get("background") == "transparent" and form not in {"png", "webp"}:
        named = {"jpeg": "JPEG"}.get(form, form.upper())
        raise invalid("background", f"Transparent background is not supported for {named} output format", kind=USER)
    asked = {name for name in ask.fields if ask.get(name) is not None}
    # Sending a default, or no partial images, conflicts with nothing.
    asked -= {"output_compression"} if ask.get("output_compression") == 100 else set()
    asked -= {"partial_images"} if ask.get("partial_images") == 0 else set()
    asked -= {"stream"} if not ask.streams else set()
    asked |= {"mask"} if ask.mask else set()
    for name in sorted(asked & _against(form)):
        raise invalid(name, f"'{name}' is not supported with output format '{form}'.", kind=USER)
    if form == "svg" and ask.get("n", 1) > 1:
        raise invalid("n", "SVG output is only supported with n=1.", kind=USER)
    svg = ask.get("svg")
    if svg is not None and not (isinstance(svg, dict) and isinstance(svg.get("model"), str)):
        raise missing("svg.model")


def _against(form: str) -> set[str]:
    if form == "gif":
        return {"stream", "partial_images", "mask", "output_compression", "svg"}
    if form == "svg":
        return {"stream", "partial_images", "output_compression", "frame_count", "frame_duration_ms"}
    frames = {"frame_count", "frame_duration_ms", "svg"}
    return frames | {"output_compression"} if form == "png" else frames


def _stream(ask: Ask) -> None:
    if ask.streams and ask.get("n", 1) > 1:
        raise invalid("n", "Streaming is only supported with n=1.", kind=USER)
    if ask.get("partial_images", 0) and not ask.streams:
        raise invalid("partial_images", "'partial_images' is only supported with stream=true.", kind=USER)
