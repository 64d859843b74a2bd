"""The widgets that people, programs and several rooms rely on, by the names they rely on."""

from typing import Any

from components.state.tab import Widget
from triptych.parameters import PARAMETERS
from triptych.request import turns

RUN = "run"  # the key of every page's main button
CANCEL = "cancel"  # and of the one that stops what runs
CUSTOM = "Custom"  # the size whose edges are typed

MODEL = Widget[str]("model", "gpt-image-2.6-flare")
PROMPT = Widget[str]("prompt", "")
SIZE = Widget[str]("size", "1024x1024")
WIDTH = Widget[int]("width", 1536)  # pixels, of a custom size
HEIGHT = Widget[int]("height", 864)
QUALITY = Widget[str]("quality", "medium")
ANY_PRICE = Widget[bool]("any_price", False)

IMAGES = Widget[Any]("images", None)  # the input images that have been uploaded since it was drawn anew
MASK = Widget[Any]("mask", None)  # the mask that was uploaded last
MESSAGE = Widget[Any]("message", None)  # the chat input: what was sent; a text put into it is typed there
THREAD = Widget[str]("thread", "")  # the id of the open thread, "" for one that has not begun
TEXT_MODEL = Widget[str]("text_model", turns.TEXT_MODEL)
TEXT_EFFORT = Widget[str]("text_effort", "auto")
INSPECT_FILE = Widget[Any]("inspect_file", None)  # the file whose provenance is asked for
MASK_TOOL = Widget[str]("mask_tool", "Brush")
BRUSH_SIZE = Widget[int]("brush_size", 0)  # pixels of the picture; its first value depends on the picture
KEEP_OUTSIDE = Widget[bool]("keep_outside", first=True)

_NAMED: dict[str, Widget[Any]] = {one.key: one for one in (MODEL, PROMPT, SIZE, WIDTH, HEIGHT, QUALITY, ANY_PRICE)}


def parameter(name: str) -> Widget[Any]:
    """The widget of an API parameter, whose name is its key; a new tab has the API's own default unless we know better.

    Raises KeyError for a name that is no parameter's.
    """
    return _NAMED.get(name) or Widget(name, PARAMETERS[name].default)
