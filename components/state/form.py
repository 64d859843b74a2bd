"""The request that the form of a page holds."""

from typing import Any

from components.state.account import session
from components.state.widgets import CUSTOM, HEIGHT, MODEL, SIZE, WIDTH, parameter
from triptych.catalog import model
from triptych.parameters import PARAMETERS
from triptych.request import ImageRequest


def suits_format(name: str) -> bool:
    """Whether the parameter of that name does anything for an image of the format that the form holds."""
    return PARAMETERS[name].suits(str(parameter("output_format").value))


def form_request(endpoint: str = "generations", *, relevant: bool = False) -> ImageRequest:
    """What the form for ``endpoint`` holds now, whether it has been drawn in this run or not.

    With ``relevant``, what does nothing for an image of the chosen format is left as the API has it.

    Raises InvalidSetting where the environment's key or address cannot be used.
    """
    entry, server = model(MODEL.value or ""), session().account.server
    taken = [name for name in entry.at(endpoint) if server.heeds(name, endpoint) and name != "stream"]
    if relevant:
        taken = [name for name in taken if suits_format(name)]
    held = {name: parameter(name).value for name in taken}
    values: dict[str, Any] = {name: None if value == "" else value for name, value in held.items()}
    size = f"{WIDTH.value}x{HEIGHT.value}" if SIZE.value == CUSTOM else str(SIZE.value)
    values |= {"model": entry.id, "size": size, "prompt": values.get("prompt") or ""}
    values["stream_each"] = bool(values.get("partial_images") and values.get("n", 1) > 1)
    return ImageRequest(**values)
